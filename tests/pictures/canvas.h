#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <vector>

// Pictures that tests draw: a page or a table top, with QR codes on it,
// seen as a camera or a screen shows it.
namespace secondstep::testing {

// The same numbers from every standard library, which std::uniform_real_distribution does not promise.
class Dice {
  public:
    explicit Dice(std::uint64_t seed) : engine_(seed) {}
    double between(double low, double high) {
        return low + (high - low) * static_cast<double>(engine_() >> 11) / 9007199254740992.0;
    }
    std::size_t below(std::size_t end) { return static_cast<std::size_t>(engine_() % end); }
    double normal();  // mean 0, standard deviation 1

  private:
    std::mt19937_64 engine_;
};

struct Point {
    double x;
    double y;
};
using Quad = std::array<Point, 4>;  // upper left, upper right, lower right, lower left

// The corners of a square of this side, turned by `angle` (degrees), around `middle`.
[[nodiscard]] Quad square(Point middle, double side, double angle = 0);

// A QR code as libqrencode makes it.
class Symbol {
  public:
    explicit Symbol(const std::string& text, bool strong = false);  // strong: error correction H, otherwise L
    static Symbol of_bytes(const std::vector<std::uint8_t>& bytes);  // bytes that are no text
    // One of `texts.size()` codes that hold the text together.
    static std::vector<Symbol> in_parts(const std::string& text);

    [[nodiscard]] std::size_t width() const { return width_; }  // in modules
    [[nodiscard]] bool dark(std::ptrdiff_t x, std::ptrdiff_t y) const;

  private:
    Symbol(std::size_t width, const std::uint8_t* modules);
    std::size_t width_ = 0;
    std::vector<bool> modules_;
};

struct Ink {
    double dark = 0;
    double light = 255;
    double quiet = 4;  // modules of light around the code
};

// Where on a flat code, a square of side 1, that is which a camera sees at this place of it.
using Paper = std::function<Point(Point)>;
[[nodiscard]] Point flat(Point point);
// A sheet that sags by `share` of the code's side between two edges, seen from beside; `angle` (degrees): from
// one edge to the other.
[[nodiscard]] Paper bent(double share, double angle);
// As a lens with this barrel distortion shows it, with the code in the middle of the picture.
[[nodiscard]] Paper through_lens(double barrel);

// Light from 0 to 255 for each pixel.
class Canvas {
  public:
    Canvas(std::size_t width, std::size_t height, double light);

    [[nodiscard]] std::size_t width() const { return width_; }
    [[nodiscard]] std::size_t height() const { return height_; }
    [[nodiscard]] double& at(std::size_t x, std::size_t y) { return light_[y * width_ + x]; }
    [[nodiscard]] double at(std::size_t x, std::size_t y) const { return light_[y * width_ + x]; }

    // `corners`: of the code's modules, without the light around it; on paper that need not be flat.
    void draw(const Symbol& symbol, const Quad& corners, const Ink& ink, const Paper& paper = flat);
    void fill(std::size_t left, std::size_t top, std::size_t width, std::size_t height, double light);
    // A line of signs that look like words in a small type.
    void write_words(Dice& dice, std::size_t left, std::size_t top, std::size_t length, std::size_t size,
                     double ink);

    void blur(double sigma);
    void add_noise(Dice& dice, double deviation);
    // Times a light that falls from 1 to `least` along `angle` (degrees);
    // a shadow has a sharp edge in the middle.
    void light_unevenly(double least, double angle, bool shadow);
    void set_contrast(double dark, double light);  // 0 becomes dark, 255 light

    // What a viewer that minds it turns and mirrors back: 1 (as it is) to 8 (EXIF 2.32, 4.6.4, Orientation).
    [[nodiscard]] Canvas stored_with(int orientation) const;

    [[nodiscard]] std::vector<std::uint8_t> bytes() const;  // rounded, one a pixel

  private:
    std::size_t width_;
    std::size_t height_;
    std::vector<double> light_;
};

}  // namespace secondstep::testing
