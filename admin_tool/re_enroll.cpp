#include "audit.h"
#include "json_text.h"
#include "one_user.h"
#include "output.h"

namespace secondstep::tool {

namespace {

void report(const OneUser& user, bool changed) {
    if (user.json()) return out().line(dump({{"user", user.name()}, {"changed", changed}}));
    out().line(user.name() + (changed ? " is marked" : " was marked already") +
               " to enroll again. The present second step stays valid until a new\n"
               "one is confirmed. Is the phone lost? secondstep enroll " +
               user.name() + " --replace\nreplaces it now.");
}

Exit mark(const StoreSession& session, const OneUser& user) {
    auto transaction = begin_enrolled(session, user.subject);
    if (!transaction) return transaction.error();
    State next = (*transaction)->account().state;
    const bool changed = !next.enrollment_forced;
    if (changed) {
        next.enrollment_forced = true;
        const auto done = require_done((*transaction)->write_state(next));
        if (!done) return complain("not marked", done.error());
        audit("re-enroll", user.name());
    }
    report(user, changed);
    return Exit::done;
}

}  // namespace

Exit re_enroll(const Command& command, const Invocation& invocation) {
    const auto user = one_user(command, invocation, json_option("{\"user\", \"changed\"}"));
    if (!user) return user.error();
    return run_with_store(user->config, [&](StoreSession& session) { return mark(session, *user); });
}

}  // namespace secondstep::tool
