#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <variant>

#include "account/account_name.h"
#include "account/credential.h"
#include "base/error.h"
#include "dialogue/dialogue.h"
#include "policy/config.h"
#include "policy/people.h"

namespace secondstep::dialogue {

// What the name service said about the name in a request.
struct LookedUp {
    std::optional<Person> person;
    bool groups_known = true;  // false: no such person, and a group the rules name does not exist either
};

// Whom a login is about.
struct Subject {
    // The canonical name (pw_name), or the name as given on a portal's service. Nothing: nobody has this name
    // here; he is treated as somebody who is not enrolled, and never let through.
    std::optional<AccountName> account;
    // Of the person; nothing for a portal's user, who is not in passwd.
    std::optional<uid_t> uid;

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

// Which rule applies. What a program with an ordinary uid says about where the person sits is not believed.
// Errors as Rules::decide.
[[nodiscard]] Result<Policy> policy_for(const Request& request, const Config& config,
                                        const LookedUp& looked_up);

// Whether every rule that is about this person on some service or from somewhere lets him delete his second
// step himself. A group that cannot be told: no.
[[nodiscard]] bool may_disable_himself(const Rules& rules, const LookedUp& looked_up);

// The uid in a credential is the subject's. Error (damaged): a person got a name that somebody else had
// before, or a portal's user a name of passwd; says what to do.
[[nodiscard]] Result<void> check_owner(const Credential& credential, const std::optional<uid_t>& uid);

// Where failures of this attempt are counted. Errors: crypto.
[[nodiscard]] Result<Source> source_of(const Request& request);
// Where recovery attempts are held back: as source_of, but each ordinary uid for itself, so that one of them
// cannot use up the turn of all.
[[nodiscard]] Source limited_source(const Request& request, Source source);

}  // namespace secondstep::dialogue
