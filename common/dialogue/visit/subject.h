#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <variant>

#include "account/account_name.h"
#include "account/credential.h"
#include "base/error.h"
#include "dialogue/conversation/request.h"
#include "policy/config.h"
#include "policy/outcome.h"
#include "policy/people.h"

namespace secondstep::dialogue {

// Whom a login is about.
struct Subject {
    // The canonical name (pw_name), or the name as given on a portal's service. Nothing: nobody has this name
    // here; they are treated as somebody who is not enrolled, and never let through.
    std::optional<AccountName> account;
    // Of the person; nothing for a portal's user, who is not in passwd.
    std::optional<uid_t> uid;
    // Of a host whose uids are its own: the name alone says who it is.
    bool uid_says_nothing = false;

    [[nodiscard]] bool known() const { return account.has_value(); }
};

struct NotAllowed {
    std::string name;  // of the person, when there is one
    std::string reason;
};

// Pure. The rules of "who may ask" that need to know the person: a program with an ordinary uid asks for the
// account of that uid only, a portal for anybody but uid 0. Errors: invalid (the name service's own name for
// the person cannot be an account here).
[[nodiscard]] Result<std::variant<Subject, NotAllowed>> identify(const Request& request, const Config& config,
                                                                 const LookedUp& looked_up);

// Which policies may hold. What a program with an ordinary uid says about where
// the person sits is not believed.
[[nodiscard]] Possible possible_policies(const Request& request, const Config& config,
                                         const LookedUp& looked_up);

// Why it cannot be told what somebody meets who is not enrolled. Returns nullopt if every possible policy
// does the same to them. Managing one's own second step lets nobody in.
[[nodiscard]] std::optional<std::string> open_question(const Possible& possible, Purpose purpose);

// Whether every rule that is about this person on some service or from somewhere lets them delete their
// second step themselves. A rule of which that cannot be told counts as one that is.
[[nodiscard]] bool may_disable_own_step(const Rules& rules, const LookedUp& looked_up);

// The uid in a credential is the subject's. Errors: damaged (a person got a name that somebody else had
// before, or a portal's user a name of passwd; says what to do).
[[nodiscard]] Result<void> check_owner(const Credential& credential, const Subject& subject);

// Where failures of this attempt are counted. Errors: crypto.
[[nodiscard]] Result<Source> source_of(const Request& request);
// Where recovery attempts wait for their turn: as source_of, but each ordinary uid for itself, so that none
// of them stands in the way of the others.
[[nodiscard]] Source limited_source(const Request& request, Source source);

// Whose share an answer takes of what all people of this machine have together: of their network, and on the machine
// itself (a console, su, ssh to itself from whatever loopback address, a portal that says nothing of places) of the account:
// "local/alice", because all that is local is one place. What an ordinary uid says of places is not believed: it has a share.
[[nodiscard]] std::string share_of(const Request& request, const std::string& account);

// A program of root says that nobody comes over a network: a console, su, sudo. A loopback address says less, since many may
// come through one, and a portal that says nothing of places says nothing.
[[nodiscard]] bool is_at_the_machine(const Request& request);

}  // namespace secondstep::dialogue
