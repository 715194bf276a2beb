#pragma once

#include <array>
#include <vector>

#include "qr/reader/point.h"

namespace secondstep::qr_reader {

// A point of the symbol that was found in the picture.
struct ControlPoint {
    Point symbol;
    Point picture;
};

// Where each module of a symbol lies in a picture of it that is not flat: a projection as near to all control
// points as it can be, and over what is left between it and each of them a thin-plate spline, the smoothest
// surface through them (Bookstein 1989).
class ModuleMesh {
  public:
    // `side`: of the symbol, in modules. At least four points, not all in one line.
    ModuleMesh(double side, std::vector<ControlPoint> points);

    // Away from all control points it is a guess, and may be anywhere, also outside the picture; never NaN.
    [[nodiscard]] Point at(Point symbol) const;
    [[nodiscard]] const std::vector<ControlPoint>& points() const { return points_; }
    void add(const ControlPoint& point);
    void add(const std::vector<ControlPoint>& points);

  private:
    void fit();
    bool fit_projection();
    void fit_spline();
    [[nodiscard]] Point projected(Point symbol) const;
    // To coordinates of about -1 to 1: the equations of others are near to unsolvable.
    [[nodiscard]] Point normal(Point symbol) const;

    double side_;
    std::vector<ControlPoint> points_;
    Point middle_;
    double scale_ = 1;
    std::array<double, 8> projection_{};
    std::vector<Point> weights_;  // of the control points, then of 1, x and y; empty: no spline
};

}  // namespace secondstep::qr_reader
