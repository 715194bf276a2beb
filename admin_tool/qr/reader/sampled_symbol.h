#pragma once

#include <cstddef>
#include <vector>

#include "qr/reader/gray_picture.h"
#include "qr/reader/module_mesh.h"

namespace secondstep::qr_reader {

// The light of each module of a symbol, taken through a mesh, and what is dark among it.
class SampledSymbol {
  public:
    // `side`: modules, as the mesh has them.
    SampledSymbol(const GrayPicture& picture, const ModuleMesh& mesh, int side);

    [[nodiscard]] bool is_dark(int column, int row) const {
        return light(column, row) < threshold(column, row);
    }
    // Each module less a share of its four neighbours: against blur over half a module.
    [[nodiscard]] SampledSymbol sharpened() const;
    // Of the timing patterns (ISO/IEC 18004:2015, 6.3.5), the share that is light and dark in turn: 1 in a
    // symbol, about a half in anything else.
    [[nodiscard]] double timing_share() const;

    enum class Order { as_it_is, mirrored };
    // As flat as a printer would draw it, with a quiet zone and whole finder patterns; mirrored: rows are columns.
    [[nodiscard]] GrayPicture drawn(Order order) const;

  private:
    [[nodiscard]] double light(int column, int row) const { return lights_[index(column, row)]; }
    [[nodiscard]] double threshold(int column, int row) const { return thresholds_[index(column, row)]; }
    [[nodiscard]] std::size_t index(int column, int row) const {
        return static_cast<std::size_t>(row) * static_cast<std::size_t>(side_) +
               static_cast<std::size_t>(column);
    }
    [[nodiscard]] bool is_drawn_dark(int column, int row) const;
    void find_thresholds();
    [[nodiscard]] double threshold_around(int column, int row) const;

    int side_;
    std::vector<double> lights_;
    std::vector<double> thresholds_;
};

}  // namespace secondstep::qr_reader
