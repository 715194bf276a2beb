#include <boost/program_options/value_semantic.hpp>
#include <csignal>
#include <optional>

#include "access/one_user.h"
#include "access/owner_notice.h"
#include "base/local_time.h"
#include "console/json_text.h"
#include "enrollment/enrollment.h"
#include "enrollment/given_code.h"
#include "people/audit.h"
#include "people/invoker.h"

namespace po = boost::program_options;

namespace secondstep::tool {

namespace {

// One account that has to enroll again, inside the child that may use the store.
class Marking {
  public:
    Marking(const StoreSession& session, const OneUser& user, std::optional<std::chrono::seconds> valid)
        : session_(session), user_(user), valid_(valid), notice_(session, user.name()) {}
    Exit run();

  private:
    Exit commit();
    [[nodiscard]] OrExit<void> make_code();
    [[nodiscard]] State marked(State next);
    [[nodiscard]] Exit report() const;
    void say() const;
    const StoreSession& session_;
    const OneUser& user_;
    std::optional<std::chrono::seconds> valid_;  // nothing: no code
    const UnixTime now_ = session_.clock.now();
    std::optional<GivenCode> code_;
    bool was_marked_ = false;
    bool replaces_ = false;
    OwnerNotice notice_;
    bool stored_ = false;
};

// Had before the record is locked; what it is worth is decided under the lock.
OrExit<void> Marking::make_code() {
    if (!valid_) return {};
    auto made = tool::make_code(session_, user_.subject.record(), GrantKind::registration, *valid_);
    if (!made) return stop(complain(made.error()));
    code_ = std::move(*made);
    return {};
}

State Marking::marked(State next) {
    was_marked_ = next.enrollment_forced;
    if (!was_marked_) {
        next.enrollment_forced = true;
        next.notice = dialogue::notice_of(Change::to_enroll_again, now_, administrator());
    }
    if (code_) {
        replaces_ = is_waiting(next.registration, now_);
        next.registration = code_->grant;
    }
    return next;
}

Exit Marking::run() {
    const Exit ended = commit();
    if (stored_ && !was_marked_) notice_.tell(Change::to_enroll_again);
    return ended;
}

Exit Marking::commit() {
    const SignalsHeld until_the_code_is_shown;
    if (SignalsHeld::one_is_waiting()) return Exit::refused;
    if (const auto made = make_code(); !made) return made.error();
    const auto kept = change_enrolled(session_, user_.subject, "not marked",
                                      [this](const Account& present) -> Result<Rewrite> {
                                          State next = marked(present.state);
                                          if (was_marked_ && !code_) return LeaveAsItIs{};
                                          notice_.add_address_of(present.credential);
                                          return WriteState{std::move(next)};
                                      });
    if (!kept) return kept.error();
    if (was_marked_ && !code_) return report();
    stored_ = true;
    audit("re-enroll", user_.name(), code_ ? "until=" + utc_second(code_->grant.until) : "code=none");
    return report();
}

Exit Marking::report() const {
    if (!user_.json()) {
        say();
    } else {
        Json json{{"user", user_.name()}, {"changed", !was_marked_ || code_}};
        json["until"] = code_ ? Json(utc_second(code_->grant.until)) : Json();
        out().verbatim(code_ ? dump_with_secrets(json, {{"code", &code_->text}})
                             : Secret::copy_of(dump(json)));
    }
    return unless_unseen("use re-enroll again, which makes another");
}

void Marking::say() const {
    out().line(user_.name() + (was_marked_ ? " was marked already" : " is asked") +
               " to enroll again at the next login.\n"
               "The present second step stays valid until a new one is confirmed.\n"
               "A login with a public key alone cannot ask: it goes on, and the journal says so.");
    if (!code_) {
        out().line(
            "Is the phone lost? Leave --no-code out for a code that stands in for it;"
            " or\nsecondstep enroll " +
            user_.name() + " --replace replaces it now.");
        return;
    }
    out().line(
        "At that login the present second step is asked for or, when the phone is lost,\nthe code below.");
    show_registration_code(out(), user_.name(), *code_, "in place of a code of the lost phone", replaces_);
}

po::options_description re_enroll_options() {
    auto known = json_option("{\"user\", \"changed\", \"until\", \"code\"}");
    known.add_options()("no-code", po::bool_switch(), "only mark the account: make no registration code");
    add_valid_option(known, registration_validity);
    return known;
}

OrExit<std::optional<std::chrono::seconds>> validity_of(const Arguments& arguments) {
    const auto valid = valid_for(arguments, registration_validity);
    if (!valid) return stop(valid.error());
    if (!arguments.is_on("no-code")) return *valid;
    if (arguments.has_been_given("valid"))
        return stop(complain(Exit::usage, "--valid is for a code, and --no-code makes none"));
    return std::nullopt;
}

}  // namespace

Exit re_enroll(const Command& command, const Invocation& invocation) {
    const auto user = one_user(command, invocation, re_enroll_options());
    if (!user) return user.error();
    const auto valid = validity_of(user->arguments);
    if (!valid) return valid.error();
    ::signal(SIGPIPE, SIG_IGN);  // a code that is stored must be told of, not end with a closed pipe
    return run_for(*user, [&](StoreSession& session) { return Marking(session, *user, *valid).run(); });
}

}  // namespace secondstep::tool
