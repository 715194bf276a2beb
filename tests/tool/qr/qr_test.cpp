#include <gmock/gmock.h>

#include <array>
#include <cstdint>
#include <filesystem>

#include "tool_world.h"

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

namespace secondstep::testing {

namespace {

// What zbarimg reads in a picture; empty when it reads nothing.
std::string decoded(const std::string& picture) {
    const Finished done = run_program({"/usr/bin/zbarimg", "--raw", "-q", picture});
    return done.status == 0 ? lines_of(done.out).at(0) : "";
}

// A picture made of light and dark cells, as a portable graymap.
class Raster {
  public:
    void row(const std::vector<bool>& dark) { rows_.push_back(dark); }
    void write(const std::string& path) const {
        constexpr std::size_t scale = 6;
        std::string image = "P5\n" + std::to_string(rows_.at(0).size() * scale) + " " +
                            std::to_string(rows_.size() * scale) + "\n255\n";
        for (const auto& row : rows_) {
            std::string line;
            for (const bool dark : row)
                line += std::string(scale, dark ? '\0' : '\xff');
            for (std::size_t i = 0; i < scale; ++i)
                image += line;
        }
        write_file(path, image);
    }

  private:
    std::vector<std::vector<bool>> rows_;
};

// The half blocks of one line as two rows of "has ink"; escape sequences are passed over.
std::array<std::vector<bool>, 2> ink_of(const std::string& line) {
    std::array<std::vector<bool>, 2> rows;
    for (std::size_t i = 0; i < line.size();) {
        const std::string_view rest = std::string_view(line).substr(i);
        bool upper = false;
        bool lower = false;
        std::size_t size = 3;
        if (rest.starts_with("\x1b[")) {
            i += rest.find('m') + 1;
            continue;
        }
        if (rest.starts_with("\u2588")) {
            upper = lower = true;
        } else if (rest.starts_with("\u2580")) {
            upper = true;
        } else if (rest.starts_with("\u2584")) {
            lower = true;
        } else {
            size = 1;
        }
        if (rest[0] != '\r') rows[0].push_back(upper);
        if (rest[0] != '\r') rows[1].push_back(lower);
        i += size;
    }
    return rows;
}

class Qr : public ToolWorld {
  protected:
    Qr() { set_up(); }
    void SetUp() override {
        if (!std::filesystem::exists("/usr/bin/zbarimg")) GTEST_SKIP() << "zbarimg is not installed";
    }
    // Draws the picture between "Key:" and "2FA method" as a person sees it, ink being dark or light.
    std::string decoded_screen(const std::string& screen, bool ink_is_dark) {
        Raster raster;
        bool inside = false;
        for (const std::string& line : lines_of(screen)) {
            if (line.starts_with("2FA method")) inside = false;
            if (inside) {
                for (const auto& row : ink_of(line)) {
                    std::vector<bool> dark;
                    for (const bool ink : row)
                        dark.push_back(ink == ink_is_dark);
                    raster.row(dark);
                }
            }
            if (line.starts_with("Key:")) inside = true;
        }
        raster.write(file("screen.pgm"));
        return decoded(file("screen.pgm"));
    }
    std::string key_of(const std::string& uri) {
        const std::size_t begin = uri.find("secret=") + 7;
        return uri.substr(begin, uri.find('&', begin) - begin);
    }
    static std::string without_spaces(std::string text) {
        std::erase(text, ' ');
        return text;
    }
};

TEST_F(Qr, PngHoldsTheUri) {
    const auto made = enroll(me(), {"--qr", "png:" + file("qr.png")});
    EXPECT_EQ(decoded(file("qr.png")), made["uri"].get<std::string>());
    EXPECT_EQ(mode_of(file("qr.png")), 0600U);
}

TEST_F(Qr, SvgHoldsTheUri) {
    const auto made = enroll(me(), {"--qr", "svg:" + file("qr.svg")});
    // Drawn here from its own path commands, so that no renderer has to be installed.
    const std::string svg = content_of(file("qr.svg"));
    EXPECT_THAT(svg, StartsWith("<?xml"));
    const std::size_t side = std::stoul(after(svg, "viewBox=\"0 0 "));
    std::vector<std::vector<bool>> cells(side, std::vector<bool>(side, false));
    for (std::size_t at = svg.find('M'); at != std::string::npos; at = svg.find('M', at + 1)) {
        std::size_t used = 0;
        const std::size_t x = std::stoul(svg.substr(at + 1, 8), &used);
        cells.at(std::stoul(svg.substr(at + 1 + used, 8))).at(x) = true;
    }
    Raster raster;
    for (const auto& row : cells)
        raster.row(row);
    raster.write(file("svg.pgm"));
    EXPECT_EQ(decoded(file("svg.pgm")), made["uri"].get<std::string>());
    EXPECT_EQ(mode_of(file("qr.svg")), 0600U);
}

TEST_F(Qr, OnATerminalSetsItsColours) {
    ChildProcess child(words({"enroll", me(), "--no-confirm"}), ChildProcess::Kind::terminal,
                       {{"LC_ALL", "C.UTF-8"}, {"TERM", "xterm"}});
    const Finished done = child.finish();
    ASSERT_EQ(done.status, 0) << done.out;
    EXPECT_THAT(done.out, HasSubstr("\x1b["));
    // Explicit colours: black ink on white.
    const std::string uri = decoded_screen(done.out, true);
    const std::string other = decoded_screen(done.out, false);
    const std::string key = without_spaces(after(done.out, "Key: "));
    EXPECT_TRUE(key_of(uri) == key || key_of(other) == key) << uri << other;
}

TEST_F(Qr, WithoutColoursDrawsTheLightModules) {
    ChildProcess child(words({"enroll", me(), "--no-confirm"}), ChildProcess::Kind::terminal,
                       {{"LC_ALL", "C.UTF-8"}, {"TERM", "xterm"}, {"NO_COLOR", "1"}});
    const Finished done = child.finish();
    ASSERT_EQ(done.status, 0) << done.out;
    EXPECT_THAT(done.out, Not(HasSubstr("\x1b")));
    EXPECT_EQ(key_of(decoded_screen(done.out, false)), without_spaces(after(done.out, "Key: ")));
}

TEST_F(Qr, IntoAPipeWithoutUtf8SaysThatItIsToBeTyped) {
    const Finished done = tool({"enroll", me(), "--no-confirm"}, "", {{"LC_ALL", "C"}});
    ASSERT_EQ(done.status, 0);
    EXPECT_THAT(done.out, HasSubstr("No QR picture can be shown here:"));
    EXPECT_THAT(done.out, Not(HasSubstr("\u2588")));
    EXPECT_THAT(done.out, Not(HasSubstr("\x1b")));
}

TEST_F(Qr, SaysThatATerminalIsTooNarrow) {
    ChildProcess child(words({"enroll", me(), "--no-confirm"}), ChildProcess::Kind::terminal,
                       {{"LC_ALL", "C.UTF-8"}}, 30);
    const Finished done = child.finish();
    EXPECT_EQ(done.status, 0);
    EXPECT_THAT(done.out, HasSubstr("columns, this terminal has 30"));
    EXPECT_THAT(done.out, HasSubstr("--qr png:FILE"));
    EXPECT_THAT(done.out, Not(HasSubstr("\u2588")));
}

}  // namespace

}  // namespace secondstep::testing
