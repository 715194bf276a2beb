#pragma once

#include <optional>
#include <string>
#include <variant>

#include "account/credential.h"
#include "account/proof_token.h"
#include "account/verify.h"
#include "base/verdict.h"
#include "portals/portal_change.h"

namespace secondstep::dialogue {

// One line per decision. Never a code, an answer, a secret; the name of an unknown user never either (people
// type their password at the wrong prompt): `user` is empty then.
struct Decision {
    std::string user;
    std::string service;
    std::string rhost;
    std::optional<Method> method;  // of the account; nothing when not enrolled
    Factor factor = Factor::authenticator;
    Verdict verdict = Verdict::unavailable;
    // "right", "wrong", "not enrolled", "exempt by rule robots", the text of an Error ...
    std::string reason{};
    std::optional<std::size_t> recovery_codes_left{};
    std::string device{};  // whose code was accepted; its owner's word for it
    std::string host{};    // of the fleet, which was logged in to; empty: this machine
};

// What is no change of the second step itself, and in the journal all the same.
enum class AccountEvent {
    restore_begun,    // a recovery code was used to set up a new second step
    clients_dropped,  // which were remembered
    device_renamed,
};
// What permitted a change.
struct NothingAsked {};
struct TheLogin {};  // which it was offered at
using Grounds = std::variant<NothingAsked, Proof, TheLogin>;

// One line per change of somebody's second step by its owner, and per code of a linked portal that was handed
// out. Never a code or a key.
struct ChangeEntry {
    std::variant<Change, AccountEvent, PortalChange> what;
    std::string user;
    std::string service;
    std::string rhost;
    Grounds proof{};
    std::string portal{};  // its name, and whose it is: "host", or an account
    std::string owner{};
    std::string device{};  // that was added, renamed (its new name) or removed
    std::string host{};    // of the fleet, where it was done; empty: this machine
};

// A port. Must not block the caller.
class Journal {
  public:
    Journal() = default;
    Journal(const Journal&) = delete;
    Journal& operator=(const Journal&) = delete;
    virtual ~Journal() = default;
    virtual void decided(const Decision& decision) = 0;
    virtual void changed(const ChangeEntry& entry) = 0;
    // Something an administrator should know that is no decision: damaged state healed, a bad configuration.
    virtual void warn(const std::string& sentence) = 0;
    // Something somebody has to look at now, whatever the hour.
    virtual void alert(const std::string& sentence) { warn(sentence); }
    // What would be said at every login while its cause lasts: once for each `cause`, and now and then again.
    virtual void warn_sparingly(const std::string& cause, const std::string& sentence) {
        static_cast<void>(cause);
        warn(sentence);
    }
};

// "verdict=accepted user=alice service=sshd rhost=192.0.2.7 method=totp device=tablet reason=right
// recovery_left=10";
// values are printable() and quoted when they hold a space, '=', '"' or '\'; what is empty is left out.
// Unless it was an authenticator's code, "by=recovery-code" and the like stand behind the method.
[[nodiscard]] std::string to_line(const Decision& decision);
// "change=enrolled user=alice service=sshd rhost=192.0.2.7 proof=registration-code"
[[nodiscard]] std::string to_line(const ChangeEntry& entry);
// The words in it: "enrolled", "restore-begun", "portal-code" ...; empty of no change.
[[nodiscard]] std::string_view word_of(const ChangeEntry& entry);
// "registration-code", "login" ...; empty when nothing was asked for.
[[nodiscard]] std::string_view to_text(const Grounds& grounds);

}  // namespace secondstep::dialogue
