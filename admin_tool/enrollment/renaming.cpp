#include "enrollment/renaming.h"

#include "access/service_child.h"
#include "account/own_write.h"
#include "account/verify.h"
#include "base/text.h"
#include "console/json_text.h"
#include "console/prompt.h"
#include "enrollment/enrollment.h"
#include "otp/recovery_codes.h"
#include "people/audit.h"
#include "people/invoker.h"

namespace secondstep::tool {

namespace {

std::string uid_text(const std::optional<uid_t>& uid) {
    return uid ? "uid " + std::to_string(*uid) : std::string("a name outside passwd");
}

Exit refused(const std::string& sentence) {
    return complain(Exit::refused, "nothing was changed: " + sentence);
}

bool is_code(const dialogue::TypedAnswer& typed) {
    return std::holds_alternative<dialogue::TypedOtp>(typed) ||
           std::holds_alternative<otp::NormalizedRecoveryCode>(typed);
}

// What was typed, as a code of an authenticator or as a recovery code.
Result<Answer> answer_from(const dialogue::TypedAnswer& typed, const Credential& credential) {
    if (const auto* otp = std::get_if<dialogue::TypedOtp>(&typed))
        return Answer(OtpAnswer{otp->digits.clone()});
    const auto* const code = std::get_if<otp::NormalizedRecoveryCode>(&typed);
    if (code == nullptr || !credential.recovery) return Answer(OtpAnswer{});
    const RecoverySet& set = *credential.recovery;
    const auto digest = otp::recovery_digest(*code, set.pepper.bytes(), set.salt);
    if (!digest) return std::unexpected(digest.error());
    return Answer(RecoveryAnswer{set.id, code->form, *digest});
}

}  // namespace

OrExit<RenameRequest> RenameRequest::from(const Arguments& arguments) {
    const std::string& old_name = arguments.operands().at(0);
    auto before = AccountName::create(old_name);
    if (!before) return stop(complain(Exit::usage, "not a user name: " + before.error().detail));
    auto found = look_up(old_name);
    if (!found) return stop(complain(found.error()));
    auto now = account_named(arguments.operands().at(1));
    if (!now) return stop(now.error());
    const auto uid = arguments.number("uid");
    if (!uid) return stop(uid.error());
    return RenameRequest{.before = std::move(*before),
                         .has_old_name = std::move(*found),
                         .now = std::move(*now),
                         .same_person = arguments.is_on("same-person"),
                         .said_uid = *uid,
                         .json = arguments.is_on("json")};
}

std::optional<uid_t> RenameRequest::uid() const {
    if (!now.entry) return std::nullopt;
    return now.entry->uid;
}

Renaming::Renaming(const StoreSession& session, const RenameRequest& request)
    : session_(session),
      request_(request),
      screen_(request.json ? err() : out()),
      notice_(session, request.now.account.text()) {}

PortalOwner Renaming::portal_owner() const {
    PortalOwner owner{request_.before, request_.now.account, request_.uid(), uid_before_, std::nullopt};
    const auto& entry = request_.has_old_name;
    if (entry && entry->name != new_name()) owner.next_of_the_name = entry->uid;
    return owner;
}

OrExit<void> Renaming::check_uid(const Credential& credential) const {
    const std::optional<uid_t> uid = request_.uid();
    if (request_.said_uid && (!uid || *request_.said_uid != *uid))
        return stop(refused(new_name() + " has " + uid_text(uid)));
    if (credential.uid == uid || !request_.same_person || request_.is_about_the_uid() || request_.said_uid)
        return {};
    return stop(refused(old_name() + " was enrolled with " + uid_text(credential.uid) + ", and " +
                        new_name() + " has " + uid_text(uid) + ": with --same-person say --uid " +
                        (uid ? std::to_string(*uid) : "of an account") + " too, if that is right"));
}

OrExit<void> Renaming::check(const Credential& credential) const {
    const std::optional<uid_t> uid = request_.uid();
    if (!uid && credential.uid) {
        complain_unknown(new_name());
        return stop(refused("rename the account first (usermod -l), then its second step"));
    }
    if (uid == uid_t{0} || credential.uid == uid_t{0})
        return stop(refused("uid 0 may have several names: disable one, enroll the other"));
    if (request_.is_about_the_uid()) return check_uid(credential);
    const auto& entry = request_.has_old_name;
    if (entry && entry->name != new_name() && credential.uid == entry->uid)
        return stop(refused(old_name() + " is an account still, and the second step is theirs"));
    const auto present = session_.store->read(request_.now.record());
    if (present && !present->credential) return check_uid(credential);
    if (!present) return stop(complain(new_name(), present.error()));
    return stop(refused(new_name() + " is enrolled already; secondstep disable takes one of the two away"));
}

OrExit<void> Renaming::check_portals(const PortalStore& portals) const {
    const auto why = obstacle(portals, portal_owner());
    if (!why) return stop(complain("linked portals", why.error()));
    if (!*why) return {};
    return stop(refused(old_name() + " and " + new_name() + ": " + **why));
}

// Of who is enrolled under the name before.
Result<Kept> Renaming::change_before(const Decide& decide) const {
    return change(*session_.store, RecordName::of(request_.before), Opening::existing,
                  [&](const Account& present) -> Result<Rewrite> {
                      if (!present.credential)
                          return fail(Errc::not_found, old_name() + " is not enrolled any more");
                      return decide(present);
                  });
}

// Judged and counted as at a login; the counter is that of the account's own programs.
Result<bool> Renaming::judge_code(const dialogue::TypedAnswer& typed) {
    const VerifyLimits limits{.window = session_.config.window};
    const AttemptId id = session_.randomness.array<std::tuple_size_v<AttemptId>>();
    const UnixTime now = session_.clock.now();
    bool accepted = false;
    const auto kept = change_before([&](const Account& account) -> Result<Rewrite> {
        accepted = is_own_write(account.state, id, now);
        if (accepted) return LeaveAsItIs{};
        auto answer = answer_from(typed, *account.credential);
        if (!answer) return std::unexpected(answer.error());
        auto result = verify(*account.credential, account.state, own_uid_source(), *answer, limits, id, now);
        if (!result) return std::unexpected(result.error());
        accepted = result->accepted();
        return WriteState{std::move(result->next)};
    });
    if (!kept) return std::unexpected(kept.error());
    return accepted;
}

OrExit<void> Renaming::prove(const Credential& credential) {
    if (request_.same_person) {
        proof_ = "same-person";
        return {};
    }
    const bool sent = credential.destination.has_value();
    const auto typed =
        ask(screen_,
            std::string(sent ? "A recovery code of " : "The present code of ") + printable(old_name()) + ": ",
            false);
    if (!typed) return stop(refused("no code was typed (--same-person does not ask)"));
    const dialogue::TypedAnswer answer = dialogue::classify(typed->text());
    if (!is_code(answer)) return stop(refused("that is no code; none was used up"));
    const auto accepted = judge_code(answer);
    if (!accepted) return stop(complain("nothing was changed", accepted.error()));
    if (*accepted) return {};
    audit("rename", new_name(), "from=\"" + printable(old_name()) + "\" refused=code");
    return stop(refused("that code was not accepted"));
}

Result<void> Renaming::change_uid() const {
    const ChangeNotice notice = dialogue::notice_of(Change::renamed, session_.clock.now(), administrator());
    const auto kept = change_before([&](const Account& account) -> Result<Rewrite> {
        Credential credential = account.credential->clone();
        credential.uid = request_.uid();
        State next = account.state;
        next.notice = notice;
        return WriteCredential{std::move(credential), std::move(next)};
    });
    if (!kept) return std::unexpected(kept.error());
    return {};
}

Result<void> Renaming::commit(const PortalStore& portals) const {
    const auto move = [&] { return move_portals(portals, portal_owner()); };
    if (request_.is_about_the_uid()) {
        // The credential last: until then the same command does both again.
        if (auto moved = patiently(move); !moved) return moved;
        return change_uid();
    }
    const FileStore::Renaming renaming{
        request_.before, request_.now.account, request_.uid(),
        dialogue::notice_of(Change::renamed, session_.clock.now(), administrator())};
    return patiently([&] { return session_.store->rename(renaming, move); });
}

Exit Renaming::complete(const PortalStore& portals) {
    const SignalsHeld until_it_is_said;
    const auto done = commit(portals);
    if (!done) {
        return complain(exit_of(done.error().code), "not finished: " + done.error().detail +
                                                        ". The same command goes on where it stopped");
    }
    audit("rename", new_name(), "change=renamed from=\"" + printable(old_name()) + "\" proof=" + proof_);
    if (request_.json) {
        out().verbatim(dump({{"user", new_name()}, {"before", old_name()}, {"changed", true}}));
    } else {
        out().line(request_.is_about_the_uid()
                       ? new_name() + ": the second step goes with " + uid_text(request_.uid()) + " now."
                       : "The second step of " + printable(old_name()) + " is that of " + new_name() +
                             " now.");
    }
    notice_.tell(Change::renamed);
    return Exit::done;
}

Exit Renaming::begin(const PortalStore& portals) {
    const auto present = session_.store->read(RecordName::of(request_.before));
    if (!present) return complain(old_name(), present.error());
    if (!present->credential) {
        if (request_.json)
            out().verbatim(dump({{"user", new_name()}, {"before", old_name()}, {"changed", false}}));
        return complain(Exit::not_enrolled, "nothing was changed: " + old_name() + " has no second step");
    }
    const Credential& credential = *present->credential;
    if (request_.is_about_the_uid() && credential.uid == request_.uid()) {
        out().verbatim(request_.json
                           ? dump({{"user", new_name()}, {"before", old_name()}, {"changed", false}})
                           : "The second step of " + new_name() + " is for that uid; nothing changed.");
        return Exit::done;
    }
    uid_before_ = credential.uid;
    if (const auto may = check(credential); !may) return may.error();
    if (const auto apart = check_portals(portals); !apart) return apart.error();
    if (const auto proved = prove(credential); !proved) return proved.error();
    notice_.add_address_of(credential.clone());
    return complete(portals);
}

Exit Renaming::run() {
    const auto portals = PortalStore::open(session_.config.store, session_.config.allow_network_file_system,
                                           session_.store->keyring(), session_.randomness);
    if (!portals) return complain("linked portals", portals.error());
    const auto half = session_.store->is_half_renamed(request_.before, request_.now.account);
    if (!half) return complain(new_name(), half.error());
    if (!*half) return begin(*portals);
    // It was proved when it was begun.
    proof_ = "before";
    return complete(*portals);
}

}  // namespace secondstep::tool
