#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "dialogue/conversation/script.h"
#include "dialogue/visit/visit.h"
#include "enrollment/enrollment.h"

namespace secondstep::dialogue {

// Makes a set in a worker; ten codes take half a second. Where many wait there for one account, the first of them may have
// changed what the others begin from when their turn comes: `stands` is asked then of the account as it is, and who was
// overtaken gets nothing, at once. It owns what it looks at. Errors: busy (too many at once), crypto.
using Stands = std::function<bool(const Account&)>;
[[nodiscard]] Script<Result<std::optional<NewRecoverySet>>> make_recovery_codes(Visit& visit, Stands stands);

// Shows `text`, in which the codes of `set` are, asks for "saved" at most three times, and when it was typed
// takes the mark "not saved" from the state, if the set is still the present one. False: nobody answered.
// An id of zeros, after a commit that the disk did not confirm: nothing is written, for a durable state would
// outlive a credential that a power cut takes away.
[[nodiscard]] Script<bool> show_until_saved(Visit& visit, RecoverySetId set, Secret text);

// For the journal: a change that counts, and that a power cut may undo.
void warn_unconfirmed(const Visit& visit, const std::string& what);

// Replaces the recovery set of somebody enrolled, shows the new one and asks for "saved". The present set is
// void from the write on. Only while `shown`, the authenticators of the second step that was shown or stood
// at the beginning, are still the ones enrolled: whoever had the old phone gets no codes of the new one.
enum class Renewal { done, hung_up, overtaken, unavailable };
using AuthenticatorIds = std::vector<AuthenticatorId>;
[[nodiscard]] Script<Renewal> renew_recovery_codes(Visit& visit, AuthenticatorIds shown, Grounds grounds);

// For somebody who just logged in and whose codes were never confirmed as saved: offers new ones. What goes
// wrong the journal knows; the login is not affected.
[[nodiscard]] Script<void> offer_new_codes(Visit& visit, AuthenticatorIds shown);

}  // namespace secondstep::dialogue
