#include "dialogue/visit/guest_arrival.h"

#include "dialogue/conversation/guest.h"
#include "policy/outcome.h"

namespace secondstep::dialogue {
namespace {

// What a host may not say: a portal's word is never about root, and who asks for themselves has the account's uid.
std::optional<std::string> objection_to(const Introduction& said) {
    switch (said.caller) {
        case Caller::root:
            return std::nullopt;
        case Caller::own_uid:
            if (said.uid && *said.uid == said.peer) return std::nullopt;
            return "uid " + std::to_string(said.peer) + " asked for another account";
        case Caller::trusted:
            if (!said.uid || *said.uid != 0) return std::nullopt;
            return "a trusted caller asked for uid 0";
    }
    return "unknown kind of caller";
}

}  // namespace

std::optional<Ended> managing_by_uid(Visit& visit) {
    if (visit.request.purpose != Purpose::manage) return std::nullopt;
    return visit.end(Verdict::not_allowed, "uids differ in this fleet: a second step is managed by a login");
}

std::optional<Ended> recognize_guest(Visit& visit) {
    const Guest& guest = *visit.request.guest;
    const Introduction& said = guest.introduction;
    if (said.account) {
        const Result<AccountName> name = AccountName::create(*said.account);
        if (!name)
            return visit.end(Verdict::unavailable, "a name that cannot be one: " + name.error().detail);
        visit.subject = {*name, guest.host.own_uids ? std::nullopt : said.uid, guest.host.own_uids};
        visit.known_name = name->text();
    }
    if (auto no = objection_to(said)) return visit.end(Verdict::not_allowed, std::move(*no));
    if (guest.host.own_uids) {
        if (auto no = managing_by_uid(visit)) return no;
    }
    visit.policy = tightened_by(visit.config().rules.defaults, said.policy);
    visit.in_doubt = said.in_doubt;
    visit.open_question = said.open_question;
    visit.may_disable_own_step =
        said.may_disable_own_step && visit.config().rules.defaults.may_disable_own_step();
    return std::nullopt;
}

}  // namespace secondstep::dialogue
