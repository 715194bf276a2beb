#include "base/pasted_text.h"

#include <gtest/gtest.h>

#include <array>
#include <clocale>
#include <cwctype>
#include <string>
#include <vector>

namespace secondstep {
namespace {

using Kind = PastedCharacter::Kind;

std::string utf8(char32_t c) {
    const auto tail = [c](unsigned shift) { return static_cast<char>(0x80U | (c >> shift & 0x3fU)); };
    if (c < 0x80) return {static_cast<char>(c)};
    if (c < 0x800) return {static_cast<char>(0xc0U | c >> 6), tail(0)};
    if (c < 0x10000) return {static_cast<char>(0xe0U | c >> 12), tail(6), tail(0)};
    return {static_cast<char>(0xf0U | c >> 18), tail(12), tail(6), tail(0)};
}

Kind kind_of(char32_t c) {
    const std::string text = utf8(c);
    std::string_view rest = text;
    const Kind kind = take_pasted_character(rest).kind;
    EXPECT_TRUE(rest.empty()) << std::hex << static_cast<unsigned>(c);
    return kind;
}

std::string symbols(std::string_view typed) {
    const std::optional<Secret> found = without_layout(typed);
    return found ? std::string(found->text()) : "refused";
}

std::vector<std::size_t> groups(std::string_view typed) {
    const std::optional<PastedSymbols> found = pasted_symbols(typed);
    return found ? found->groups : std::vector<std::size_t>{999};
}

// clang-format off

// Every character of these categories of Unicode 14.0.0, one by one from UnicodeData.txt.
constexpr auto spaces = std::to_array<char32_t>({  // Zs
    0xa0, 0x1680, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200a,
    0x202f, 0x205f, 0x3000
});
constexpr auto dashes = std::to_array<char32_t>({  // Pd
    0x58a, 0x5be, 0x1400, 0x1806, 0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2e17, 0x2e1a, 0x2e3a,
    0x2e3b, 0x2e40, 0x2e5d, 0x301c, 0x3030, 0x30a0, 0xfe31, 0xfe32, 0xfe58, 0xfe63, 0xff0d
});
constexpr auto quotes = std::to_array<char32_t>({  // Pi, Pf
    0xab, 0xbb, 0x2018, 0x2019, 0x201b, 0x201c, 0x201d, 0x201f, 0x2039, 0x203a, 0x2e02, 0x2e03, 0x2e04,
    0x2e05, 0x2e09, 0x2e0a, 0x2e0c, 0x2e0d, 0x2e1c, 0x2e1d, 0x2e20, 0x2e21
});
constexpr auto brackets = std::to_array<char32_t>({  // Ps, Pe
    0xf3a, 0xf3b, 0xf3c, 0xf3d, 0x169b, 0x169c, 0x201a, 0x201e, 0x2045, 0x2046, 0x207d, 0x207e, 0x208d,
    0x208e, 0x2308, 0x2309, 0x230a, 0x230b, 0x2329, 0x232a, 0x2768, 0x2769, 0x276a, 0x276b, 0x276c, 0x276d,
    0x276e, 0x276f, 0x2770, 0x2771, 0x2772, 0x2773, 0x2774, 0x2775, 0x27c5, 0x27c6, 0x27e6, 0x27e7, 0x27e8,
    0x27e9, 0x27ea, 0x27eb, 0x27ec, 0x27ed, 0x27ee, 0x27ef, 0x2983, 0x2984, 0x2985, 0x2986, 0x2987, 0x2988,
    0x2989, 0x298a, 0x298b, 0x298c, 0x298d, 0x298e, 0x298f, 0x2990, 0x2991, 0x2992, 0x2993, 0x2994, 0x2995,
    0x2996, 0x2997, 0x2998, 0x29d8, 0x29d9, 0x29da, 0x29db, 0x29fc, 0x29fd, 0x2e22, 0x2e23, 0x2e24, 0x2e25,
    0x2e26, 0x2e27, 0x2e28, 0x2e29, 0x2e42, 0x2e55, 0x2e56, 0x2e57, 0x2e58, 0x2e59, 0x2e5a, 0x2e5b, 0x2e5c,
    0x3008, 0x3009, 0x300a, 0x300b, 0x300c, 0x300d, 0x300e, 0x300f, 0x3010, 0x3011, 0x3014, 0x3015, 0x3016,
    0x3017, 0x3018, 0x3019, 0x301a, 0x301b, 0x301d, 0x301e, 0x301f, 0xfd3e, 0xfd3f, 0xfe17, 0xfe18, 0xfe35,
    0xfe36, 0xfe37, 0xfe38, 0xfe39, 0xfe3a, 0xfe3b, 0xfe3c, 0xfe3d, 0xfe3e, 0xfe3f, 0xfe40, 0xfe41, 0xfe42,
    0xfe43, 0xfe44, 0xfe47, 0xfe48, 0xfe59, 0xfe5a, 0xfe5b, 0xfe5c, 0xfe5d, 0xfe5e, 0xff08, 0xff09, 0xff3b,
    0xff3d, 0xff5b, 0xff5d, 0xff5f, 0xff60, 0xff62, 0xff63
});
constexpr auto joiners = std::to_array<char32_t>({  // Pc
    0x203f, 0x2040, 0x2054, 0xfe33, 0xfe34, 0xfe4d, 0xfe4e, 0xfe4f, 0xff3f
});
constexpr auto unseen = std::to_array<char32_t>({  // Cf
    0xad, 0x600, 0x601, 0x602, 0x603, 0x604, 0x605, 0x61c, 0x6dd, 0x70f, 0x890, 0x891, 0x8e2, 0x180e,
    0x200b, 0x200c, 0x200d, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2060, 0x2061, 0x2062,
    0x2063, 0x2064, 0x2066, 0x2067, 0x2068, 0x2069, 0x206a, 0x206b, 0x206c, 0x206d, 0x206e, 0x206f, 0xfeff,
    0xfff9, 0xfffa, 0xfffb
});

constexpr auto digits_of_keyboards = std::to_array<std::string_view>({
    "٠١٢٣٤٥٦٧٨٩",  // Arabic-indic
    "۰۱۲۳۴۵۶۷۸۹",  // Extended arabic-indic
    "०१२३४५६७८९",  // Devanagari
    "০১২৩৪৫৬৭৮৯",  // Bengali
    "૦૧૨૩૪૫૬૭૮૯",  // Gujarati
    "௦௧௨௩௪௫௬௭௮௯",  // Tamil
    "౦౧౨౩౪౫౬౭౮౯",  // Telugu
    "๐๑๒๓๔๕๖๗๘๙",  // Thai
    "០១២៣៤៥៦៧៨៩",  // Khmer
    "０１２３４５６７８９",  // Fullwidth
});

// clang-format on

void expect_layout(auto characters) {
    for (const char32_t c : characters)
        EXPECT_EQ(symbols("492" + utf8(c) + "039" + utf8(c)), "492039")
            << std::hex << static_cast<unsigned>(c);
}

TEST(PastedText, EveryDashSpaceQuoteBracketAndUnseenCharacterIsLayout) {
    expect_layout(spaces);
    expect_layout(dashes);
    expect_layout(quotes);
    expect_layout(brackets);
    expect_layout(joiners);
    expect_layout(unseen);
}

TEST(PastedText, EveryOtherCharacterOfAsciiThatIsSeenIsLayout) {
    for (char32_t c = 0x20; c < 0x7f; ++c) {
        const bool alphanumeric = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        EXPECT_EQ(kind_of(c) == Kind::symbol, alphanumeric) << static_cast<unsigned>(c);
        EXPECT_EQ(is_layout(kind_of(c)), !alphanumeric) << static_cast<unsigned>(c);
    }
}

// The C library's own tables are the witness: they come from another place, and a newer Unicode reaches them first.
class PastedTextByTheCLibrary : public ::testing::Test {
  protected:
    PastedTextByTheCLibrary() : locale_(newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)) {}
    ~PastedTextByTheCLibrary() override {
        if (locale_ != nullptr) freelocale(locale_);
    }
    void SetUp() override { ASSERT_NE(locale_, nullptr); }
    PastedTextByTheCLibrary(const PastedTextByTheCLibrary&) = delete;
    PastedTextByTheCLibrary& operator=(const PastedTextByTheCLibrary&) = delete;
    PastedTextByTheCLibrary(PastedTextByTheCLibrary&&) = delete;
    PastedTextByTheCLibrary& operator=(PastedTextByTheCLibrary&&) = delete;
    locale_t locale_;
};

TEST_F(PastedTextByTheCLibrary, NoLetterAndNoDigitIsPassedOver) {
    for (char32_t c = 0x80; c <= 0x10ffff; ++c) {
        if (c >= 0xd800 && c <= 0xdfff) continue;
        if (iswalnum_l(static_cast<wint_t>(c), locale_) == 0) continue;
        EXPECT_FALSE(is_layout(kind_of(c))) << std::hex << static_cast<unsigned>(c);
    }
}

TEST_F(PastedTextByTheCLibrary, EverySpaceIsABlank) {
    for (char32_t c = 0x80; c <= 0x10ffff; ++c) {
        if (c >= 0xd800 && c <= 0xdfff) continue;
        if (iswspace_l(static_cast<wint_t>(c), locale_) == 0 || c == 0x85) continue;
        EXPECT_EQ(kind_of(c), Kind::blank) << std::hex << static_cast<unsigned>(c);
    }
}

TEST(PastedText, DigitsOfOtherScriptsAreDigits) {
    for (const std::string_view ten : digits_of_keyboards)
        EXPECT_EQ(symbols(ten), "0123456789") << ten;
}

TEST(PastedText, FullWidthLettersAreLetters) {
    EXPECT_EQ(symbols("７Ｋ３Ｍ－９ｑｘｔ"), "7K3M9qxt");
    EXPECT_EQ(symbols("Ａａ０Ｚｚ９"), "Aa0Zz9");
}

TEST(PastedText, WhatMayMeanSomethingIsNotPassedOver) {
    for (const std::string_view typed : {"é92039", "①92039", "²492039", "ⓐ492039", "А92039", "日492039",
                                         "492039½", "e\xcc\x81", "\xf0\x9f\x98\x80"})
        EXPECT_EQ(symbols(typed), "refused") << typed;
}

TEST(PastedText, ControlCharactersAndBytesThatAreNotUtf8AreNotPassedOver) {
    for (const std::string_view typed : {"\b492039", "492039\x7f", "\x1b[A", "\x1b[200", "492039\xff", "\xc2",
                                         "\xc2\x85", "\xc2\x9b", "\xef\xbf\xbd"})
        EXPECT_EQ(symbols(typed), "refused") << typed;
    EXPECT_EQ(symbols(std::string_view("492039\0", 7)), "refused");
}

TEST(PastedText, TheMarksOfABracketedPasteAreLayout) {
    EXPECT_EQ(symbols("\x1b[200~492039\x1b[201~"), "492039");
    EXPECT_EQ(symbols("\x1b[202~492039"), "refused");
}

TEST(PastedText, SaysHowTheSymbolsStoodTogether) {
    EXPECT_EQ(groups(" 492\xe2\x80\x91\x30\x33\x39. "), (std::vector<std::size_t>{3, 3}));
    EXPECT_EQ(groups("[ ]  1  7K3M-9QXT"), (std::vector<std::size_t>{1, 4, 4}));
    EXPECT_EQ(groups(""), std::vector<std::size_t>{});
    EXPECT_EQ(groups(" \t-"), std::vector<std::size_t>{});
    EXPECT_TRUE(pasted_symbols("ab cd")->parted);
    EXPECT_TRUE(pasted_symbols("ab.-.cd")->parted);
    EXPECT_FALSE(pasted_symbols(" ab.cd ")->parted) << "neither a dot nor what is about it";
}

TEST(PastedText, ACaptionIsWordsAndAColon) {
    EXPECT_EQ(without_caption("Code: 123"), " 123");
    EXPECT_EQ(without_caption("Verification code:492 039"), "492 039");
    EXPECT_EQ(without_caption("Bestätigungscode: 492039"), " 492039");
    EXPECT_EQ(without_caption("認証コード：492039"), "492039");
}

TEST(PastedText, WhatHasADigitOrNoLetterIsNoCaptionAndNeitherAreGroups) {
    for (const std::string_view typed : {"1: 7K3M-9QXT", "web01: 492039", ": 492039", "492039", "12:34:56",
                                         "", "Code", "ABCD:EFGH:JKMN:PQRS", "ab:cd:ef"})
        EXPECT_EQ(without_caption(typed), typed) << typed;
}

TEST(PastedText, AWordIsKnownWhateverIsAboutIt) {
    for (const std::string_view typed :
         {"saved", " Saved.", "\"SAVED\"", "“saved”", "ｓａｖｅｄ", "saved\t", "\xc2\xa0saved"})
        EXPECT_TRUE(is_word(typed, "saved")) << typed;
    for (const std::string_view typed : {"", "save", "saved1", "sav\xc3\xa9"})
        EXPECT_FALSE(is_word(typed, "saved")) << typed;
}

TEST(PastedText, DigitsMayHaveACaptionAndNothingElse) {
    EXPECT_EQ(pasted_digits(" Code: 492 039.")->text(), "492039");
    for (const std::string_view typed : {"", " ", "Code:", "49203a", "code 492039"})
        EXPECT_FALSE(pasted_digits(typed)) << typed;
}

TEST(PastedText, OuterBlanksGoAndInnerOnesStay) {
    EXPECT_EQ(without_outer_blanks("\xef\xbb\xbf\xc2\xa0 a b.\t\xe2\x80\x8b"), "a b.");
    EXPECT_EQ(without_outer_blanks("\xe2\x80\xaa+49\xe2\x80\xac"), "+49");
    EXPECT_EQ(without_outer_blanks("::1"), "::1");
    EXPECT_EQ(without_outer_blanks(" \xff "), "\xff");
    EXPECT_EQ(without_outer_blanks(" \t"), "");
    EXPECT_EQ(without_outer_blanks(""), "");
}

TEST(PastedText, BlankIsNothingButBlanks) {
    for (const std::string_view typed : {"", " ", "\t", "\xc2\xa0", "\xe3\x80\x80", "\r\n"})
        EXPECT_TRUE(is_blank(typed)) << typed;
    for (const std::string_view typed : {"-", ".", "1", "\x07"})
        EXPECT_FALSE(is_blank(typed)) << typed;
}

}  // namespace
}  // namespace secondstep
