#include "courier/option_values.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "courier/built_in_texts.h"
#include "delivery/address.h"
#include "policy/option_types.h"

namespace secondstep::courier {
namespace {

using enum Placeholder;

constexpr std::array gateway_values = {to, text, from, login_user, login_password};
// No {text} in a header: it has more than one line.
constexpr std::array header_values = {to, from, login_user, login_password};
constexpr std::array argument_values = {to, text};

// What is there instead is not repeated: see config_text.h.
std::unexpected<Error> wrong(const std::string& right) {
    return fail(Errc::invalid, "not " + right);
}

bool is_header(std::string_view line) {
    const std::size_t colon = line.find(':');
    const auto is_part = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '_';
    };
    return colon != 0 && colon != std::string_view::npos &&
           std::ranges::all_of(line.substr(0, colon), is_part);
}

std::vector<std::string_view> words(std::string_view value) {
    std::vector<std::string_view> found;
    for (const std::string_view word : split(value, ' ')) {
        if (!word.empty()) found.push_back(word);
    }
    return found;
}

// "a | b" => {"a", "b"}
std::vector<std::string_view> parts_of(std::string_view value) {
    std::vector<std::string_view> parts;
    for (const std::string_view part : split(value, '|')) {
        if (!trimmed(part).empty()) parts.push_back(trimmed(part));
    }
    return parts;
}

Result<std::vector<std::string_view>> program_words(std::string_view value) {
    std::vector<std::string_view> found = words(value);
    if (found.empty() || !found.front().starts_with('/')) {
        return wrong("a program with its absolute path and its arguments, separated by spaces");
    }
    return found;
}

}  // namespace

// A text that is sent with a code, but without the code, would lock everybody out.
Result<Template> code_template(std::string_view value) {
    if (value.find("{code}") == std::string_view::npos) return fail(Errc::invalid, "the text has no {code}");
    return Template::create(value, built_in::code_placeholders());
}

Result<std::string> server_name(std::string_view value) {
    const auto is_part = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
               c == '-' || c == ':';
    };
    if (value.size() > 253 || value.starts_with('-') || !std::ranges::all_of(value, is_part)) {
        return wrong("the name or address of a machine");
    }
    return std::string(value);
}

Result<std::string> mail_address(std::string_view value) {
    Result<delivery::Address> address = delivery::Address::create(delivery::Channel::mail, value);
    if (!address) return std::unexpected(std::move(address.error()));
    return address->text();
}

// Letters and digits only: a sender is a number or up to eleven letters (3GPP TS 23.040 section 9.1.2.5).
Result<std::string> sms_sender(std::string_view value) {
    const auto is_part = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ' ' ||
               c == '+' || c == '-' || c == '_';
    };
    if (value.size() > 40 || !std::ranges::all_of(value, is_part)) return wrong("a sender's number or name");
    return std::string(value);
}

Result<std::uint16_t> port_number(std::string_view value) {
    const Result<unsigned> number = option_types::number_between(value, 1, 65535);
    if (!number) return std::unexpected(number.error());
    return static_cast<std::uint16_t>(*number);
}

// "200-299", "202"
Result<StatusRange> status_range(std::string_view value) {
    const std::vector<std::string_view> ends = split(value, '-');
    const auto lowest = option_types::number_between(trimmed(ends.front()), 100, 599);
    const auto highest = option_types::number_between(trimmed(ends.back()), 100, 599);
    if (ends.size() > 2 || !lowest || !highest || *lowest > *highest) return wrong("of the form 200-299");
    return StatusRange{.lowest = *lowest, .highest = *highest};
}

Result<std::vector<std::string>> alternatives(std::string_view value) {
    const std::vector<std::string_view> parts = parts_of(value);
    return std::vector<std::string>(parts.begin(), parts.end());
}

Result<std::vector<Template>> header_lines(std::string_view value) {
    std::vector<Template> made;
    for (const std::string_view line : parts_of(value)) {
        if (!is_header(line)) return wrong("of the form Name: value");
        Result<Template> header = Template::create(line, header_values);
        if (!header) return std::unexpected(std::move(header.error()));
        made.push_back(std::move(*header));
    }
    return made;
}

Result<std::vector<std::string>> mail_program(std::string_view value) {
    const auto found = program_words(value);
    if (!found) return std::unexpected(found.error());
    return std::vector<std::string>(found->begin(), found->end());
}

// A value inside an argument could become an option of the program, or part of one.
Result<std::vector<Template>> sms_program(std::string_view value) {
    const auto found = program_words(value);
    if (!found) return std::unexpected(found.error());
    std::vector<Template> made;
    for (const std::string_view word : *found) {
        Result<Template> argument = Template::create(word, argument_values);
        if (!argument) return std::unexpected(std::move(argument.error()));
        const bool has_value = argument->uses(to) || argument->uses(Placeholder::text);
        if (has_value && word != "{to}" && word != "{text}") {
            return fail(Errc::invalid, "{to} and {text} must be arguments of their own");
        }
        made.push_back(std::move(*argument));
    }
    if (std::ranges::none_of(made, [](const Template& word) { return word.uses(to); })) {
        return fail(Errc::invalid, "the program has no argument {to}");
    }
    return made;
}

// Where the message goes must not depend on what the message is.
Result<Template> gateway_url(std::string_view value) {
    Result<Template> made = Template::create(value, gateway_values);
    if (!made) return made;
    std::string_view host = made->beginning();
    if (!host.starts_with("https://") && !host.starts_with("http://"))
        return wrong("a URL that begins with https:// or http://");
    host.remove_prefix(host.find("//") + 2);
    const std::size_t end = host.find_first_of("/?#");
    if (end == 0 || host.empty() || (end == std::string_view::npos && value != made->beginning())) {
        return fail(Errc::invalid, "the name of the gateway's machine must be written out");
    }
    if (host.substr(0, end).find('@') != std::string_view::npos) {
        return fail(Errc::invalid, "name and password belong into the credentials file, not into the URL");
    }
    return made;
}

Result<Template> gateway_template(std::string_view value) {
    return Template::create(value, gateway_values);
}

}  // namespace secondstep::courier
