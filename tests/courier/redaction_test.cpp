#include "courier/redaction.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <functional>
#include <random>
#include <vector>

#include "encoding/base64.h"

namespace secondstep::courier {
namespace {

std::string each(std::string_view text, const std::function<std::string(unsigned char)>& spelled) {
    std::string out;
    for (const char c : text)
        out += spelled(static_cast<unsigned char>(c));
    return out;
}

std::string plain(unsigned char c) {
    return {static_cast<char>(c)};
}

std::string in_hex(unsigned char c, const char* digits = "0123456789abcdef") {
    return {digits[c >> 4], digits[c & 15]};
}

struct Spelling {
    const char* name;
    std::function<std::string(unsigned char)> of_one;
    // Found between letters and digits only: of other symbols it cannot be told what stands between.
    bool separates = false;
    [[nodiscard]] std::string of(std::string_view text) const { return each(text, of_one); }
};

std::function<std::string(unsigned char)> with_mark(const std::string& mark) {
    return [mark](unsigned char c) { return plain(c) + mark; };
}

bool is_special(unsigned char c) {
    return c == '/' || c == '"' || c == '\\';
}

// As most programs write it: letters and digits stay as they are.
std::function<std::string(unsigned char)> where_needed(
    const std::function<std::string(unsigned char)>& escaped) {
    return [escaped](unsigned char c) { return std::isalnum(c) != 0 ? plain(c) : escaped(c); };
}

std::string by_name(unsigned char c) {
    switch (c) {
        case '&':
            return "&amp;";
        case '<':
            return "&lt;";
        case '>':
            return "&gt;";
        case '"':
            return "&quot;";
        case '\'':
            return "&apos;";
        default:
            return plain(c);
    }
}

// Symbol for symbol: of four symbols' spelling nothing may be left.
std::vector<Spelling> spellings() {
    return {
        {"as it is", plain},
        {"in capitals", [](unsigned char c) { return plain(static_cast<unsigned char>(std::toupper(c))); }},
        {"with spaces", with_mark(" "), true},
        {"with dashes", with_mark("-"), true},
        {"with dots and spaces", with_mark(". "), true},
        {"JSON", [](unsigned char c) { return (is_special(c) ? "\\" : "") + plain(c); }},
        {"JSON, by number", [](unsigned char c) { return "\\u00" + in_hex(c); }},
        {"percent", [](unsigned char c) { return "%" + in_hex(c, "0123456789ABCDEF"); }},
        {"percent twice", [](unsigned char c) { return "%25" + in_hex(c); }},
        {"percent in JSON by number", [](unsigned char c) { return "\\u0025" + in_hex(c); }},
        {"HTML", [](unsigned char c) { return "&#" + std::to_string(c) + ";"; }},
        {"HTML, in hex", [](unsigned char c) { return "&#x" + in_hex(c) + ";"; }},
        {"mail", [](unsigned char c) { return "=" + in_hex(c, "0123456789ABCDEF"); }},
        {"mail, where needed",
         where_needed([](unsigned char c) { return "=" + in_hex(c, "0123456789ABCDEF"); })},
        {"percent, where needed", where_needed([](unsigned char c) { return "%" + in_hex(c); })},
        {"percent twice, where needed", where_needed([](unsigned char c) { return "%25" + in_hex(c); })},
        {"JSON, in hex where needed", where_needed([](unsigned char c) { return "\\x" + in_hex(c); })},
        {"HTML, in hex where needed", where_needed([](unsigned char c) { return "&#x" + in_hex(c) + ";"; })},
        {"HTML, by name", by_name},
        {"hex", [](unsigned char c) { return in_hex(c); }},
        {"UTF-16", with_mark(std::string(1, '\0'))},
    };
}

bool is_of_letters_and_digits(const std::string& text) {
    return std::ranges::all_of(text, [](unsigned char c) { return std::isalnum(c) != 0; });
}

class Words {
  public:
    explicit Words(unsigned seed) : engine_(seed) {}
    std::string of(std::string_view alphabet, std::size_t least, std::size_t most) {
        std::string out;
        for (std::size_t size = least + engine_() % (most - least + 1); out.size() < size;)
            out += alphabet[engine_() % alphabet.size()];
        return out;
    }
    std::size_t below(std::size_t end) { return engine_() % end; }

  private:
    std::mt19937 engine_;
};

constexpr std::string_view digits = "0123456789";
constexpr std::string_view hexadecimal = "0123456789abcdef";
constexpr std::string_view printable_ones =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

std::string random_secret(Words& words) {
    switch (words.below(5)) {
        case 0:
            return words.of(digits, 6, 8);
        case 1:
            return words.of(hexadecimal, 32, 32);
        case 2:
            return "+" + words.of(digits, 7, 15);
        case 3:
            return words.of("abcdefghijklmnopqrstuvwxyz.", 4, 20) + "@";
        default:
            return words.of(printable_ones, 4, 40);
    }
}

TEST(Redaction, OfNoSpellingFourSymbolsInARowAreLeft) {
    const auto all = spellings();
    for (unsigned seed = 0; seed < 400; ++seed) {
        Words words(seed);
        const std::string secret = random_secret(words);
        Redaction redaction;
        redaction.hide(secret);
        for (const Spelling& spelling : all) {
            // Also of a part of it: it was cut before it came.
            const std::size_t from = words.below(secret.size() - 3);
            const std::string part = secret.substr(from, 4 + words.below(secret.size() - from - 3));
            const std::string text = "<{" + spelling.of(part) + "}>";
            const std::string left = redaction.of(text);
            ASSERT_EQ(left.size(), text.size());
            for (std::size_t i = 0; i + 4 <= part.size(); ++i) {
                const std::string four = part.substr(i, 4);
                if (spelling.separates && !is_of_letters_and_digits(four)) continue;
                EXPECT_EQ(left.find(spelling.of(four)), std::string::npos)
                    << spelling.name << " of " << part << ": " << left;
            }
        }
    }
}

// Four symbols are more than four of these, wherever they begin.
TEST(Redaction, OfNoBase64FourSymbolsInARowAreLeft) {
    for (unsigned seed = 0; seed < 400; ++seed) {
        Words words(seed);
        const std::string secret = random_secret(words);
        Redaction redaction;
        redaction.hide(secret);
        const std::string pair = words.of(printable_ones, 0, 9) + ":" + secret;
        const std::string coded(otp::base64_encode(pair).text());
        const std::string cut = coded.substr(words.below(3));
        const std::string left = redaction.of("Authorization: Basic " + cut + " was refused");
        const std::size_t tail = secret.size() * 4 / 3;
        const std::string core = cut.substr(cut.size() > tail ? cut.size() - tail : 0);
        for (std::size_t i = 0; i + 5 <= core.size(); ++i)
            EXPECT_EQ(left.find(core.substr(i, 5)), std::string::npos) << pair << ": " << left;
        EXPECT_NE(left.find("was refused"), std::string::npos);
    }
}

TEST(Redaction, OfHexThatBeginsBesideSomethingElseNothingIsLeft) {
    Redaction redaction;
    redaction.hide("024680");
    EXPECT_EQ(redaction.of("a303234363830"), "a************");
}

// Of URLs too.
TEST(Redaction, OfOtherBase64NothingIsLeft) {
    Redaction redaction;
    redaction.hide("a>>?b>>?");
    EXPECT_EQ(redaction.of("YT4-P2I-Pj8"), "***********");
    EXPECT_EQ(redaction.of("YT4+P2I+Pj8"), "***********");
}

struct Case {
    const char* secret;
    const char* text;
    const char* left;
};

TEST(Redaction, LeavesTheRest) {
    for (const Case& c : {
             Case{"024680", "your code 024680 was refused", "your code ****** was refused"},
             Case{"024680", "0 2 4 6 8 0", "* * * * * *"},
             Case{"024680", "HTTP 502 at 12:06", "HTTP 502 at 12:06"},
             Case{"0123456789abcdef0123456789abcdef",
                  R"({"u":"https:\/\/web01\/0123456789abcdef0123456789ABCDEF"})",
                  R"({"u":"https:\/\/web01\/********************************"})"},
             Case{"+4915123456745", R"("to":"+49 151-2345 67 45")", R"("to":"+** ***-**** ** **")"},
             Case{"alice@", "250 queued for alice@example.com", "250 queued for ******example.com"},
             Case{"bob", "bob is not BOBBY", "*** is not ***BY"},
             Case{"", "nothing is hidden", "nothing is hidden"},
         }) {
        Redaction redaction;
        redaction.hide(c.secret);
        EXPECT_EQ(redaction.of(c.text), c.left);
    }
}

TEST(Redaction, HidesSeveral) {
    Redaction redaction;
    redaction.hide("Bearer-Secret-0xDEADBEEF");
    redaction.hide("024680");
    EXPECT_EQ(redaction.of("invalid token Bearer-Secret-0xDEADBEEF for 024680").find("DEAD"),
              std::string::npos);
}

TEST(Redaction, LooksAtTheBeginningOfWhatIsVeryLong) {
    EXPECT_EQ(Redaction().of(std::string(100000, 'x')).size(), Redaction::longest_text);
}

}  // namespace
}  // namespace secondstep::courier
