#include "courier/message_id.h"

#include <array>

#include "base/text.h"

namespace secondstep::courier {

namespace {

constexpr std::size_t longest_id = 64;

bool is_letter_or_digit(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// `": "SM1"` behind the name => `SM1`
std::string value_behind(std::string_view rest, std::string_view marks) {
    const std::size_t begin = rest.find_first_not_of(marks);
    // Nothing between: another word that begins like the name.
    if (begin == 0 || begin == std::string_view::npos) return {};
    std::string value;
    for (const char c : rest.substr(begin, longest_id)) {
        if (!is_letter_or_digit(c) && c != '.' && c != '_' && c != '-') break;
        value += c;
    }
    return value;
}

std::string value_of(std::string_view answer, std::string_view lowercase, std::string_view name) {
    const std::string_view marks = name.find(' ') == std::string_view::npos ? "\"'=: " : " ";
    for (std::size_t at = lowercase.find(name); at != std::string_view::npos;
         at = lowercase.find(name, at + 1)) {
        if (at > 0 && is_letter_or_digit(lowercase[at - 1])) continue;
        const std::string_view rest = answer.substr(at + name.size());
        // "id 5" says nothing of the kind; "id": "5", id=5 do.
        const bool is_assigned = name.find(' ') != std::string_view::npos ||
                                 rest.substr(0, 3).find_first_of("=:") != std::string_view::npos;
        if (std::string value = value_behind(rest, marks); is_assigned && !value.empty()) return value;
    }
    return {};
}

}  // namespace

std::string message_id_in(std::string_view answer) {
    constexpr std::array<std::string_view, 8> names{"message_id", "messageid", "message-id", "msg_id",
                                                    "msgid",      "sid",       "queued as",  "id"};
    const std::string lowercase = lowercase_ascii(answer);
    for (const std::string_view name : names) {
        if (std::string value = value_of(answer, lowercase, name); !value.empty()) return value;
    }
    return {};
}

}  // namespace secondstep::courier
