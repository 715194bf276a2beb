#include "installation/portal_owners.h"

#include <fcntl.h>
#include <shadow.h>
#include <sys/stat.h>

#include <cstdio>
#include <memory>

#include "base/local_time.h"
#include "people/people_index.h"

namespace secondstep::tool {

namespace {

// Of the folder itself, not of what is in it: restoring a backup changes the times of files.
std::optional<UnixTime> birth_of(const std::string& folder) {
    struct statx about{};
    if (::statx(AT_FDCWD, folder.c_str(), AT_STATX_DONT_SYNC, STATX_BTIME, &about) != 0) return std::nullopt;
    if ((about.stx_mask & STATX_BTIME) == 0U || !S_ISDIR(about.stx_mode)) return std::nullopt;
    return UnixTime(std::chrono::seconds(about.stx_btime.tv_sec));
}

std::optional<UnixTime> oldest_link(const LinkedPortals& portals) {
    std::optional<UnixTime> oldest;
    for (const LinkedPortal& portal : portals.portals) {
        if (!oldest || portal.linked_at < *oldest) oldest = portal.linked_at;
    }
    return oldest;
}

}  // namespace

PasswordAges password_ages() {
    PasswordAges ages;
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen("/etc/shadow", "re"), &std::fclose);
    if (!file) return ages;
    // NOLINTNEXTLINE(concurrency-mt-unsafe): one thread
    while (const spwd* const entry = ::fgetspent(file.get())) {
        if (entry->sp_lstchg > 0)
            ages.emplace(entry->sp_namp, UnixTime(std::chrono::hours(24) * entry->sp_lstchg));
    }
    return ages;
}

std::optional<Diagnosis> doubt_about(const LinkedPortals& portals, const Owner& owner) {
    const std::optional<UnixTime> linked = oldest_link(portals);
    if (!linked || !portals.owner) return std::nullopt;
    const std::string name = portals.owner->text();
    const std::string subject = "portals of " + name;
    const std::string removal = "secondstep portal remove --owner " + name;
    if (!owner.exists) {
        return warning(subject,
                       "there is no such account any more; the next one with that name and uid gets them",
                       removal);
    }
    const bool by_home = owner.home_made.has_value();
    const std::optional<UnixTime> since = by_home ? owner.home_made : owner.password_set;
    if (!since || *since <= *linked) return std::nullopt;
    return warning(
        subject,
        "linked on " + local_minute(*linked) + ", before " +
            (by_home ? "the home folder of " + name + " was made"
                     : "the password of " + name + " was set (there is no home folder to tell by)") +
            ": somebody who had name and uid before may have linked them",
        "ask them: secondstep portal list --owner " + name + "; what is not theirs: " + removal);
}

void check_portals(const PortalStore& store, const PasswordAges& passwords, Diagnoses& findings) {
    const auto owners = store.owners();
    if (!owners) return findings.push_back(wrong("portals", owners.error().detail, "before anything else"));
    for (const AccountName& account : *owners) {
        const auto portals = store.read(account);
        if (!portals) {
            findings.push_back(
                wrong("portals of " + account.text(), portals.error().detail, "restore its file"));
            continue;
        }
        const auto entry = look_up(account.text());
        if (!entry) continue;  // nobody can tell now
        Owner owner{entry->has_value(), std::nullopt, std::nullopt};
        if (*entry) owner.home_made = birth_of((*entry)->home);
        if (const auto age = passwords.find(account.text()); age != passwords.end())
            owner.password_set = age->second;
        if (auto doubt = doubt_about(*portals, owner)) findings.push_back(std::move(*doubt));
    }
}

}  // namespace secondstep::tool
