#include "pictures/canvas.h"

#include <qrencode.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <numbers>
#include <numeric>
#include <stdexcept>
#include <utility>

namespace secondstep::testing {

namespace {

struct FreeCode {
    void operator()(QRcode* code) const { ::QRcode_free(code); }
};
struct FreeCodes {
    void operator()(QRcode_List* codes) const { ::QRcode_List_free(codes); }
};
using Code = std::unique_ptr<QRcode, FreeCode>;

Code checked(QRcode* code) {
    if (code == nullptr) throw std::runtime_error("libqrencode makes no code of that");
    return Code(code);
}

double radians(double degrees) {
    return degrees * std::numbers::pi / 180;
}

// The projection that maps the unit square to four corners, and back.
class Projection {
  public:
    explicit Projection(const Quad& q) {
        const double sx = q[0].x - q[1].x + q[2].x - q[3].x;
        const double sy = q[0].y - q[1].y + q[2].y - q[3].y;
        const double ax = q[1].x - q[2].x;
        const double bx = q[3].x - q[2].x;
        const double ay = q[1].y - q[2].y;
        const double by = q[3].y - q[2].y;
        const double whole = ax * by - bx * ay;
        const double g = (sx * by - bx * sy) / whole;
        const double h = (ax * sy - sx * ay) / whole;
        invert({q[1].x - q[0].x + g * q[1].x, q[3].x - q[0].x + h * q[3].x, q[0].x,  //
                q[1].y - q[0].y + g * q[1].y, q[3].y - q[0].y + h * q[3].y, q[0].y,  //
                g, h, 1});
    }
    [[nodiscard]] Point back(Point p) const {
        const double w = m_[6] * p.x + m_[7] * p.y + m_[8];
        return {(m_[0] * p.x + m_[1] * p.y + m_[2]) / w, (m_[3] * p.x + m_[4] * p.y + m_[5]) / w};
    }

  private:
    // The adjugate will do: a common factor cancels out.
    void invert(const std::array<double, 9>& m) {
        m_ = {m[4] * m[8] - m[5] * m[7], m[2] * m[7] - m[1] * m[8], m[1] * m[5] - m[2] * m[4],
              m[5] * m[6] - m[3] * m[8], m[0] * m[8] - m[2] * m[6], m[2] * m[3] - m[0] * m[5],
              m[3] * m[7] - m[4] * m[6], m[1] * m[6] - m[0] * m[7], m[0] * m[4] - m[1] * m[3]};
    }
    std::array<double, 9> m_{};
};

// From where to where in 0 to `end` the corners go, with a generous margin of `around` of the whole.
std::pair<std::size_t, std::size_t> reach(const Quad& corners, double Point::* coordinate, double around,
                                          std::size_t end) {
    const auto [least, most] = std::ranges::minmax(corners, {}, coordinate);
    const double margin = (most.*coordinate - least.*coordinate) * around * 4 + 2;
    const auto within = [&](double value) {
        return static_cast<std::size_t>(std::clamp(value, 0.0, static_cast<double>(end)));
    };
    return {within(least.*coordinate - margin), within(most.*coordinate + margin)};
}

}  // namespace

double Dice::normal() {
    // The sum of four uniform ones, Irwin and Hall, each of sixteen bits.
    const std::uint64_t bits = engine_();
    double sum = -2;
    for (unsigned i = 0; i < 4; ++i)
        sum += static_cast<double>(bits >> (16 * i) & 0xffff) / 65536;
    return sum * std::numbers::sqrt3;
}

Quad square(Point middle, double side, double angle) {
    const double c = std::cos(radians(angle)) * side / 2;
    const double s = std::sin(radians(angle)) * side / 2;
    return {{{middle.x - c + s, middle.y - s - c},
             {middle.x + c + s, middle.y + s - c},
             {middle.x + c - s, middle.y + s + c},
             {middle.x - c - s, middle.y - s + c}}};
}

Symbol::Symbol(std::size_t width, const std::uint8_t* modules) : width_(width) {
    for (std::size_t i = 0; i < width * width; ++i)
        modules_.push_back((modules[i] & 1) != 0);
}

Symbol::Symbol(const std::string& text, bool strong) {
    const Code code =
        checked(::QRcode_encodeString8bit(text.c_str(), 0, strong ? QR_ECLEVEL_H : QR_ECLEVEL_L));
    *this = Symbol(static_cast<std::size_t>(code->width), code->data);
}

Symbol Symbol::of_bytes(const std::vector<std::uint8_t>& bytes) {
    const Code code =
        checked(::QRcode_encodeData(static_cast<int>(bytes.size()), bytes.data(), 0, QR_ECLEVEL_L));
    return {static_cast<std::size_t>(code->width), code->data};
}

std::vector<Symbol> Symbol::in_parts(const std::string& text) {
    const std::unique_ptr<QRcode_List, FreeCodes> codes(
        ::QRcode_encodeString8bitStructured(text.c_str(), 4, QR_ECLEVEL_L));
    std::vector<Symbol> symbols;
    for (const QRcode_List* entry = codes.get(); entry != nullptr; entry = entry->next)
        symbols.push_back(Symbol(static_cast<std::size_t>(entry->code->width), entry->code->data));
    return symbols;
}

bool Symbol::dark(std::ptrdiff_t x, std::ptrdiff_t y) const {
    const auto width = static_cast<std::ptrdiff_t>(width_);
    return x >= 0 && y >= 0 && x < width && y < width && modules_[static_cast<std::size_t>(y * width + x)];
}

Point flat(Point point) {
    return point;
}

Paper bent(double share, double angle) {
    const double c = std::cos(radians(angle));
    const double s = std::sin(radians(angle));
    return [=](Point point) {
        const double along = (point.x - 0.5) * c + (point.y - 0.5) * s;
        const double by = share * (1 - 4 * along * along);
        return Point{point.x - by * s, point.y + by * c};
    };
}

Paper through_lens(double barrel) {
    return [=](Point point) {
        const double x = point.x - 0.5;
        const double y = point.y - 0.5;
        const double factor = 1 + barrel * 4 * (x * x + y * y);
        return Point{0.5 + x * factor, 0.5 + y * factor};
    };
}

Canvas::Canvas(std::size_t width, std::size_t height, double light)
    : width_(width), height_(height), light_(width * height, light) {}

void Canvas::draw(const Symbol& symbol, const Quad& corners, const Ink& ink, const Paper& paper) {
    const Projection projection(corners);
    const auto modules = static_cast<double>(symbol.width());
    constexpr int samples = 3;
    const auto [left, right] = reach(corners, &Point::x, ink.quiet / modules, width_);
    const auto [top, bottom] = reach(corners, &Point::y, ink.quiet / modules, height_);
    for (std::size_t y = top; y < bottom; ++y) {
        for (std::size_t x = left; x < right; ++x) {
            double sum = 0;
            int hits = 0;
            for (int i = 0; i < samples * samples; ++i) {
                const Point at =
                    paper(projection.back({static_cast<double>(x) + (i % samples + 0.5) / samples,
                                           static_cast<double>(y) + (i / samples + 0.5) / samples}));
                const double u = at.x * modules;
                const double v = at.y * modules;
                if (std::min(u, v) < -ink.quiet || std::max(u, v) >= modules + ink.quiet) continue;
                ++hits;
                sum += symbol.dark(std::lround(std::floor(u)), std::lround(std::floor(v))) ? ink.dark
                                                                                           : ink.light;
            }
            double& pixel = at(x, y);
            pixel = (sum + pixel * (samples * samples - hits)) / (samples * samples);
        }
    }
}

void Canvas::fill(std::size_t left, std::size_t top, std::size_t width, std::size_t height, double light) {
    for (std::size_t y = top; y < std::min(top + height, height_); ++y)
        for (std::size_t x = left; x < std::min(left + width, width_); ++x)
            at(x, y) = light;
}

void Canvas::write_words(Dice& dice, std::size_t left, std::size_t top, std::size_t length, std::size_t size,
                         double ink) {
    const std::size_t dot = std::max<std::size_t>(size / 8, 1);
    for (std::size_t sign = 0; sign * 6 * dot + 6 * dot < length; ++sign) {
        if (dice.below(6) == 0) continue;  // a space
        for (std::size_t i = 0; i < 35; ++i)
            if (dice.below(5) < 2) fill(left + (sign * 6 + i % 5) * dot, top + i / 5 * dot, dot, dot, ink);
    }
}

void Canvas::blur(double sigma) {
    const auto reach = static_cast<std::size_t>(std::ceil(3 * sigma));
    std::vector<double> weights;
    double all = 0;
    for (std::size_t i = 0; i <= 2 * reach; ++i) {
        const double off = static_cast<double>(i) - static_cast<double>(reach);
        all += weights.emplace_back(std::exp(-off * off / (2 * sigma * sigma)));
    }
    for (double& weight : weights)
        weight /= all;
    // Index i + k - reach, held within the picture.
    const auto held = [reach](std::size_t i, std::size_t k, std::size_t count) {
        return std::min(std::max(i + k, reach) - reach, count - 1);
    };
    const std::vector<double> before = light_;
    for (std::size_t y = 0; y < height_; ++y) {
        double* const out = light_.data() + y * width_;
        std::fill_n(out, width_, 0.0);
        for (std::size_t k = 0; k < weights.size(); ++k) {
            const double* const row = before.data() + held(y, k, height_) * width_;
            for (std::size_t x = 0; x < width_; ++x)
                out[x] += weights[k] * row[x];
        }
    }
    for (std::size_t y = 0; y < height_; ++y) {
        double* const row = light_.data() + y * width_;
        std::vector<double> wide;
        for (std::size_t x = 0; x < width_ + 2 * reach; ++x)
            wide.push_back(row[held(x, 0, width_)]);
        for (std::size_t x = 0; x < width_; ++x)
            row[x] = std::inner_product(weights.begin(), weights.end(),
                                        wide.begin() + static_cast<std::ptrdiff_t>(x), 0.0);
    }
}

void Canvas::add_noise(Dice& dice, double deviation) {
    for (double& pixel : light_)
        pixel += deviation * dice.normal();
}

void Canvas::light_unevenly(double least, double angle, bool shadow) {
    const double c = std::cos(radians(angle));
    const double s = std::sin(radians(angle));
    const double size = std::hypot(static_cast<double>(width_), static_cast<double>(height_));
    for (std::size_t y = 0; y < height_; ++y) {
        for (std::size_t x = 0; x < width_; ++x) {
            const double along = ((static_cast<double>(x) - static_cast<double>(width_) / 2) * c +
                                  (static_cast<double>(y) - static_cast<double>(height_) / 2) * s) /
                                     size +
                                 0.5;
            const double share = shadow ? std::clamp((along - 0.5) * 40 + 0.5, 0.0, 1.0) : along;
            at(x, y) *= 1 - (1 - least) * share;
        }
    }
}

void Canvas::set_contrast(double dark, double light) {
    for (double& pixel : light_)
        pixel = dark + pixel / 255 * (light - dark);
}

Canvas Canvas::stored_with(int orientation) const {
    const bool lies = orientation >= 5;  // rows are columns
    Canvas stored(lies ? height_ : width_, lies ? width_ : height_, 0);
    for (std::size_t y = 0; y < stored.height_; ++y) {
        for (std::size_t x = 0; x < stored.width_; ++x) {
            // Where row 0 and column 0 of what is stored are to be shown: 1 top left, 2 top right, 3 bottom right,
            // 4 bottom left, 5 left top, 6 right top, 7 right bottom, 8 left bottom.
            const bool from_right =
                orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7;
            const bool from_below =
                orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8;
            const std::size_t column = lies ? y : x;
            const std::size_t row = lies ? x : y;
            stored.at(x, y) =
                at(from_right ? width_ - 1 - column : column, from_below ? height_ - 1 - row : row);
        }
    }
    return stored;
}

std::vector<std::uint8_t> Canvas::bytes() const {
    std::vector<std::uint8_t> out;
    out.reserve(light_.size());
    for (const double pixel : light_)
        out.push_back(static_cast<std::uint8_t>(std::clamp(std::lround(pixel), 0L, 255L)));
    return out;
}

}  // namespace secondstep::testing
