#include "fleet/host_registry.h"

#include <utility>

#include "fleet/host_tag.h"

namespace secondstep::fleet {
namespace {

std::set<std::string> names_of(const HostList& list) {
    std::set<std::string> names;
    for (const RegisteredHost& one : list.hosts)
        names.insert(one.name);
    for (const HostList::Unreadable& one : list.unreadable)
        names.insert(one.name);
    return names;
}

}  // namespace

// A folder that is listed while a record in it is replaced may leave that record out (readdir(3) promises nothing, and what
// file systems do differs). A host that was there is gone only if its record is.
Result<HostList> HostRegistry::all_hosts() const {
    auto list = records_.hosts();
    if (!list) return list;
    std::set<std::string> missing;
    {
        const std::lock_guard lock(mutex_);
        missing = names_there_;
    }
    for (const std::string& name : names_of(*list))
        missing.erase(name);
    for (const std::string& name : missing) {
        auto record = records_.host(name);
        if (!record) {
            list->unreadable.push_back({name, record.error()});
        } else if (*record) {
            list->hosts.push_back(std::move(**record));
        }
    }
    return list;
}

Result<HostRegistry::Reading> HostRegistry::read() const {
    const auto list = all_hosts();
    if (!list) return std::unexpected(list.error());
    const auto identity = records_.identity();
    if (!identity) return std::unexpected(identity.error());
    if (!*identity) return fail(Errc::not_found, "this machine has no fleet: secondstep fleet create");
    const bool own_uids = (*identity)->uids == Uids::differ;
    Reading reading;
    for (const HostList::Unreadable& one : list->unreadable)
        reading.unreadable.emplace(one.name, one.error);
    reading.names = names_of(*list);
    for (const RegisteredHost& one : list->hosts) {
        if (one.suspended) continue;
        const auto tag = tag_of(one.name);
        if (!tag) return std::unexpected(tag.error());
        const Host host{one.name, one.changes, *tag, own_uids, one.since};
        reading.by_name.emplace(one.name, host);
        reading.by_certificate.emplace(one.certificate, Known{host});
        if (one.next) reading.by_certificate.emplace(*one.next, Known{host, true});
    }
    return reading;
}

HostRegistry::SharedReading HostRegistry::last_one(Moment asked) const {
    const std::lock_guard lock(mutex_);
    if (!last_) return nullptr;
    const bool is_good = read_at_ >= asked || std::chrono::steady_clock::now() - read_at_ <= freshness;
    return is_good ? last_ : nullptr;
}

std::uint64_t HostRegistry::version() const {
    const std::lock_guard lock(mutex_);
    return version_;
}

bool HostRegistry::keep(SharedReading reading, Moment began, std::uint64_t version) const {
    const std::lock_guard lock(mutex_);
    if (version != version_) return false;
    for (const auto& [certificate, known] : reading->by_certificate)
        names_[certificate] = known.host.name;
    names_there_ = reading->names;
    last_ = std::move(reading);
    read_at_ = began;
    return true;
}

// Who waited for whoever reads takes what has come of a read that began after they asked, however long it took: on a slow
// disk each of them would read anew otherwise, one after the other. What was written while it was read, after all of them had
// asked, makes it too old for others, and for none of them: were it read again then, whoever writes often would keep all from
// an answer.
Result<HostRegistry::SharedReading> HostRegistry::good_one() const {
    const Moment asked = std::chrono::steady_clock::now();
    if (auto last = last_one(asked)) return last;
    const std::lock_guard one(reading_);
    if (auto last = last_one(asked)) return last;
    if (unkept_ && unkept_->began >= asked) return unkept_->found;
    const std::uint64_t before = version();
    const Moment began = std::chrono::steady_clock::now();
    unkept_.reset();
    auto found = read();
    if (!found) {
        drop();
        unkept_ = {began, std::unexpected(found.error())};
        return unkept_->found;
    }
    auto reading = std::make_shared<const Reading>(std::move(*found));
    if (!keep(reading, began, before)) unkept_ = {began, reading};
    return reading;
}

Result<std::optional<HostRegistry::Known>> HostRegistry::look_up(
    const relay::Fingerprint& certificate) const {
    const auto reading = good_one();
    if (!reading) return std::unexpected(reading.error());
    const auto found = (*reading)->by_certificate.find(certificate);
    if (found != (*reading)->by_certificate.end()) return std::optional(found->second);
    if (const auto doubt = doubt_about(**reading, certificate)) return std::unexpected(*doubt);
    return std::optional<Known>{};
}

std::optional<HostRegistry::Known> HostRegistry::known(const relay::Fingerprint& certificate) const {
    const auto last = last_one(std::chrono::steady_clock::now());
    if (!last) return std::nullopt;
    const auto found = last->by_certificate.find(certificate);
    return found == last->by_certificate.end() ? std::nullopt : std::optional(found->second);
}

// Of a certificate that stands in no record that can be read: whether it may stand in one that cannot.
std::optional<Error> HostRegistry::doubt_about(const Reading& reading,
                                               const relay::Fingerprint& certificate) const {
    if (reading.unreadable.empty()) return std::nullopt;
    const std::lock_guard lock(mutex_);
    const auto known = names_.find(certificate);
    if (known == names_.end()) return reading.unreadable.begin()->second;
    const auto its = reading.unreadable.find(known->second);
    return its == reading.unreadable.end() ? std::nullopt : std::optional(its->second);
}

Result<std::optional<Host>> HostRegistry::present(const Host& host) const {
    const auto reading = good_one();
    if (!reading) return std::unexpected(reading.error());
    const auto unreadable = (*reading)->unreadable.find(host.name);
    if (unreadable != (*reading)->unreadable.end()) return std::unexpected(unreadable->second);
    const auto found = (*reading)->by_name.find(host.name);
    const bool is_it = found != (*reading)->by_name.end() && found->second.since == host.since;
    return is_it ? std::optional(found->second) : std::nullopt;
}

void HostRegistry::drop() const {
    const std::lock_guard lock(mutex_);
    last_.reset();
    ++version_;
}

void HostRegistry::forget() {
    drop();
}

// As one step: a read that began before would be kept without that name, and a listing may leave out this host as well.
void HostRegistry::forget_without(const std::string& joined) {
    const std::lock_guard lock(mutex_);
    names_there_.insert(joined);
    last_.reset();
    ++version_;
}

}  // namespace secondstep::fleet
