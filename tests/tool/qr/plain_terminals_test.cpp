// Terminals without UTF-8: what `enroll` draws there, read back from the screen.

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>

#include "tool_world.h"

using ::testing::HasSubstr;
using ::testing::Not;

namespace secondstep::testing {

namespace {

constexpr char black = 0;
constexpr char white = static_cast<char>(255);

// A terminal that obeys what ECMA-48 says of SGR 0, 7, 40, 47 and of the 256 colours 16 and 231, and shows letters
// as the colour behind them.
class Screen {
  public:
    Screen(char text, char background) : text_(text), background_(background), now_(background) {}

    void show(std::string_view output) {
        while (!output.empty()) {
            if (output.starts_with("\x1b[")) {
                const std::size_t end = output.find('m');
                obey(output.substr(2, end - 2));
                has_picture_ = true;
                output.remove_prefix(end + 1);
                continue;
            }
            const char c = output.front();
            output.remove_prefix(1);
            if (c == '\n') {
                if (has_picture_) widest_ = std::max(widest_, rows_.back().size());
                has_picture_ = false;
                rows_.emplace_back();
            } else if (c != '\r') {
                rows_.back().push_back(now_);
            }
        }
    }
    // Of the lines of the picture.
    [[nodiscard]] std::size_t columns_of_picture() const { return widest_; }
    [[nodiscard]] std::size_t columns() const {
        std::size_t widest = 0;
        for (const auto& row : rows_)
            widest = std::max(widest, row.size());
        return widest;
    }
    // A cell is twice as high as it is wide.
    void write(const std::string& path) const {
        constexpr std::size_t scale = 4;
        constexpr std::size_t margin = 4;
        const std::size_t width = (columns() + 2 * margin) * scale;
        std::string pixels;
        const auto line = [&](const std::vector<char>& row) {
            std::string one(margin * scale, background_);
            for (const char cell : row)
                one += std::string(scale, cell);
            one.resize(width, background_);
            for (std::size_t i = 0; i < 2 * scale; ++i)
                pixels += one;
        };
        for (std::size_t i = 0; i < margin; ++i)
            line({});
        for (const auto& row : rows_)
            line(row);
        write_file(path, "P5\n" + std::to_string(width) + " " + std::to_string(pixels.size() / width) +
                             "\n255\n" + pixels);
    }

  private:
    void obey(std::string_view parameters) {
        if (parameters == "0") now_ = background_;
        if (parameters == "7") now_ = text_;
        if (parameters == "47" || parameters == "48;5;231") now_ = white;
        if (parameters == "40" || parameters == "48;5;16") now_ = black;
    }

    char text_;
    char background_;
    char now_;
    bool has_picture_ = false;  // the line
    std::size_t widest_ = 0;
    std::vector<std::vector<char>> rows_{{}};
};

struct Theme {
    char text;
    char background;
};
constexpr Theme dark{white, black};
constexpr Theme light{black, white};

class PlainTerminals : public ToolWorld {
  protected:
    PlainTerminals() { set_up(); }

    std::string screen_of(const ChildProcess::Environment& environment, unsigned short columns = 80,
                          unsigned short rows = 24, const std::vector<std::string>& options = {}) {
        std::vector<std::string> all{"enroll",    me(),       "--no-confirm",
                                     "--replace", "--issuer", "web01.example.com"};
        all.insert(all.end(), options.begin(), options.end());
        ChildProcess::Environment settings = environment;
        settings.emplace("LC_ALL", "C");
        ChildProcess child(words(all), ChildProcess::Kind::terminal, settings, columns, rows);
        const Finished done = child.finish();
        EXPECT_EQ(done.status, 0) << done.out;
        return done.out;
    }
    // The part of the screen with the picture, as a window that is tall enough shows it.
    std::string decoded(const std::string& output, const Theme& theme) {
        Screen screen(theme.text, theme.background);
        screen.show(output);
        EXPECT_LE(screen.columns_of_picture(), 80U);
        EXPECT_GT(screen.columns_of_picture(), 50U);
        screen.write(file("screen.pgm"));
        const Finished done = run_program({"/usr/bin/zbarimg", "--raw", "-q", file("screen.pgm")});
        return done.status == 0 ? lines_of(done.out).at(0) : "";
    }
    static std::string key_in(std::string_view uri) {
        const std::size_t begin = uri.find("secret=") + 7;
        return std::string(uri.substr(begin, uri.find('&', begin) - begin));
    }
    static std::string shown_key(const std::string& output) {
        std::string key = after(output, "Key: ");
        std::erase(key, ' ');
        std::erase(key, '\r');
        return key;
    }
    static bool is_ascii(const std::string& text) {
        return std::ranges::all_of(text, [](char c) { return c > 0; });
    }
    static bool have_scanner() { return std::filesystem::exists("/usr/bin/zbarimg"); }
};

TEST_F(PlainTerminals, WithColoursTheKeyOfAnOrdinaryNameIsScannedAt80Columns) {
    if (!have_scanner()) GTEST_SKIP() << "zbarimg is not installed";
    for (const char* name : {"linux", "xterm", "xterm-256color", "screen", "ansi"}) {
        for (const Theme& theme : {dark, light}) {
            const std::string shown = screen_of({{"TERM", name}});
            EXPECT_TRUE(is_ascii(shown));
            const std::string uri = decoded(shown, theme);
            EXPECT_EQ(key_in(uri), shown_key(shown)) << name;
            EXPECT_THAT(uri, HasSubstr("totp/web01.example.com:" + me()));
        }
    }
}

TEST_F(PlainTerminals, WithReverseVideoItIsScannedFromADarkScreen) {
    if (!have_scanner()) GTEST_SKIP() << "zbarimg is not installed";
    const ChildProcess::Environment ways[] = {{{"TERM", "vt100"}},
                                              {{"TERM", "vt220"}},
                                              {{"TERM", "xterm-mono"}},
                                              {{"TERM", "xterm"}, {"NO_COLOR", "1"}}};
    for (const auto& way : ways) {
        const std::string shown = screen_of(way);
        EXPECT_TRUE(is_ascii(shown));
        EXPECT_THAT(shown, Not(HasSubstr("\x1b[4")));
        EXPECT_THAT(shown, HasSubstr("For light text on a dark background."));
        EXPECT_EQ(key_in(decoded(shown, dark)), shown_key(shown));
    }
}

// A mail address under a long host name still fits: issuer and account of 58 letters together.
TEST_F(PlainTerminals, LongNamesAreScannedAt80Columns) {
    if (!have_scanner()) GTEST_SKIP() << "zbarimg is not installed";
    for (const Theme& theme : {dark, light}) {
        const std::string shown =
            screen_of({{"TERM", "linux"}}, 80, 60, {"--label", "firstname.lastname@mail.example.com"});
        const std::string uri = decoded(shown, theme);
        EXPECT_EQ(key_in(uri), shown_key(shown));
        EXPECT_THAT(uri, HasSubstr("firstname.lastname"));
    }
}

TEST_F(PlainTerminals, WithoutControlSequencesTheKeyIsToBeTyped) {
    for (const char* name : {"dumb", "", "vt52"}) {
        const std::string shown = screen_of({{"TERM", name}});
        EXPECT_THAT(shown, Not(HasSubstr("\x1b")));
        EXPECT_THAT(shown, HasSubstr("No QR picture can be shown here: type what stands here as text"));
        EXPECT_EQ(shown_key(shown).size(), 32U);
    }
    EXPECT_THAT(screen_of({}), Not(HasSubstr("\x1b"))) << "TERM is not set";
}

TEST_F(PlainTerminals, ADumbOneWithUtf8GetsNoControlSequence) {
    const std::string shown = screen_of({{"TERM", "dumb"}, {"LC_ALL", "C.UTF-8"}});
    EXPECT_THAT(shown, Not(HasSubstr("\x1b")));
}

TEST_F(PlainTerminals, ASerialLineWithoutASizeHas80Columns) {
    if (!have_scanner()) GTEST_SKIP() << "zbarimg is not installed";
    const std::string shown = screen_of({{"TERM", "vt100"}}, 0, 0);
    EXPECT_EQ(key_in(decoded(shown, dark)), shown_key(shown));
}

// Nobody scans what has left the screen, and nobody types it either.
TEST_F(PlainTerminals, WhatIsTallerThanTheScreenIsSaidAndTheKeyComesAgain) {
    const std::string shown = screen_of({{"TERM", "xterm"}});
    EXPECT_THAT(shown, HasSubstr("lines and this terminal 24:\r\nmake it taller"));
    const std::size_t first = shown.find("Key: ");
    const std::size_t again = shown.find("Key: ", first + 1);
    ASSERT_NE(again, std::string::npos);
    EXPECT_GT(again, shown.find("make it taller"));
    const std::string tall = screen_of({{"TERM", "xterm"}}, 80, 50);
    EXPECT_THAT(tall, Not(HasSubstr("make it taller")));
    EXPECT_EQ(tall.find("Key: ", tall.find("Key: ") + 1), std::string::npos);
}

TEST_F(PlainTerminals, AsciiThatWasAskedForIsDrawnAlsoWithUtf8) {
    if (!have_scanner()) GTEST_SKIP() << "zbarimg is not installed";
    const std::string shown =
        screen_of({{"TERM", "xterm"}, {"LC_ALL", "C.UTF-8"}}, 100, 60, {"--qr", "ascii"});
    EXPECT_THAT(shown, Not(HasSubstr("\u2588")));
    EXPECT_THAT(shown, Not(HasSubstr("#")));
}

}  // namespace

}  // namespace secondstep::testing
