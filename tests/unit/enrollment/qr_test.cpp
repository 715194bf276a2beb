#include "enrollment/qr.h"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/text.h"
#include "support/temporary_directory.h"

namespace secondstep::dialogue {
namespace {

using secondstep::testing::TemporaryDirectory;
using Colours = QrCode::Colours;

const std::string uri = "otpauth://totp/web01:alice?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=web01";

// Grey pixels, one byte each, row after row.
struct Picture {
    std::size_t width = 0;
    std::vector<std::vector<char>> rows;
};
constexpr char black = 0;
constexpr char white = static_cast<char>(255);

QrCode code_of(const std::string& text) {
    Result<QrCode> code = QrCode::of(Secret::copy_of(text));
    EXPECT_TRUE(code) << code.error().detail;
    return std::move(*code);
}

std::optional<std::string> output_of(const std::string& command) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
    if (!pipe) return std::nullopt;
    std::string out;
    std::array<char, 4096> buffer{};
    while (const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), pipe.get()))
        out.append(buffer.data(), n);
    return out;
}

bool have_zbarimg() {
    return std::system("command -v zbarimg >/dev/null 2>&1") == 0;
}

// Eight pixels a module, as a file that zbarimg reads.
std::string decoded(const Picture& picture) {
    constexpr int scale = 8;
    const TemporaryDirectory directory;
    const std::string path = directory.file("qr.pgm");
    {
        std::ofstream out(path, std::ios::binary);
        out << "P5\n" << picture.width * scale << ' ' << picture.rows.size() * scale << "\n255\n";
        for (const std::vector<char>& row : picture.rows) {
            for (int i = 0; i < scale; ++i) {
                for (const char pixel : row)
                    out << std::string(scale, pixel);
            }
        }
    }
    const auto out = output_of("zbarimg --quiet --raw -Sdisable -Sqrcode.enable '" + path + "' 2>/dev/null");
    return out ? std::string(trimmed(out->substr(0, out->find('\n')))) : std::string();
}

// A terminal that knows half blocks, the two colours we set, and "off".
class Terminal {
  public:
    Terminal(char foreground, char background) : default_{foreground, background}, now_(default_) {}

    Picture draw(std::string_view text) {
        for (const std::string_view line : split(text, '\n')) {
            if (!line.empty()) draw_line(line);
        }
        return std::move(picture_);
    }

  private:
    struct Pair {
        char foreground;
        char background;
    };

    void draw_line(std::string_view line) {
        std::vector<char> upper;
        std::vector<char> lower;
        while (!line.empty()) {
            if (!take_sequence(line)) draw_cell(line, upper, lower);
        }
        EXPECT_EQ(now_.foreground, default_.foreground) << "colours are reset at the end of each line";
        EXPECT_EQ(now_.background, default_.background);
        picture_.width = upper.size();
        picture_.rows.push_back(upper);
        picture_.rows.push_back(lower);
    }
    void draw_cell(std::string_view& line, std::vector<char>& upper, std::vector<char>& lower) {
        const bool full = take(line, "\u2588");
        const bool top = !full && take(line, "\u2580");
        const bool bottom = !full && !top && take(line, "\u2584");
        if (!full && !top && !bottom) {
            EXPECT_TRUE(take(line, " ")) << "an unexpected character";
        }
        upper.push_back(full || top ? now_.foreground : now_.background);
        lower.push_back(full || bottom ? now_.foreground : now_.background);
    }
    bool take_sequence(std::string_view& line) {
        if (take(line, "\x1b[38;5;16;48;5;231m")) {
            now_ = {black, white};
        } else if (take(line, "\x1b[0m")) {
            now_ = default_;
        } else if (take(line, "\x1b[7m")) {
            now_ = {default_.background, default_.foreground};
        } else if (take(line, "\x1b[47m\x1b[48;5;231m")) {
            now_.background = white;
        } else if (take(line, "\x1b[40m\x1b[48;5;16m")) {
            now_.background = black;
        } else {
            return false;
        }
        return true;
    }
    static bool take(std::string_view& line, std::string_view token) {
        if (!line.starts_with(token)) return false;
        line.remove_prefix(token.size());
        return true;
    }

    Pair default_;
    Pair now_;
    Picture picture_;
};

struct Variant {
    Colours colours;
    char foreground;  // the terminal's own
    char background;
};

class QrOnTerminal : public ::testing::TestWithParam<Variant> {
  protected:
    static Picture shown(const QrCode& code) {
        const auto& [colours, foreground, background] = GetParam();
        return Terminal(foreground, background).draw(code.half_blocks(colours).text());
    }
};

TEST_P(QrOnTerminal, IsReadBack) {
    if (!have_zbarimg()) GTEST_SKIP() << "zbarimg is not installed (Debian: zbar-tools)";
    for (const std::string& text : {uri, uri + "&algorithm=SHA512&digits=8&period=60", std::string("A"),
                                    uri + "&x=" + std::string(400, 'y')}) {
        EXPECT_EQ(decoded(shown(code_of(text))), text);
    }
}

TEST_P(QrOnTerminal, HasAQuietZoneOfFourModulesOnAllSides) {
    const QrCode code = code_of(uri);
    const Picture picture = shown(code);
    ASSERT_EQ(picture.width, code.width() + 8);
    ASSERT_GE(picture.rows.size(), code.width() + 8) << "an odd height is not cut";
    for (std::size_t y = 0; y < code.width() + 8; ++y) {
        for (std::size_t x = 0; x < code.width() + 8; ++x) {
            const bool inside = x >= 4 && y >= 4 && x < code.width() + 4 && y < code.width() + 4;
            const bool dark = inside && code.dark(x - 4, y - 4);
            ASSERT_EQ(picture.rows[y][x], dark ? black : white) << x << ',' << y;
        }
    }
    for (const char pixel : picture.rows.back())
        EXPECT_EQ(pixel, white) << "the half line below is quiet, too";
}

// Explicit colours are right on both kinds of terminal; the other two each on theirs.
INSTANTIATE_TEST_SUITE_P(Qr, QrOnTerminal,
                         ::testing::Values(Variant{Colours::explicit_ansi, white, black},
                                           Variant{Colours::explicit_ansi, black, white},
                                           Variant{Colours::light_on_dark, white, black},
                                           Variant{Colours::dark_on_light, black, white}));

struct BlankVariant {
    QrCode::Blanks how;
    char foreground;
    char background;
    std::size_t quiet;
};

class QrInBlanks : public ::testing::TestWithParam<BlankVariant> {
  protected:
    // Of each cell the upper half, and of each pair of columns one: a module. Both must be of one colour.
    static Picture modules(const std::string& text) {
        const auto& [how, foreground, background, quiet] = GetParam();
        const Picture cells = Terminal(foreground, background).draw(code_of(text).blanks(how, quiet).text());
        Picture modules;
        for (std::size_t y = 0; y < cells.rows.size(); y += 2) {
            EXPECT_EQ(cells.rows[y], cells.rows[y + 1]);
            std::vector<char> row;
            for (std::size_t x = 0; x < cells.width; x += 2) {
                EXPECT_EQ(cells.rows[y][x], cells.rows[y][x + 1]);
                row.push_back(cells.rows[y][x]);
            }
            modules.width = row.size();
            modules.rows.push_back(row);
        }
        return modules;
    }
};

TEST_P(QrInBlanks, IsReadBackAndIsAscii) {
    if (!have_zbarimg()) GTEST_SKIP() << "zbarimg is not installed (Debian: zbar-tools)";
    const auto& [how, foreground, background, quiet] = GetParam();
    for (const std::string& text : {uri, uri + "&algorithm=SHA512&digits=8&period=60", std::string("A"),
                                    uri + "&x=" + std::string(400, 'y')}) {
        EXPECT_EQ(decoded(modules(text)), text);
        const Secret drawn = code_of(text).blanks(how, quiet);
        EXPECT_TRUE(std::ranges::all_of(drawn.text(), [](char c) { return c > 0 && c < 0x7f; }));
    }
}

TEST_P(QrInBlanks, HasItsQuietZone) {
    const std::size_t quiet = GetParam().quiet;
    const QrCode code = code_of(uri);
    const Picture picture = modules(uri);
    const std::size_t side = code.width() + 2 * quiet;
    ASSERT_EQ(picture.width, side);
    ASSERT_EQ(picture.rows.size(), side);
    for (std::size_t y = 0; y < side; ++y) {
        for (std::size_t x = 0; x < side; ++x) {
            const bool inside =
                x >= quiet && y >= quiet && x < code.width() + quiet && y < code.width() + quiet;
            const bool dark = inside && code.dark(x - quiet, y - quiet);
            ASSERT_EQ(picture.rows[y][x], dark ? black : white) << x << ',' << y;
        }
    }
}

// Explicit colours are right on both kinds of terminal; reverse video where the text is the lighter.
INSTANTIATE_TEST_SUITE_P(Qr, QrInBlanks,
                         ::testing::Values(BlankVariant{QrCode::Blanks::black_and_white, white, black, 4},
                                           BlankVariant{QrCode::Blanks::black_and_white, black, white, 4},
                                           BlankVariant{QrCode::Blanks::black_and_white, white, black, 2},
                                           BlankVariant{QrCode::Blanks::black_and_white, black, white, 2},
                                           BlankVariant{QrCode::Blanks::reverse_video, white, black, 4},
                                           BlankVariant{QrCode::Blanks::reverse_video, white, black, 2},
                                           BlankVariant{QrCode::Blanks::black_and_white, white, black, 1},
                                           BlankVariant{QrCode::Blanks::black_and_white, black, white, 1},
                                           BlankVariant{QrCode::Blanks::reverse_video, white, black, 1}));

TEST(Qr, AnOrdinaryUriFitsIntoVersionFive) {
    EXPECT_LE(code_of(uri).width(), 37U);
}

TEST(Qr, OutsideItIsLight) {
    const QrCode code = code_of("A");
    EXPECT_FALSE(code.dark(code.width(), 0));
    EXPECT_FALSE(code.dark(0, code.width()));
    EXPECT_FALSE(code.dark(static_cast<std::size_t>(-1), 0));
    EXPECT_TRUE(code.dark(0, 0)) << "a corner of a finder pattern";
}

TEST(Qr, RefusesWhatItCannotShow) {
    EXPECT_EQ(QrCode::of(Secret()).error().code, Errc::invalid);
    EXPECT_EQ(QrCode::of(Secret::copy_of(std::string_view("a\0b", 3))).error().code, Errc::invalid);
    EXPECT_EQ(QrCode::of(Secret::copy_of(std::string(5000, 'x'))).error().code, Errc::too_large);
}

}  // namespace
}  // namespace secondstep::dialogue
