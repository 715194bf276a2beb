#include "access/one_user.h"
#include "account/one_time_grant.h"
#include "base/local_time.h"
#include "console/json_text.h"
#include "console/output.h"
#include "people/audit.h"

namespace secondstep::tool {

namespace {

// What was outstanding, with its end; nothing: no such code.
struct Outstanding {
    std::optional<UnixTime> temporary;
    std::optional<UnixTime> registration;
    bool to_enroll_again = false;  // the registration code came from re-enroll
    [[nodiscard]] bool any() const { return temporary || registration; }
};

Outstanding outstanding_in(const State& state, UnixTime now) {
    const auto end_of = [now](const OneTimeGrant& grant) {
        return is_waiting(grant, now) ? std::optional(grant.until) : std::nullopt;
    };
    return {end_of(state.temporary), end_of(state.registration), state.enrollment_forced};
}

Json to_json(const std::optional<UnixTime>& end) {
    return end ? Json(utc_second(*end)) : Json();
}

void say(const OneUser& user, const Outstanding& taken) {
    if (!taken.any()) return out().line(user.name() + " had no code outstanding; nothing changed.");
    const auto one = [&user](std::string_view what, UnixTime end) {
        out().line(user.name() + ": the " + std::string(what) + " is void; it would have worked until " +
                   local_minute(end) + ".");
    };
    if (taken.temporary) one("temporary code", *taken.temporary);
    if (taken.registration)
        one(taken.to_enroll_again ? "code for enrolling again" : "registration code", *taken.registration);
    if (taken.to_enroll_again) out().line(user.name() + " is still asked to enroll again at the next login.");
}

void report(const OneUser& user, const Outstanding& taken) {
    if (!user.json()) return say(user, taken);
    out().verbatim(dump({{"user", user.name()},
                         {"changed", taken.any()},
                         {"temporary_until", to_json(taken.temporary)},
                         {"registration_until", to_json(taken.registration)}}));
}

std::string fields_of(const Outstanding& taken) {
    std::string fields;
    if (taken.temporary) fields = "temporary_until=" + utc_second(*taken.temporary);
    if (taken.registration)
        fields += (fields.empty() ? "" : " ") + ("registration_until=" + utc_second(*taken.registration));
    return fields;
}

// Nothing is made for somebody who was never given anything.
bool has_no_record(const StoreSession& session, const NamedAccount& subject) {
    const auto present = session.store->read(subject.record());
    return subject.entry && present && !present->has_state && !present->credential;
}

Exit take_back(const StoreSession& session, const OneUser& user) {
    if (has_no_record(session, user.subject)) {
        report(user, {});
        return Exit::done;
    }
    const UnixTime now = session.clock.now();
    Outstanding taken;
    const auto kept =
        change_known(session, user.subject, "not taken back", [&](const Account& present) -> Result<Rewrite> {
            taken = outstanding_in(present.state, now);
            if (!taken.any()) return LeaveAsItIs{};
            State next = present.state;
            next.temporary = {};
            next.registration = {};
            return WriteState{std::move(next)};
        });
    if (!kept) return kept.error();
    if (taken.any()) audit("revoke", user.name(), fields_of(taken));
    report(user, taken);
    return Exit::done;
}

}  // namespace

Exit revoke(const Command& command, const Invocation& invocation) {
    const auto user = one_user(command, invocation,
                               json_option("{\"user\", \"changed\", \"temporary_until\", "
                                           "\"registration_until\"}"));
    if (!user) return user.error();
    return run_for(*user, [&](StoreSession& session) { return take_back(session, *user); });
}

}  // namespace secondstep::tool
