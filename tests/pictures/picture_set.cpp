#include "pictures/picture_set.h"

#include <algorithm>
#include <string_view>

namespace secondstep::testing {

namespace {

std::string letters(Dice& dice, std::string_view alphabet, std::size_t count) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i)
        out += alphabet[dice.below(alphabet.size())];
    return out;
}

// How hard: 0 the first of a kind, 1 the last.
struct Difficulty {
    std::size_t index;
    std::size_t count;
    [[nodiscard]] double between(double easy, double hard) const {
        return easy + (hard - easy) * static_cast<double>(index) / static_cast<double>(count - 1);
    }
};

class Painter {
  public:
    explicit Painter(Dice& dice) : dice_(dice) {}

    // A page with a heading and text around a place for a code.
    Canvas page(double paper, double ink) {
        Canvas canvas(900, 700, paper);
        canvas.fill(0, 0, 900, 40, (paper + ink) / 2);
        for (std::size_t line = 0; line < 30; ++line) {
            const std::size_t top = 60 + line * 20;
            canvas.write_words(dice_, 20, top, 200, 16, ink);
            canvas.write_words(dice_, 700, top, 180, 8, ink);
        }
        return canvas;
    }
    // The side of `symbol` with modules of so many pixels.
    static double side(const Symbol& symbol, double module) {
        return static_cast<double>(symbol.width()) * module;
    }
    Point around_the_middle() { return {dice_.between(440, 470), dice_.between(330, 370)}; }

    SamplePicture screenshot(const Difficulty& hard) {
        const std::string text =
            hard.index % 2 == 0 ? sample_uri(dice_) : sample_export(dice_, 1 + hard.index / 2);
        const Symbol symbol(text);
        Canvas canvas = page(250, 30);
        canvas.draw(symbol, square({450, 350}, side(symbol, hard.between(6, 2))), {});
        return {"screenshot", png_file(canvas, {.form = PngForm::rgb}), {text}};
    }

    SamplePicture rotated(const Difficulty& hard) {
        const std::string text = sample_uri(dice_);
        const Symbol symbol(text);
        Canvas canvas = page(240, 60);
        const double angle = dice_.between(5, 355);
        canvas.draw(symbol, square(around_the_middle(), side(symbol, hard.between(7, 3)), angle),
                    {20, 240, 4});
        return {"rotated", jpeg_file(canvas), {text}};
    }

    SamplePicture small(const Difficulty& hard) {
        const std::string text = sample_uri(dice_);
        const Symbol symbol(text);
        Canvas canvas = page(245, 20);
        canvas.draw(symbol, square(around_the_middle(), side(symbol, hard.between(2.6, 1.3))), {});
        return {"small", png_file(canvas), {text}};
    }

    SamplePicture perspective(const Difficulty& hard) {
        const std::string text = sample_uri(dice_);
        const Symbol symbol(text);
        Canvas canvas = page(225, 60);
        Quad corners = square(around_the_middle(), 330, dice_.between(-20, 20));
        // Two neighbouring corners go away from the viewer.
        const std::size_t first = dice_.below(4);
        const double share = hard.between(0.05, 0.25);
        Point& a = corners.at(first);
        Point& b = corners.at((first + 1) % 4);
        const Point far_a = corners.at((first + 3) % 4);
        const Point far_b = corners.at((first + 2) % 4);
        const Point new_a{a.x + share * (b.x - a.x) + share * (far_a.x - a.x),
                          a.y + share * (b.y - a.y) + share * (far_a.y - a.y)};
        const Point new_b{b.x + share * (a.x - b.x) + share * (far_b.x - b.x),
                          b.y + share * (a.y - b.y) + share * (far_b.y - b.y)};
        a = new_a;
        b = new_b;
        canvas.draw(symbol, corners, {30, 230, 4});
        canvas.blur(0.8);
        return {"perspective", jpeg_file(canvas, {.quality = 80}), {text}};
    }

    SamplePicture jpeg(const Difficulty& hard) {
        const std::string text = sample_uri(dice_);
        const Symbol symbol(text);
        Canvas canvas = page(250, 30);
        canvas.draw(symbol, square(around_the_middle(), side(symbol, 4), dice_.between(-5, 5)), {});
        return {
            "JPEG quality", jpeg_file(canvas, {.quality = static_cast<int>(hard.between(30, 4))}), {text}};
    }

    SamplePicture blurred(const Difficulty& hard) {
        const std::string text = sample_uri(dice_);
        const Symbol symbol(text);
        Canvas canvas = page(235, 50);
        const double module = dice_.between(4, 7);
        canvas.draw(symbol, square(around_the_middle(), side(symbol, module), dice_.between(-10, 10)),
                    {30, 235, 4});
        canvas.blur(hard.between(0.3, 0.95) * module);
        canvas.add_noise(dice_, 2);
        return {"blurred", jpeg_file(canvas, {.quality = 85}), {text}};
    }

    SamplePicture dark_mode(const Difficulty& hard) {
        const std::string text = hard.index % 3 == 2 ? sample_export(dice_, 2) : sample_uri(dice_);
        const Symbol symbol(text);
        const double paper = hard.between(0, 45);
        Canvas canvas = page(paper, 200);
        canvas.draw(symbol,
                    square(around_the_middle(), side(symbol, hard.between(6, 2.5)),
                           hard.index % 2 == 0 ? 0 : dice_.between(-30, 30)),
                    {.dark = hard.between(255, 160), .light = paper, .quiet = 2});
        return {"dark mode",
                hard.index % 2 == 0 ? png_file(canvas, {.form = PngForm::rgb}) : jpeg_file(canvas),
                {text}};
    }

    SamplePicture noisy(const Difficulty& hard) {
        const std::string text = sample_uri(dice_);
        const Symbol symbol(text);
        Canvas canvas = page(220, 60);
        canvas.draw(symbol, square(around_the_middle(), side(symbol, 5), dice_.between(-15, 15)),
                    {40, 220, 4});
        canvas.add_noise(dice_, hard.between(20, 90));
        return {"noise", jpeg_file(canvas, {.quality = 75}), {text}};
    }

    SamplePicture faint(const Difficulty& hard) {
        const std::string text = sample_uri(dice_);
        const Symbol symbol(text);
        Canvas canvas = page(255, 0);
        canvas.draw(symbol, square(around_the_middle(), side(symbol, 5), dice_.between(-15, 15)), {});
        const double contrast = hard.between(60, 8);
        const double middle = dice_.between(60, 190);
        canvas.set_contrast(middle - contrast / 2, middle + contrast / 2);
        canvas.add_noise(dice_, 1.5);
        return {"low contrast", png_file(canvas), {text}};
    }

    SamplePicture unevenly_lit(const Difficulty& hard) {
        const std::string text = sample_uri(dice_);
        const Symbol symbol(text);
        Canvas canvas = page(245, 50);
        canvas.draw(symbol, square(around_the_middle(), side(symbol, 6), dice_.between(-15, 15)),
                    {25, 245, 4});
        canvas.light_unevenly(hard.between(0.5, 0.06), dice_.between(0, 360), hard.index % 2 == 1);
        canvas.blur(1);
        canvas.add_noise(dice_, 2);
        return {"uneven light", jpeg_file(canvas, {.quality = 85}), {text}};
    }

    SamplePicture several(const Difficulty& hard) {
        Canvas canvas(900, 700, 240);
        const std::size_t count = 2 + hard.index % 5;
        SamplePicture picture{"several codes", {}, {}};
        for (std::size_t i = 0; i < count; ++i) {
            picture.texts.push_back(sample_uri(dice_));
            const Symbol symbol(picture.texts.back());
            const Point middle{150 + 300 * static_cast<double>(i % 3),
                               180 + 340 * static_cast<double>(i / 3)};
            canvas.draw(symbol, square(middle, 190, dice_.between(-1, 1) * hard.between(0, 25)),
                        {10, 250, 3});
        }
        if (hard.index >= hard.count / 2) canvas.blur(1.2);
        picture.file = jpeg_file(canvas, {.quality = 80});
        return picture;
    }

    // A logo in its middle, hardly any light around it, and tables on all sides.
    SamplePicture cluttered(const Difficulty& hard) {
        const std::string text = sample_uri(dice_);
        const Symbol symbol(text, true);
        Canvas canvas(900, 700, 200);
        for (std::size_t i = 0; i < 150; ++i)
            canvas.fill(dice_.below(900), dice_.below(700), 5 + dice_.below(60), 5 + dice_.below(60),
                        dice_.between(0, 255));
        for (std::size_t line = 0; line < 40; ++line)
            canvas.write_words(dice_, 0, line * 18, 900, 12, dice_.between(0, 90));
        const double size = side(symbol, 6);
        canvas.draw(symbol, square({450, 350}, size, dice_.between(-10, 10)), {.quiet = hard.between(3, 1)});
        const auto logo = static_cast<std::size_t>(size * hard.between(0.10, 0.26));
        canvas.fill(450 - logo / 2, 350 - logo / 2, logo, logo, 128);
        return {"clutter", jpeg_file(canvas, {.quality = 85}), {text}};
    }

    // All of it, as a telephone sees a screen.
    SamplePicture photo(const Difficulty& hard) {
        const std::string text = hard.index % 2 == 0 ? sample_uri(dice_) : sample_export(dice_, 2);
        const Symbol symbol(text);
        Canvas canvas(1800, 1400, 150);
        canvas.fill(250, 150, 1300, 1100, 235);
        for (std::size_t line = 0; line < 26; ++line)
            canvas.write_words(dice_, 300, 200 + line * 40, 320, 24, 50);
        Quad corners = square({1050, 700}, hard.between(520, 330), dice_.between(-25, 25));
        for (Point& corner : corners) {
            corner.x += dice_.between(-1, 1) * hard.between(10, 30);
            corner.y += dice_.between(-1, 1) * hard.between(10, 30);
        }
        canvas.draw(symbol, corners, {35, 235, 4});
        canvas.light_unevenly(hard.between(0.8, 0.3), dice_.between(0, 360), false);
        canvas.blur(hard.between(1.5, 3));
        canvas.add_noise(dice_, hard.between(3, 12));
        return {"photo", jpeg_file(canvas, {.quality = 70}), {text}};
    }

  private:
    Dice& dice_;
};

using Paint = SamplePicture (Painter::*)(const Difficulty&);
struct Kind {
    Paint paint;
    std::size_t count;
};

constexpr std::array kinds = {
    Kind{&Painter::screenshot, 8},   Kind{&Painter::rotated, 8}, Kind{&Painter::small, 6},
    Kind{&Painter::perspective, 10}, Kind{&Painter::jpeg, 8},    Kind{&Painter::blurred, 8},
    Kind{&Painter::dark_mode, 10},   Kind{&Painter::noisy, 6},   Kind{&Painter::faint, 6},
    Kind{&Painter::unevenly_lit, 8}, Kind{&Painter::several, 8}, Kind{&Painter::cluttered, 6},
    Kind{&Painter::photo, 8}};

}  // namespace

std::string sample_uri(Dice& dice) {
    const std::string issuer = "Portal" + letters(dice, "abcdefghijkmnop", 6);
    return "otpauth://totp/" + issuer + ":" + letters(dice, "abcdefghijkmnop", 8) +
           "%40example.com?secret=" + letters(dice, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 32) +
           "&issuer=" + issuer;
}

std::string sample_export(Dice& dice, std::size_t accounts) {
    constexpr std::string_view base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    return "otpauth-migration://offline?data=" + letters(dice, base64, 20 + accounts * 72) + "%3D";
}

std::vector<SamplePicture> sample_pictures() {
    Dice dice(20240229);
    Painter painter(dice);
    std::vector<SamplePicture> pictures;
    for (const Kind& kind : kinds)
        for (std::size_t i = 0; i < kind.count; ++i)
            pictures.push_back((painter.*kind.paint)({i, kind.count}));
    return pictures;
}

}  // namespace secondstep::testing
