#include "policy/people.h"

#include <grp.h>
#include <pwd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
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

// Never `not_found`, which ENOENT would be elsewhere.
std::unexpected<Error> cannot_tell(int error) {
    return fail(Errc::io,
                fail_errno("the name service could not look up an account or group", error).error().detail);
}

// getpwnam_r and getgrnam_r have the same shape. "Not found" is 0 without a result, and is no more than
// libc's word: see NameSources. Every other number means that a source could not tell. ENOENT too: it is what
// libc makes of a source that is away, never of a name that is not there.
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
            return cannot_tell(error);
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

// Whom libc does not find, no source may have failed to find.
Result<std::unique_ptr<Found<group>>> find_group(const std::string& name, const NameSources& sources) {
    Result<std::unique_ptr<Found<group>>> found = look_up<group>(::getgrnam_r, name);
    if (!found || *found) return found;
    if (const Result<void> none = sources.none_has_group(name); !none) return std::unexpected(none.error());
    return found;
}

// The list of all groups of somebody, and whether it may lack some.
struct ListedGroups {
    std::vector<gid_t> ids;
    std::string failure;
};

ListedGroups list_groups(const Person& person, gid_t primary, const NameSources& sources) {
    errno = 0;
    const Result<std::vector<gid_t>> ids = group_ids(person.name, primary);
    const int error = errno;
    NameSources::Groups asked = sources.groups_of(person.name, primary);
    ListedGroups listed{std::move(asked.ids), std::move(asked.failure)};
    if (ids) listed.ids.insert(listed.ids.end(), ids->begin(), ids->end());
    if (!listed.failure.empty()) return listed;
    if (!ids) listed.failure = ids.error().detail;
    // A source that cannot be asked alone; ENOENT and ERANGE also stand after an answer.
    if (error != 0 && error != ENOENT && error != ERANGE)
        listed.failure = fail_errno("the list of groups", error).error().detail;
    return listed;
}

void keep_failure(Membership& membership, const std::string& failure) {
    if (membership.failure.empty()) membership.failure = failure;
}

// Whoever stands in a group's own list is in it, whatever else failed; that somebody
// is not needs every answer.
Membership membership_of(const Person& person, gid_t primary, const std::vector<std::string>& asked,
                         const NameSources& sources) {
    Membership membership;
    if (asked.empty()) return membership;
    const ListedGroups listed = list_groups(person, primary, sources);
    membership.failure = listed.failure;
    for (const std::string& name : asked) {
        const Result<std::unique_ptr<Found<group>>> found = find_group(name, sources);
        if (!found) keep_failure(membership, found.error().detail);
        if (!found || !*found) continue;
        const group& entry = (*found)->entry;
        const bool in =
            std::ranges::find(listed.ids, entry.gr_gid) != listed.ids.end() || lists(entry, person.name);
        if (in) membership.groups.push_back(name);
        if (in || listed.failure.empty()) membership.known_groups.push_back(name);
    }
    return membership;
}

Membership membership_of_nobody(const std::vector<std::string>& asked, const NameSources& sources) {
    Membership membership;
    for (const std::string& name : asked) {
        const Result<std::unique_ptr<Found<group>>> found = find_group(name, sources);
        if (!found) keep_failure(membership, found.error().detail);
        if (found && *found) membership.known_groups.push_back(name);
    }
    return membership;
}

}  // namespace

Certainty Membership::in(const std::string& group) const {
    if (std::ranges::find(groups, group) != groups.end()) return Certainty::yes;
    return std::ranges::find(known_groups, group) != known_groups.end() ? Certainty::no
                                                                        : Certainty::cannot_tell;
}

Result<LookedUp> NameServicePeople::find(const std::string& name, const std::vector<std::string>& groups,
                                         const Early& early) const {
    if (const auto here = sources_.local_account(name))
        return described({name, here->uid}, here->gid, groups, early);
    const Result<std::unique_ptr<Found<passwd>>> found = look_up<passwd>(::getpwnam_r, name);
    if (!found) return std::unexpected(found.error());
    if (!*found) {
        const bool askable = name.find('\0') == std::string::npos;
        const Result<void> none = askable ? sources_.none_has_account(name) : Result<void>();
        if (!none) return std::unexpected(none.error());
        return LookedUp{std::nullopt, membership_of_nobody(groups, sources_)};
    }
    const passwd& entry = (*found)->entry;
    return described({entry.pw_name, entry.pw_uid}, entry.pw_gid, groups, early);
}

LookedUp NameServicePeople::described(Person person, gid_t primary, const std::vector<std::string>& groups,
                                      const Early& early) const {
    early(person);
    Membership membership = membership_of(person, primary, groups, sources_);
    return {std::move(person), std::move(membership)};
}

std::optional<Person> NameServicePeople::find_here(const std::string& name) const {
    const auto here = sources_.local_account(name);
    return here ? std::optional(Person{name, here->uid}) : std::nullopt;
}

}  // namespace secondstep
