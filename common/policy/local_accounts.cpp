#include "policy/local_accounts.h"

#include <pwd.h>

#include <cstdio>
#include <memory>
#include <vector>

namespace secondstep {
namespace {

constexpr std::size_t longest_line = 64UL * 1024;

bool is_compat(std::string_view name) {
    return name.starts_with('+') || name.starts_with('-');
}

}  // namespace

// By libc's own reader of such lines.
LocalAccounts LocalAccounts::parse(std::string_view passwd) {
    LocalAccounts accounts;
    if (passwd.empty()) return accounts;
    std::string text(passwd);
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> in(::fmemopen(text.data(), text.size(), "r"),
                                                             &std::fclose);
    if (!in) return accounts;
    std::vector<char> buffer(longest_line);
    ::passwd entry{};
    ::passwd* found = nullptr;
    while (::fgetpwent_r(in.get(), &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr) {
        if (!is_compat(entry.pw_name))
            accounts.by_name_.emplace(entry.pw_name, Ids{entry.pw_uid, entry.pw_gid});
    }
    return accounts;
}

std::optional<LocalAccounts::Ids> LocalAccounts::find(const std::string& name) const {
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace secondstep
