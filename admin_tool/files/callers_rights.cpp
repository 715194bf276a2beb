#include "files/callers_rights.h"

#include <grp.h>
#include <unistd.h>

#include <cstdlib>

#include "console/exit_status.h"
#include "people/invoker.h"
#include "people/people_index.h"

namespace secondstep::tool {

namespace {

// Of somebody whom the machine does not know nothing is certain but that they are not root.
constexpr gid_t nobodys_group = 65534;

std::vector<gid_t> own_groups() {
    std::vector<gid_t> groups(65536);
    const int count = ::getgroups(static_cast<int>(groups.size()), groups.data());
    groups.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return groups;
}

[[noreturn]] void give_up() {
    std::_Exit(static_cast<int>(
        complain(Exit::unavailable, "the rights of who called sudo could not be taken, or given back")));
}

// Their groups and ids, in this order: without root's no other can be taken.
bool take(const std::optional<PasswdEntry>& person, uid_t uid) {
    const gid_t group = person ? person->gid : nobodys_group;
    const bool grouped =
        person ? ::initgroups(person->name.c_str(), group) == 0 : ::setgroups(0, nullptr) == 0;
    return grouped && ::setegid(group) == 0 && ::seteuid(uid) == 0;
}

}  // namespace

CallersRights::CallersRights() {
    const auto uid = invoker().became_root_from;
    if (!uid || ::geteuid() != 0) return;
    groups_ = own_groups();
    group_ = ::getegid();
    const auto person = look_up(*uid);
    // Going on with root's rights would be the very thing this is against.
    if (!take(person ? *person : std::nullopt, *uid)) give_up();
    taken_ = true;
}

CallersRights::~CallersRights() {
    if (!taken_) return;
    const bool back =
        ::seteuid(0) == 0 && ::setegid(group_) == 0 && ::setgroups(groups_.size(), groups_.data()) == 0;
    if (!back) give_up();
}

std::string CallersRights::explained() const {
    return taken_ ? " (opened with the rights of " + caller_name() + ", who called sudo)" : "";
}

}  // namespace secondstep::tool
