#include <utility>

#include "access/earlier_record.h"
#include "access/one_user.h"
#include "accounts/account_row.h"
#include "console/output.h"
#include "console/prompt.h"
#include "enrollment/code_finding.h"
#include "people/audit.h"

namespace secondstep::tool {

namespace {

constexpr int most_asks = 3;

OrExit<Secret> code_from(const OneUser& user, const std::string& prompt) {
    const auto typed = ask(err(), prompt, true);
    if (!typed) return stop(complain(Exit::refused, "no code was entered; nothing was looked at"));
    if (auto digits = device_code_in(typed->text())) return std::move(*digits);
    return stop(complain(
        Exit::refused,
        "that is no code of an app or token: one has 6 to 8 digits. Of recovery codes and codes that were "
        "given out, \"secondstep status " +
            user.name() + "\" says how many there are"));
}

OrExit<CodesInARow> codes_from(const OneUser& user) {
    auto first = code_from(user, "Code that " + user.name() + " reads out: ");
    if (!first) return stop(first.error());
    for (int asked = 0; asked < most_asks; ++asked) {
        auto second = code_from(user, "The next one, when another is shown: ");
        if (!second) return stop(second.error());
        if (!equal_in_constant_time(*first, *second))
            return CodesInARow{std::move(*first), std::move(*second)};
        err().line("That is the same code. It takes two in a row: wait until the app shows another.");
    }
    return stop(complain(Exit::refused, "it was the same code every time; nothing was looked at"));
}

OrExit<void> has_devices(const OneUser& user, const Credential& credential) {
    if (!credential.destination) return {};
    return stop(complain(Exit::refused, "codes are sent to " + user.name() +
                                            ", and no device shows them. Whether one arrives: secondstep "
                                            "send-test " +
                                            user.name()));
}

// What keeps a right code out all the same; empty: nothing.
std::string hindrance(const AccountRow& row) {
    switch (row.status) {
        case AccountStatus::throttled:
        case AccountStatus::closed:
            return "But answers wait (" + std::string(to_text(row.status)) + ": " + row.note +
                   "): secondstep unlock " + row.user;
        case AccountStatus::mismatch:
        case AccountStatus::damaged:
            return "But logins are unavailable: " + row.note;
        default:
            return {};
    }
}

Exit report(const OneUser& user, const CodeFinding& finding, const Credential& credential,
            const AccountRow& row) {
    const bool is_good = finding.kind == CodeFinding::Kind::good;
    const std::string but = hindrance(row);
    audit("check-code", user.name(), "finding=" + std::string(to_text(finding.kind)));
    if (user.json()) {
        Json json = to_json(finding, user.name());
        json["state"] = to_text(row.status);
        out().verbatim(dump(json));
    } else {
        out().line(user.name() + ": " + words_for(finding, user.name(), credential));
        if (!but.empty()) out().line(but);
    }
    const Exit written = unless_unwritten();
    if (written != Exit::done) return written;
    return is_good && but.empty() ? Exit::done : Exit::refused;
}

Exit look(const StoreSession& session, const OneUser& user) {
    const auto before = read_enrolled(session, user.subject);
    if (!before) return before.error();
    if (const auto shown = has_devices(user, *before->credential); !shown) return shown.error();
    const auto codes = codes_from(user);
    if (!codes) return codes.error();
    // Half a minute has passed: what was used in a login meanwhile is used.
    const Result<Account> account = session.store->read(user.subject.record());
    if (!account) return complain("store", account.error());
    if (!account->credential) return complain_not_enrolled(session, user.subject);
    const VerifyLimits limits{.window = session.config.window};
    const UnixTime now = session.clock.now();
    const auto finding = finding_of(*account, *codes, limits, now);
    if (!finding) return complain(finding.error());
    return report(user, *finding, *account->credential,
                  row_of(user.name(), account, user.subject.entry, now));
}

}  // namespace

Exit check_code(const Command& command, const Invocation& invocation) {
    const auto user = one_user(
        command, invocation,
        json_option(
            "{\"user\", \"finding\", \"device\", \"clock_off_seconds\", \"codes_ahead\", \"state\"}"));
    if (!user) return user.error();
    return run_for(*user, [&](StoreSession& session) { return look(session, *user); });
}

}  // namespace secondstep::tool
