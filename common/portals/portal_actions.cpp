#include "portals/portal_actions.h"

#include <algorithm>
#include <functional>
#include <utility>
#include <variant>

#include "portals/portal_lines.h"

namespace secondstep::dialogue {
namespace {

using Request = PortalRequest;
using Whose = PortalRequest::Whose;
using Owner = std::optional<AccountName>;

Owner owner_of(const PortalRequest& request, const PortalActor& actor) {
    switch (request.whose) {
        case Whose::own:
            return actor.account;
        case Whose::host:
            return std::nullopt;
        case Whose::account:
            break;
    }
    return request.owner;
}

bool is_owner(const PortalActor& actor, const Owner& owner) {
    return !actor.account || actor.account == owner;
}

// The same words whether there is none, or one that is not shared with who asks: a name tells something.
std::unexpected<Error> no_such_portal(const PortalName& name, const Owner& owner) {
    const std::string whose = owner ? owner->text() + " has" : "The host has";
    return fail(Errc::not_found, whose + " no portal \"" + name.text() + "\" that you may use.");
}

// Portals linked by somebody who had this name before are nobody's until an administrator looks at them.
Result<void> check_uid(const LinkedPortals& portals, const PortalActor& actor) {
    if (!actor.account || actor.account != portals.owner) return {};
    if (portals.portals.empty() || !portals.uid || portals.uid == actor.uid) return {};
    return fail(Errc::not_allowed, "These portals were linked by uid " + std::to_string(*portals.uid) +
                                       ", who had your name before. Only the administrator can remove them: "
                                       "secondstep portal remove NAME --owner " +
                                       actor.account->text());
}

PortalEvent event_of(PortalChange what, const PortalName& name, const Owner& owner) {
    return {what, name.text(), owner_text(owner)};
}

// --- list ---

bool may_see(const PortalActor& actor, const Owner& owner, const LinkedPortal& portal) {
    return is_owner(actor, owner) || (actor.account && portal.is_readable_by(*actor.account, actor.uid));
}

Result<void> add_lines(PortalAnswer& answer, const PortalStore& store, const Owner& owner,
                       const std::optional<PortalName>& name, const PortalActor& actor) {
    const auto portals = store.read(owner);
    if (!portals) return std::unexpected(portals.error());
    if (const auto mine = check_uid(*portals, actor); !mine) return mine;
    for (const LinkedPortal& portal : portals->portals) {
        const bool wanted = !name || name == portal.name;
        if (wanted && may_see(actor, owner, portal)) answer.lines.push_back(portal_line(owner, portal));
    }
    return {};
}

Result<PortalAnswer> list(const PortalStore& store, const PortalRequest& request, const Request::List& wanted,
                          const PortalActor& actor) {
    PortalAnswer answer;
    const Owner owner = owner_of(request, actor);
    auto done = add_lines(answer, store, owner, wanted.name, actor);
    // A name means one portal: the host's of the same name is only looked at when there is no own one.
    const bool more = request.whose == Whose::own && owner && (!wanted.name || answer.lines.empty());
    if (!done) return std::unexpected(done.error());
    // What is wrong with the host's is not the business of somebody who asks for their own.
    if (more) static_cast<void>(add_lines(answer, store, std::nullopt, wanted.name, actor));
    if (wanted.name && answer.lines.empty()) return no_such_portal(*wanted.name, owner);
    return answer;
}

// --- code ---

std::string key_of(const Owner& owner, const LinkedPortal& portal) {
    return owner_text(owner) + "/" + portal.name.text();
}

PortalAnswer wait_for(std::chrono::seconds time) {
    PortalAnswer answer;
    answer.lines.push_back(wait_line({time}));
    return answer;
}

// Of HOTP every code moves the counter on, whether it is used or not: the owner answers for their own.
Result<void> check_counted(const LinkedPortal& portal, const Owner& owner, const PortalActor& actor) {
    if (actor.turns == nullptr || !portal.is_counted() || is_owner(actor, owner) || !actor.uid) return {};
    const auto wait = actor.turns->until_counted(key_of(owner, portal), *actor.uid, actor.steady_now);
    if (wait == std::chrono::seconds{0}) return {};
    return fail(Errc::invalid,
                "You were given " + std::to_string(PortalTurns::most_counted) + " codes of \"" +
                    portal.name.text() +
                    "\" within a minute; each moves its counter on for\neverybody. Try again in " +
                    std::to_string(wait.count()) + " s.");
}

// Somebody who asks without waiting takes a code that others wait for from nobody.
Result<void> check_others(const LinkedPortal& portal, const Owner& owner, const PortalActor& actor,
                          const PortalCode& code) {
    const bool fresh = !portal.is_counted() && !code.handed_out_before;
    if (!fresh || actor.turns == nullptr || !actor.uid) return {};
    if (!actor.turns->others_wait(key_of(owner, portal), *actor.uid, actor.steady_now)) return {};
    return fail(Errc::invalid, "Somebody else waits for the next code of \"" + portal.name.text() +
                                   "\": --wait gets you in line.");
}

struct Wanted {
    Freshness freshness;
    UnixTime now;
};

// Nothing: the code is this one's to take; otherwise what they are told.
Result<std::optional<PortalAnswer>> take_turn(const LinkedPortal& portal, const Owner& owner,
                                              const PortalActor& actor, Freshness freshness,
                                              const std::variant<PortalCode, NoCodeYet>& handed) {
    const auto* const code = std::get_if<PortalCode>(&handed);
    const std::string key = key_of(owner, portal);
    const bool in_line =
        actor.turns != nullptr && actor.uid && freshness == Freshness::fresh && !portal.is_counted();
    if (in_line) {
        const auto wait = actor.turns->until_turn(key, *actor.uid, actor.steady_now);
        if (code != nullptr && wait > std::chrono::seconds{0}) return wait_for(wait);
    }
    if (code == nullptr) {
        const std::chrono::seconds until = std::get<NoCodeYet>(handed).until;
        if (in_line) actor.turns->asks_again(key, *actor.uid, actor.steady_now + until);
        return wait_for(until);
    }
    if (in_line) return std::nullopt;
    if (const auto alone = check_others(portal, owner, actor, *code); !alone)
        return std::unexpected(alone.error());
    return std::nullopt;
}

// Not for every look at one and the same code.
std::optional<PortalEvent> event_of_code(const LinkedPortal& portal, const Owner& owner,
                                         const PortalActor& actor) {
    const bool seen = actor.turns != nullptr && actor.uid && portal.last &&
                      !actor.turns->is_first_sight(key_of(owner, portal), *actor.uid, *portal.last);
    if (seen) return std::nullopt;
    return event_of(PortalChange::code, portal.name, owner);
}

Result<PortalAnswer> code_of(const PortalStore::Transaction& transaction, LinkedPortal& portal,
                             const Owner& owner, const PortalActor& actor, const Wanted& wanted) {
    if (!portal.enabled) {
        return fail(Errc::invalid, "Codes of \"" + portal.name.text() +
                                       "\" are switched off. Its owner switches them on: "
                                       "secondstep portal enable " +
                                       portal.name.text());
    }
    if (const auto few = check_counted(portal, owner, actor); !few) return std::unexpected(few.error());
    auto handed = hand_out(portal, wanted.freshness, wanted.now);
    if (!handed) return std::unexpected(handed.error());
    auto told = take_turn(portal, owner, actor, wanted.freshness, *handed);
    if (!told) return std::unexpected(told.error());
    if (*told) return std::move(**told);
    if (const auto written = transaction.write(); !written) return std::unexpected(written.error());
    if (actor.turns != nullptr && actor.uid) actor.turns->was_served(key_of(owner, portal), *actor.uid);
    PortalAnswer answer;
    answer.lines.push_back(code_line(owner, portal, std::get<PortalCode>(*handed)));
    answer.event = event_of_code(portal, owner, actor);
    return answer;
}

// Without a lock, so that who may not read it cannot hold up who may. What cannot be read counts as usable:
// the look with the lock says why.
bool is_usable(const PortalStore& store, const Owner& owner, const PortalName& name,
               const PortalActor& actor) {
    const auto portals = store.read(owner);
    if (!portals) return is_owner(actor, owner);
    const LinkedPortal* const portal = portals->find(name);
    return portal != nullptr && may_see(actor, owner, *portal);
}

Result<PortalAnswer> code(const PortalStore& store, const PortalRequest& request, const Request::Code& wanted,
                          const PortalActor& actor, UnixTime now) {
    const Owner asked = owner_of(request, actor);
    Owner owner = asked;
    // One's own comes first; then the host's that are shared with who asks.
    if (request.whose == Whose::own && owner && !is_usable(store, owner, wanted.name, actor)) owner.reset();
    if (!is_usable(store, owner, wanted.name, actor)) return no_such_portal(wanted.name, asked);
    auto transaction = store.begin(owner);
    if (!transaction) return std::unexpected(transaction.error());
    if (const auto mine = check_uid(transaction->portals(), actor); !mine)
        return std::unexpected(mine.error());
    LinkedPortal* const portal = transaction->portals().find(wanted.name);
    if (portal == nullptr || !may_see(actor, owner, *portal)) return no_such_portal(wanted.name, asked);
    return code_of(*transaction, *portal, owner, actor, {wanted.freshness, now});
}

// --- changes ---

// A new key for a portal that scripts use: what was not said anew stays.
LinkedPortal in_place_of(const LinkedPortal& before, LinkedPortal fresh) {
    fresh.enabled = before.enabled;
    if (fresh.note.empty()) fresh.note = before.note;
    if (fresh.url.empty()) fresh.url = before.url;
    if (fresh.readers.empty()) fresh.readers = before.readers;
    return fresh;
}

Result<void> link(LinkedPortals& portals, const Request::Add& wanted, const PortalActor& actor,
                  UnixTime now) {
    LinkedPortal fresh = wanted.portal.clone();
    fresh.linked_at = now;
    if (const auto good = check(fresh); !good) return good;
    if (portals.portals.empty()) portals.uid = actor.account ? actor.uid : wanted.owner_uid;
    if (portals.owner && !portals.uid)
        return fail(Errc::invalid, "There is no user " + portals.owner->text() + " on this machine.");
    if (LinkedPortal* const before = portals.find(fresh.name)) {
        if (!wanted.replace) {
            return fail(Errc::exists,
                        "There is a portal \"" + fresh.name.text() + "\" already: --replace links it anew.");
        }
        *before = in_place_of(*before, std::move(fresh));
        return {};
    }
    if (portals.portals.size() >= max_linked_portals)
        return fail(Errc::too_large, "There are 32 linked portals, and no more are kept for one owner.");
    portals.portals.push_back(std::move(fresh));
    return {};
}

Result<void> rename(LinkedPortals& portals, LinkedPortal& portal, const PortalName& name) {
    if (portals.find(name) != nullptr)
        return fail(Errc::exists, "There is a portal \"" + name.text() + "\" already.");
    portal.name = name;
    return {};
}

Result<void> change(LinkedPortal& portal, const Request::Change& wanted) {
    if (wanted.note) portal.note = *wanted.note;
    if (wanted.url) portal.url = *wanted.url;
    const auto named_in = [](const std::vector<PortalReader>& readers) {
        return [&readers](const PortalReader& reader) {
            return std::ranges::find(readers, reader.account, &PortalReader::account) != readers.end();
        };
    };
    // Whoever is named anew has the uid of now.
    std::erase_if(portal.readers, named_in(wanted.unshare));
    std::erase_if(portal.readers, named_in(wanted.share));
    portal.readers.insert(portal.readers.end(), wanted.share.begin(), wanted.share.end());
    return check(portal);
}

Result<void> remove(LinkedPortals& portals, const PortalName& name) {
    std::erase_if(portals.portals, [&](const LinkedPortal& portal) { return portal.name == name; });
    return {};
}
// All that somebody has linked who is gone, or who is not who linked it. Root alone comes here.
Result<PortalAnswer> remove_all(const PortalStore& store, const Owner& owner) {
    auto transaction = store.begin(owner);
    if (!transaction) return std::unexpected(transaction.error());
    LinkedPortals& portals = transaction->portals();
    const std::size_t count = portals.portals.size();
    if (count == 0) return fail(Errc::not_found, owner_text(owner) + " has no linked portals.");
    portals.portals.clear();
    portals.uid.reset();
    if (const auto written = transaction->write(); !written) return std::unexpected(written.error());
    PortalAnswer answer;
    answer.lines.push_back(changed_line());
    answer.event = PortalEvent{PortalChange::all_removed, "all " + std::to_string(count), owner_text(owner)};
    return answer;
}

// A change of the portals of one owner, and what it is called in the journal.
struct ChangeOfPortals {
    PortalName name;
    PortalChange what;
    std::function<Result<void>(LinkedPortals&)> make;
};

Result<PortalAnswer> changed(const PortalStore& store, const PortalRequest& request, const PortalActor& actor,
                             const ChangeOfPortals& change) {
    const Owner owner = owner_of(request, actor);
    if (!is_owner(actor, owner)) return no_such_portal(change.name, owner);
    auto transaction = store.begin(owner);
    if (!transaction) return std::unexpected(transaction.error());
    LinkedPortals& portals = transaction->portals();
    if (const auto mine = check_uid(portals, actor); !mine) return std::unexpected(mine.error());
    if (const auto done = change.make(portals); !done) return std::unexpected(done.error());
    if (const auto written = transaction->write(); !written) return std::unexpected(written.error());
    PortalAnswer answer;
    answer.lines.push_back(changed_line());
    answer.event = event_of(change.what, change.name, owner);
    return answer;
}

// --- the key ---

Result<PortalAnswer> reveal(const PortalStore& store, const PortalRequest& request, const PortalName& name,
                            const PortalActor& actor) {
    const Owner owner = owner_of(request, actor);
    if (!is_owner(actor, owner)) return no_such_portal(name, owner);
    const auto portals = store.read(owner);
    if (!portals) return std::unexpected(portals.error());
    if (const auto mine = check_uid(*portals, actor); !mine) return std::unexpected(mine.error());
    const LinkedPortal* const portal = portals->find(name);
    if (portal == nullptr) return no_such_portal(name, owner);
    auto line = key_line(owner, *portal);
    if (!line) return std::unexpected(line.error());
    PortalAnswer answer;
    answer.lines.push_back(std::move(*line));
    answer.event = event_of(PortalChange::key_revealed, portal->name, owner);
    return answer;
}

struct Performer {
    const PortalStore& store;
    const PortalRequest& request;
    const PortalActor& actor;
    UnixTime now;

    using Answer = Result<PortalAnswer>;
    Answer operator()(const Request::List& wanted) const { return list(store, request, wanted, actor); }
    Answer operator()(const Request::Code& wanted) const { return code(store, request, wanted, actor, now); }
    Answer operator()(const Request::Reveal& wanted) const {
        return reveal(store, request, wanted.name, actor);
    }
    Answer operator()(const Request::SendLink&) const {
        return fail(Errc::invalid, "A link is sent by the courier.");
    }
    Answer operator()(const Request::Add& wanted) const {
        return changed(store, request, actor,
                       {wanted.portal.name, PortalChange::added,
                        [&](LinkedPortals& portals) { return link(portals, wanted, actor, now); }});
    }
    Answer operator()(const Request::Switch& wanted) const {
        return of_one(wanted.name, wanted.on ? PortalChange::enabled : PortalChange::disabled,
                      [&](LinkedPortals&, LinkedPortal& portal) -> Result<void> {
                          portal.enabled = wanted.on;
                          return {};
                      });
    }
    Answer operator()(const Request::Rename& wanted) const {
        return of_one(wanted.name, PortalChange::renamed, [&](LinkedPortals& portals, LinkedPortal& portal) {
            return rename(portals, portal, wanted.new_name);
        });
    }
    Answer operator()(const Request::Change& wanted) const {
        return of_one(wanted.name, PortalChange::changed,
                      [&](LinkedPortals&, LinkedPortal& portal) { return change(portal, wanted); });
    }
    Answer operator()(const Request::Remove& wanted) const {
        return of_one(wanted.name, PortalChange::removed,
                      [&](LinkedPortals& portals, LinkedPortal&) { return remove(portals, wanted.name); });
    }
    Answer operator()(const Request::RemoveAll&) const {
        if (actor.account) return fail(Errc::not_allowed, "Only root removes all portals of an account.");
        return remove_all(store, owner_of(request, actor));
    }

  private:
    using MakeChange = std::function<Result<void>(LinkedPortals&, LinkedPortal&)>;
    // Of one that is there.
    [[nodiscard]] Answer of_one(const PortalName& name, PortalChange what, const MakeChange& make) const {
        return changed(store, request, actor, {name, what, [&](LinkedPortals& portals) -> Result<void> {
                                                   LinkedPortal* const portal = portals.find(name);
                                                   if (portal == nullptr)
                                                       return no_such_portal(name, owner_of(request, actor));
                                                   return make(portals, *portal);
                                               }});
    }
};

}  // namespace

Result<PortalAnswer> perform(const PortalStore& store, const PortalRequest& request, const PortalActor& actor,
                             UnixTime now) {
    return std::visit(Performer{store, request, actor, now}, request.wanted);
}

}  // namespace secondstep::dialogue
