#include "people/people_index.h"

#include <grp.h>
#include <pwd.h>

#include <cerrno>
#include <fstream>
#include <functional>
#include <sstream>
#include <string_view>
#include <utility>
#include <vector>

#include "policy/name_sources.h"

namespace secondstep::tool {

namespace {

constexpr std::size_t first_buffer = 4096;
constexpr std::size_t largest_buffer = std::size_t{16} << 20U;

PasswdEntry entry_of(const passwd& found) {
    const std::string_view gecos = found.pw_gecos == nullptr ? "" : found.pw_gecos;
    return {found.pw_name, std::string(gecos.substr(0, gecos.find(','))), found.pw_uid, found.pw_gid,
            found.pw_dir == nullptr ? "" : found.pw_dir};
}

// Never `not_found`, which ENOENT would be elsewhere: it is what libc makes of a source that is away.
std::unexpected<Error> cannot_tell(const std::string& what, int error) {
    return fail(Errc::io, fail_errno(what, error).error().detail);
}

// One, which reads nsswitch.conf when it was changed.
const NameSources& name_sources() {
    static const NameSources sources;
    return sources;
}

// Calls `ask` with a growing buffer as long as it says ERANGE.
int with_buffer(const std::function<int(std::vector<char>&)>& ask) {
    std::vector<char> buffer(first_buffer);
    int error = ask(buffer);
    while (error == ERANGE && buffer.size() < largest_buffer) {
        buffer.resize(buffer.size() * 4);
        error = ask(buffer);
    }
    return error;
}

using PasswdCall = std::function<int(passwd& storage, std::vector<char>& buffer, passwd*& found)>;
// Whether no source of the name service failed to find what libc did not find.
using Absence = std::function<Result<void>()>;

Result<std::optional<PasswdEntry>> found_by(const std::string& what, const PasswdCall& call,
                                            const Absence& absence) {
    std::optional<PasswdEntry> entry;
    const int error = with_buffer([&](std::vector<char>& buffer) {
        passwd storage{};
        passwd* found = nullptr;
        const int result = call(storage, buffer, found);
        if (result == 0 && found != nullptr) entry = entry_of(*found);
        return result;
    });
    if (!entry && error != 0) return cannot_tell(what, error);
    if (!entry) {
        if (const Result<void> none = absence(); !none)
            return fail(none.error().code, what + ": " + none.error().detail);
    }
    return entry;
}

// Errors: io, when the list ends with one: half of the people are not everybody.
Result<void> for_every_account(const std::function<void(const passwd&)>& visit) {
    // One thread; and the reentrant form is a GNU extension with the same global position.
    ::setpwent();  // NOLINT(concurrency-mt-unsafe)
    for (;;) {
        errno = 0;
        const passwd* const found = ::getpwent();  // NOLINT(concurrency-mt-unsafe)
        if (found == nullptr) break;
        visit(*found);
    }
    const int error = errno;
    ::endpwent();  // NOLINT(concurrency-mt-unsafe)
    if (error != 0 && error != ENOENT) return fail_errno("the list of accounts", error);
    return {};
}

// The number behind `key` in a file of lines "KEY value", as useradd reads it.
uid_t number_in(const std::string& path, std::string_view key, uid_t otherwise) {
    std::ifstream file(path);
    std::string word;
    unsigned long number = 0;
    for (std::string line; std::getline(file, line);) {
        std::istringstream words(line);
        if (words >> word && word == key && words >> number) return static_cast<uid_t>(number);
    }
    return otherwise;
}

// "nologin" and "false", wherever they lie; no shell at all is /bin/sh.
bool lets_in(std::string_view shell) {
    const std::string_view program = shell.substr(shell.rfind('/') + 1);
    return shell.empty() || (program != "nologin" && program != "false");
}

}  // namespace

Result<std::optional<PasswdEntry>> look_up(const std::string& name) {
    return found_by(
        "looking up the account " + name,
        [&name](passwd& storage, std::vector<char>& buffer, passwd*& found) {
            return ::getpwnam_r(name.c_str(), &storage, buffer.data(), buffer.size(), &found);
        },
        [&name] { return name_sources().none_has_account(name); });
}

Result<std::optional<PasswdEntry>> look_up(uid_t uid) {
    return found_by(
        "looking up uid " + std::to_string(uid),
        [uid](passwd& storage, std::vector<char>& buffer, passwd*& found) {
            return ::getpwuid_r(uid, &storage, buffer.data(), buffer.size(), &found);
        },
        [uid] { return name_sources().none_has_account(uid); });
}

Result<std::optional<PasswdEntry>> PeopleIndex::find(const std::string& name) {
    if (!loaded_ && ++asked_ > few_) load();
    const auto known = entries_.find(name);
    if (known != entries_.end()) return known->second;
    if (whole_ && unlisted_ == Unlisted::absent) return std::nullopt;
    return look_up(name);
}

void PeopleIndex::load() {
    loaded_ = true;
    const Result<void> listed = for_every_account([this](const passwd& found) {
        PasswdEntry entry = entry_of(found);
        entry.full_name.clear();  // nobody asks for it among many, and it takes the most memory
        entries_.try_emplace(found.pw_name, std::move(entry));
    });
    whole_ = listed.has_value();
}

Result<std::optional<std::unordered_set<std::string>>> members_of(const std::string& group) {
    std::optional<std::unordered_set<std::string>> members;
    gid_t gid = 0;
    const int error = with_buffer([&](std::vector<char>& buffer) {
        struct group storage{};
        struct group* found = nullptr;
        const int result = ::getgrnam_r(group.c_str(), &storage, buffer.data(), buffer.size(), &found);
        if (result != 0 || found == nullptr) return result;
        members.emplace();
        gid = found->gr_gid;
        for (char** name = found->gr_mem; *name != nullptr; ++name)
            members->insert(*name);
        return 0;
    });
    if (!members && error != 0) return cannot_tell("looking up the group " + group, error);
    if (!members) {
        if (const Result<void> none = name_sources().none_has_group(group); !none)
            return fail(none.error().code, "looking up the group " + group + ": " + none.error().detail);
        return std::nullopt;
    }
    const Result<void> listed = for_every_account([&](const passwd& found) {
        if (found.pw_gid == gid) members->insert(found.pw_name);
    });
    if (!listed) return std::unexpected(listed.error());
    return members;
}

std::vector<std::string> human_accounts(const std::string& login_defs) {
    constexpr uid_t usual_min = 1000;
    constexpr uid_t usual_max = 60000;
    const uid_t min = number_in(login_defs, "UID_MIN", usual_min);
    const uid_t max = number_in(login_defs, "UID_MAX", usual_max);
    std::vector<std::string> names;
    for_every_account([&](const passwd& found) {
        const std::string_view shell = found.pw_shell == nullptr ? "" : found.pw_shell;
        if (found.pw_uid >= min && found.pw_uid <= max && lets_in(shell)) names.emplace_back(found.pw_name);
    });
    return names;
}

}  // namespace secondstep::tool
