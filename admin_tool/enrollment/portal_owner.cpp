#include "enrollment/portal_owner.h"

#include <algorithm>
#include <vector>

namespace secondstep::tool {

namespace {

bool is_theirs(const PortalOwner& owner, const std::optional<uid_t>& uid) {
    if (owner.uid_before) return uid == *owner.uid_before;
    return !owner.next_of_the_name || uid != owner.next_of_the_name;
}

bool is_the_same(const LinkedPortal& a, const LinkedPortal& b) {
    return a.linked_at == b.linked_at && equal_in_constant_time(a.token.key.bytes(), b.token.key.bytes());
}

Result<void> move_owned(const PortalStore& store, const PortalOwner& owner) {
    auto from = store.begin(owner.before);
    if (!from) return std::unexpected(from.error());
    if (from->portals().portals.empty() || !is_theirs(owner, from->portals().uid)) return {};
    if (owner.before == owner.now) {
        from->portals().uid = owner.uid;
        return from->write();
    }
    auto to = store.begin(owner.now);
    if (!to) return std::unexpected(to.error());
    to->portals().owner = owner.now;
    to->portals().uid = owner.uid;
    for (const LinkedPortal& portal : from->portals().portals) {
        // There already when this is done again.
        if (to->portals().find(portal.name) == nullptr) to->portals().portals.push_back(portal.clone());
    }
    if (auto written = to->write(); !written) return written;
    return from->remove();
}

bool is_reader_before(const PortalOwner& owner, const PortalReader& reader) {
    return reader.account == owner.before && is_theirs(owner, reader.uid) &&
           (owner.before != owner.now || reader.uid != owner.uid);
}

// True: something was changed.
bool change_readers(LinkedPortals& portals, const PortalOwner& owner) {
    bool changed = false;
    for (LinkedPortal& portal : portals.portals) {
        const auto before = [&owner](const PortalReader& reader) { return is_reader_before(owner, reader); };
        if (std::ranges::none_of(portal.readers, before)) continue;
        std::erase_if(portal.readers, [&](const PortalReader& reader) {
            return before(reader) || reader.account == owner.now;
        });
        portal.readers.push_back({owner.now, owner.uid});
        changed = true;
    }
    return changed;
}

}  // namespace

Result<std::optional<std::string>> obstacle(const PortalStore& store, const PortalOwner& owner) {
    const auto from = store.read(owner.before);
    if (!from) return std::unexpected(from.error());
    const auto to = store.read(owner.now);
    if (!to) return std::unexpected(to.error());
    if (owner.before == owner.now || !is_theirs(owner, from->uid)) return std::nullopt;
    std::size_t together = to->portals.size();
    for (const LinkedPortal& portal : from->portals) {
        const LinkedPortal* const other = to->find(portal.name);
        if (other == nullptr) ++together;
        if (other != nullptr && !is_the_same(portal, *other))
            return "both have a portal " + portal.name.text() + ": rename or remove one of them";
    }
    if (together > max_linked_portals) return "they have more than 32 portals together";
    return std::nullopt;
}

Result<void> move_portals(const PortalStore& store, const PortalOwner& owner) {
    const auto own = store.read(owner.before);
    if (!own) return std::unexpected(own.error());
    if (!own->portals.empty()) {
        if (auto moved = move_owned(store, owner); !moved) return moved;
    }
    std::vector<std::optional<AccountName>> owners;
    const auto listed = store.for_each_owner([&owners](const std::optional<AccountName>& each) {
        owners.push_back(each);
        return true;
    });
    if (!listed) return listed;
    for (const auto& each : owners) {
        auto portals = store.read(each);
        if (!portals) return std::unexpected(portals.error());
        if (!change_readers(*portals, owner)) continue;
        auto transaction = store.begin(each);
        if (!transaction) return std::unexpected(transaction.error());
        static_cast<void>(change_readers(transaction->portals(), owner));
        if (auto written = transaction->write(); !written) return written;
    }
    return {};
}

}  // namespace secondstep::tool
