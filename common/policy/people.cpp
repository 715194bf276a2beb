#include "policy/people.h"

#include <grp.h>
#include <pwd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

namespace secondstep {
namespace {

constexpr std::size_t first_buffer = 4096;
constexpr std::size_t largest_buffer = 16UL * 1024 * 1024;  // a group with very many members
constexpr int most_groups = 65536;                          // NGROUPS_MAX

// One entry of passwd or group with the memory its strings lie in.
template <typename Entry>
struct Found {
    std::vector<char> buffer;
    Entry entry{};
};

// getpwnam_r and getgrnam_r have the same shape. "Not found" is 0 without a result; every other number means
// that a source of the name service could not tell, which is something else than "no": no entry.
template <typename Entry, typename Lookup>
Result<std::unique_ptr<Found<Entry>>> look_up(Lookup lookup, const std::string& name) {
    if (name.find('\0') != std::string::npos) return nullptr;  // "root\0x" must not find root
    auto found = std::make_unique<Found<Entry>>();
    for (std::size_t size = first_buffer; size <= largest_buffer; size *= 2) {
        found->buffer.resize(size);
        Entry* result = nullptr;
        const int error = lookup(name.c_str(), &found->entry, found->buffer.data(), size, &result);
        if (error == 0 && result == nullptr) return nullptr;
        if (error == 0) return found;
        if (error == EINTR)
            size /= 2;
        else if (error != ERANGE)
            return fail_errno("the name service could not look up an account or group", error);
    }
    return fail(Errc::too_large, "the name service has an entry of more than 16 MiB");
}

Result<std::vector<gid_t>> group_ids(const std::string& name, gid_t primary) {
    int count = 64;
    std::vector<gid_t> ids(static_cast<std::size_t>(count));
    while (::getgrouplist(name.c_str(), primary, ids.data(), &count) < 0) {
        if (count > most_groups || static_cast<std::size_t>(count) <= ids.size()) {
            return fail(Errc::io, "the groups of an account could not be listed");
        }
        ids.resize(static_cast<std::size_t>(count));
    }
    ids.resize(static_cast<std::size_t>(count));
    return ids;
}

bool lists(const group& entry, const std::string& member) {
    for (char** name = entry.gr_mem; name != nullptr && *name != nullptr; ++name) {
        if (member == *name) return true;
    }
    return false;
}

// getgrouplist cannot say that a source failed; the look-up of each group by name, which can, stands beside
// it.
Result<void> add_groups(Person& person, gid_t primary, const std::vector<std::string>& asked) {
    if (asked.empty()) return {};
    const Result<std::vector<gid_t>> ids = group_ids(person.name, primary);
    if (!ids) return std::unexpected(ids.error());
    for (const std::string& name : asked) {
        const Result<std::unique_ptr<Found<group>>> found = look_up<group>(::getgrnam_r, name);
        if (!found) return std::unexpected(found.error());
        if (!*found) continue;
        const group& entry = (*found)->entry;
        person.known_groups.push_back(name);
        if (std::ranges::find(*ids, entry.gr_gid) != ids->end() || lists(entry, person.name)) {
            person.groups.push_back(name);
        }
    }
    return {};
}

Result<std::optional<Person>> nobody(const std::vector<std::string>& groups) {
    for (const std::string& name : groups) {
        const Result<std::unique_ptr<Found<group>>> found = look_up<group>(::getgrnam_r, name);
        if (!found) return std::unexpected(found.error());
        if (!*found) return fail(Errc::not_found, "the group " + name + " does not exist");
    }
    return std::nullopt;
}

}  // namespace

Result<std::optional<Person>> NameServicePeople::find(const std::string& name,
                                                      const std::vector<std::string>& groups) const {
    const Result<std::unique_ptr<Found<passwd>>> found = look_up<passwd>(::getpwnam_r, name);
    if (!found) return std::unexpected(found.error());
    if (!*found) return nobody(groups);
    const passwd& entry = (*found)->entry;
    Person person;
    person.name = entry.pw_name;
    person.uid = entry.pw_uid;
    if (const Result<void> added = add_groups(person, entry.pw_gid, groups); !added) {
        return std::unexpected(added.error());
    }
    return person;
}

}  // namespace secondstep
