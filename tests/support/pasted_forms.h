#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace secondstep::testing {

// How a code looks when people paste and type it. Written down here, and not taken from what reads it.
struct PastedForm {
    std::string name;
    std::string text;
};

// Dashes and spaces of every kind, and what else stands between the groups of a code.
inline constexpr auto separators = std::to_array<std::string_view>(
    {"",       " ",      "  ",     "\t",     "-",      " - ",    "--",     "_",      ".",      "\u00a0",
     "\u00ad", "\u2003", "\u2007", "\u2009", "\u200a", "\u200b", "\u200c", "\u200d", "\u200e", "\u2010",
     "\u2011", "\u2012", "\u2013", "\u2014", "\u2015", "\u202f", "\u205f", "\u2060", "\u2212", "\u3000",
     "\ufe58", "\ufe63", "\ufeff", "\uff0d", "\u2043", "\u00b7", "\u2022", "|"});

struct Frame {
    std::string_view before;
    std::string_view after;
};
inline constexpr auto frames = std::to_array<Frame>({
    {" ", " "},
    {"\t", "\t"},
    {"", "."},
    {"", ","},
    {"", ";"},
    {"", "\r"},
    {"\"", "\""},
    {"'", "'"},
    {"`", "`"},
    {"\u201c", "\u201d"},
    {"\u201e", "\u201c"},
    {"\u2018", "\u2019"},
    {"\u00ab\u00a0", "\u00a0\u00bb"},
    {"\u2039", "\u203a"},
    {"\u300c", "\u300d"},
    {"(", ")"},
    {"[", "]"},
    {"<", ">"},
    {"{", "}"},
    {"**", "**"},
    {"> ", ""},
    {"- ", ""},
    {"\u2022 ", ""},
    {"[ ] ", ""},
    {"\u2610 ", ""},
    {"\ufeff", ""},
    {"\u202a", "\u202c"},
    {"\u2066", "\u2069"},
    {"\u200f", "\u200f"},
    {"\x1b[200~", "\x1b[201~"},
    {"Code: ", ""},
    {"Verification code: ", "."},
    {"Recovery code:", ""},
    {"Best\u00e4tigungscode: ", ""},
    {"\u9a8c\u8bc1\u7801\uff1a", ""},
});

inline std::string utf8_of(char32_t c) {
    if (c < 0x80) return {static_cast<char>(c)};
    const auto tail = [c](unsigned shift) { return static_cast<char>(0x80U | (c >> shift & 0x3fU)); };
    if (c < 0x800) return {static_cast<char>(0xc0U | c >> 6), tail(0)};
    return {static_cast<char>(0xe0U | c >> 12), tail(6), tail(0)};
}

// Its ASCII symbols as those of another script: `zero` for '0' and so on, `letter_a` for 'A'; 0: as they are.
inline std::string in_script(std::string_view code, char32_t zero, char32_t letter_a) {
    std::string text;
    for (const char c : code) {
        const bool digit = c >= '0' && c <= '9';
        const bool letter = c >= 'A' && c <= 'Z';
        if (digit) {
            text += utf8_of(zero + static_cast<char32_t>(c - '0'));
        } else {
            text += letter && letter_a != 0 ? utf8_of(letter_a + static_cast<char32_t>(c - 'A'))
                                            : std::string(1, c);
        }
    }
    return text;
}

// "492039" => "492", "039"; "7K3M9-QXT2H" => its groups
inline std::vector<std::string> groups_of(const std::string& code) {
    if (code.find('-') == std::string::npos)
        return {code.substr(0, code.size() / 2), code.substr(code.size() / 2)};
    std::vector<std::string> groups{""};
    for (const char c : code) {
        if (c == '-') {
            groups.emplace_back();
        } else {
            groups.back() += c;
        }
    }
    return groups;
}

inline std::string joined(const std::string& code, std::string_view separator) {
    std::string text;
    for (const std::string& group : groups_of(code))
        text += text.empty() ? group : std::string(separator) + group;
    return text;
}

// `code`: six digits, or groups with dashes. A code of two groups of five is one only with something between them.
inline std::vector<PastedForm> pasted_forms(const std::string& code) {
    const bool grouped_only = groups_of(code).front().size() == 5;
    std::vector<PastedForm> forms;
    for (const std::string_view separator : separators) {
        if (!separator.empty() || !grouped_only)
            forms.push_back({"between: '" + std::string(separator) + "'", joined(code, separator)});
    }
    for (const Frame& frame : frames)
        forms.push_back({"about: '" + std::string(frame.before) + "...'",
                         std::string(frame.before) + code + std::string(frame.after)});
    forms.push_back({"full width", in_script(code, 0xff10, 0xff21)});
    for (const char32_t zero : {0x660U, 0x6f0U, 0x966U, 0x9e6U, 0xe50U})
        forms.push_back({"digits of " + utf8_of(zero), in_script(code, zero, 0)});
    return forms;
}

}  // namespace secondstep::testing
