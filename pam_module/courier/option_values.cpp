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

Result<std::vector<std::string_view>> program_words(std::string_view value) {
    std::vector<std::string_view> found = words(value);
    if (found.empty() || !found.front().starts_with('/')) {
        return wrong("a program with its absolute path and its arguments, separated by spaces");
    }
    return found;
}

}  // namespace

Result<void> template_of(Template& target, std::string_view value, std::span<const Placeholder> allowed) {
    Result<Template> made = Template::create(value, allowed);
    if (!made) return std::unexpected(std::move(made.error()));
    target = std::move(*made);
    return {};
}

// A text that is sent with a code, but without the code, would lock everybody out.
Result<void> code_template(Template& target, std::string_view value) {
    if (value.find("{code}") == std::string_view::npos) return fail(Errc::invalid, "the text has no {code}");
    return template_of(target, value, built_in::code_placeholders());
}

Result<void> server_name(std::string& target, std::string_view value) {
    const auto is_part = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
               c == '-' || c == ':';
    };
    if (value.size() > 253 || value.starts_with('-') || !std::ranges::all_of(value, is_part)) {
        return wrong("the name or address of a machine");
    }
    target = value;
    return {};
}

Result<void> mail_address(std::string& target, std::string_view value) {
    Result<delivery::Address> address = delivery::Address::create(delivery::Channel::mail, value);
    if (!address) return std::unexpected(std::move(address.error()));
    target = address->text();
    return {};
}

// Letters and digits only: a sender is a number or up to eleven letters (3GPP TS 23.040 section 9.1.2.5).
Result<void> sms_sender(std::string& target, std::string_view value) {
    const auto is_part = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ' ' ||
               c == '+' || c == '-' || c == '_';
    };
    if (value.size() > 40 || !std::ranges::all_of(value, is_part)) return wrong("a sender's number or name");
    target = value;
    return {};
}

Result<void> port_number(std::uint16_t& target, std::string_view value) {
    const Result<unsigned> number = option_types::parse_number_between(value, 1, 65535);
    if (!number) return std::unexpected(number.error());
    target = static_cast<std::uint16_t>(*number);
    return {};
}

// "200-299", "202"
Result<void> status_range(StatusRange& target, std::string_view value) {
    const std::vector<std::string_view> ends = split(value, '-');
    const auto lowest = option_types::parse_number_between(trimmed(ends.front()), 100, 599);
    const auto highest = option_types::parse_number_between(trimmed(ends.back()), 100, 599);
    if (ends.size() > 2 || !lowest || !highest || *lowest > *highest) return wrong("of the form 200-299");
    target = {.lowest = *lowest, .highest = *highest};
    return {};
}

// "a | b" => {"a", "b"}
std::vector<std::string> alternatives(std::string_view value) {
    std::vector<std::string> parts;
    for (const std::string_view part : split(value, '|')) {
        if (!trimmed(part).empty()) parts.emplace_back(trimmed(part));
    }
    return parts;
}

Result<void> header_lines(std::vector<Template>& target, std::string_view value) {
    std::vector<Template> made;
    for (const std::string& line : alternatives(value)) {
        if (!is_header(line)) return wrong("of the form Name: value");
        made.emplace_back();
        if (Result<void> done = template_of(made.back(), line, header_values); !done) return done;
    }
    target = std::move(made);
    return {};
}

Result<void> mail_program(std::vector<std::string>& target, std::string_view value) {
    const auto found = program_words(value);
    if (!found) return std::unexpected(found.error());
    target.assign(found->begin(), found->end());
    return {};
}

// A value inside an argument could become an option of the program, or part of one.
Result<void> sms_program(std::vector<Template>& target, std::string_view value) {
    const auto found = program_words(value);
    if (!found) return std::unexpected(found.error());
    std::vector<Template> made;
    for (const std::string_view word : *found) {
        made.emplace_back();
        if (Result<void> done = template_of(made.back(), word, argument_values); !done) return done;
        const bool has_value = made.back().uses(to) || made.back().uses(Placeholder::text);
        if (has_value && word != "{to}" && word != "{text}") {
            return fail(Errc::invalid, "{to} and {text} must be arguments of their own");
        }
    }
    if (std::ranges::none_of(made, [](const Template& word) { return word.uses(to); })) {
        return fail(Errc::invalid, "the program has no argument {to}");
    }
    target = std::move(made);
    return {};
}

// Where the message goes must not depend on what the message is.
Result<void> gateway_url(Template& target, std::string_view value) {
    Template made;
    if (Result<void> done = template_of(made, value, gateway_values); !done) return done;
    std::string_view host = made.beginning();
    if (!host.starts_with("https://") && !host.starts_with("http://"))
        return wrong("a URL that begins with https:// or http://");
    host.remove_prefix(host.find("//") + 2);
    const std::size_t end = host.find_first_of("/?#");
    if (end == 0 || host.empty() || (end == std::string_view::npos && value != made.beginning())) {
        return fail(Errc::invalid, "the name of the gateway's machine must be written out");
    }
    if (host.substr(0, end).find('@') != std::string_view::npos) {
        return fail(Errc::invalid, "name and password belong into the credentials file, not into the URL");
    }
    target = std::move(made);
    return {};
}

Result<void> gateway_template(Template& target, std::string_view value) {
    return template_of(target, value, gateway_values);
}

}  // namespace secondstep::courier
