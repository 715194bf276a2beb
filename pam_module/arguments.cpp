#include "arguments.h"

#include <algorithm>
#include <string_view>

#include "base/text.h"
#include "paths.h"

namespace secondstep::module {
namespace {

constexpr std::size_t longest_socket_path = 107;  // sun_path, with its final NUL

std::string complaint_of(std::string_view word) {
    return "argument \"" + printable(word) + "\": ";
}

// "socket=/run/x" with the key "socket=" => "/run/x"
bool is_absolute_path_of(std::string_view key, std::string_view word, std::string& path) {
    path = word.substr(key.size());
    return path.starts_with('/');
}

// Nothing to say: the word was understood.
std::string complaint_about(std::string_view word, Arguments& arguments) {
    using Earlier = Arguments::EarlierPassword;
    if (word.starts_with("conf=")) {
        return is_absolute_path_of("conf=", word, arguments.config) ? "" : "the path must begin with /";
    }
    if (word.starts_with("socket=")) {
        if (!is_absolute_path_of("socket=", word, arguments.socket)) return "the path must begin with /";
        return arguments.socket.size() <= longest_socket_path ? "" : "a socket's path has at most 107 bytes";
    }
    if (word == "first_factor=passed") {
        arguments.first_factor_passed = true;
    } else if (word == "enroll=account") {
        arguments.enroll_in_account = true;
    } else if (word == "prompt=combined") {
        arguments.combined = true;
    } else if (word == "prompt=separate") {
        arguments.combined = false;
    } else if (word == "use_first_pass") {
        arguments.earlier_password = Earlier::insist;
    } else if (word == "try_first_pass") {
        arguments.earlier_password = Earlier::try_it;
    } else if (word == "debug") {
        arguments.debug = true;
    } else {
        return "unknown";
    }
    return {};
}

// What two words must not share: "socket=/a" and "socket=/b" => "socket";
// both words about the first password.
std::string_view subject_of(std::string_view word) {
    if (word == "use_first_pass" || word == "try_first_pass") return "first_pass";
    return word.substr(0, word.find('='));
}

bool is_repeated(std::span<const char* const> words, std::size_t index) {
    const auto earlier = words.first(index);
    return std::ranges::any_of(
        earlier, [&](const char* other) { return subject_of(other) == subject_of(words[index]); });
}

}  // namespace

std::expected<Arguments, Complaints> parse_arguments(std::span<const char* const> words) {
    Arguments arguments;
    arguments.socket = paths::service_socket;
    Complaints complaints;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (is_repeated(words, i))
            complaints.push_back(complaint_of(words[i]) + "an earlier one already decides this");
        const std::string complaint = complaint_about(words[i], arguments);
        if (!complaint.empty()) complaints.push_back(complaint_of(words[i]) + complaint);
    }
    if (!complaints.empty()) return std::unexpected(std::move(complaints));
    return arguments;
}

}  // namespace secondstep::module
