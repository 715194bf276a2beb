#include "stacks/libpam_rules.h"

#include <algorithm>

#include "base/text.h"

namespace secondstep::tool {

namespace {

// "...\0/usr/lib/pam.d/%s\0..." => "/usr/lib/pam.d": the formats that libpam makes paths of.
std::vector<std::string> directories_in(std::string_view bytes) {
    constexpr std::string_view ending{"/pam.d/%s\0", 10};
    std::vector<std::string> found;
    for (std::size_t at = bytes.find(ending); at != std::string_view::npos;
         at = bytes.find(ending, at + ending.size())) {
        const std::size_t before = bytes.substr(0, at).rfind('\0');
        const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
        found.emplace_back(bytes.substr(begin, at + std::string_view("/pam.d").size() - begin));
    }
    // Every version looks there, and the linker lets "/etc/pam.d" be the end of "/usr/etc/pam.d".
    constexpr std::string_view own{"/etc/pam.d"};
    if (!found.empty() && std::ranges::find(found, own) == found.end()) found.emplace_back(own);
    return found;
}

// libpam looks in /etc first, then in /usr/lib, then where the distribution's vendor is; the compiler may have
// laid the words in another order.
std::size_t rank(std::string_view directory) {
    if (directory.starts_with("/etc/")) return 0;
    return directory == "/usr/lib/pam.d" ? 1 : 2;
}

}  // namespace

std::optional<LibpamRules> rules_of_library(std::string_view bytes) {
    LibpamRules rules;
    rules.directories = directories_in(bytes);
    std::ranges::sort(rules.directories, {}, [](const std::string& name) { return rank(name); });
    const auto [first, last] = std::ranges::unique(rules.directories);
    rules.directories.erase(first, last);
    const auto has = [bytes](std::string_view words) { return bytes.find(words) != std::string_view::npos; };
    const bool older = has("maximum level of substacks reached");
    rules.since_1_6 = has("maximum level of inclusions reached");
    rules.debian = has("@include");
    if (rules.directories.empty() || older == rules.since_1_6) return std::nullopt;
    return rules;
}

std::string service_name(std::string_view name) {
    return lowercase_ascii(name.substr(name.rfind('/') + 1));
}

}  // namespace secondstep::tool
