#pragma once

#include <string>
#include <vector>

#include "dialogue/enrollment.h"
#include "dialogue/script.h"
#include "dialogue/visit.h"

namespace secondstep::dialogue {

// Makes a set in a worker; ten codes take half a second. Errors: busy (too many at once), crypto.
[[nodiscard]] Script<Result<NewRecoverySet>> make_recovery_codes(Talk& talk, Visit& visit);

// Shows `text`, in which the codes are, asks for "saved" at most three times, and when it was typed takes the
// mark "not saved" from the state. False: nobody answered.
[[nodiscard]] Script<bool> show_until_saved(Talk& talk, Visit& visit, std::string text);

// Replaces the recovery set of somebody enrolled, shows the new one and asks for "saved". The present set is
// void from the write on.
enum class Renewal { done, hung_up, unavailable };
[[nodiscard]] Script<Renewal> renew_recovery_codes(Talk& talk, Visit& visit, std::string proof);

// For somebody who just logged in and whose codes were never confirmed as saved: offers new ones. False:
// something went wrong that the journal knows; the login is not affected.
[[nodiscard]] Script<bool> offer_new_codes(Talk& talk, Visit& visit);

}  // namespace secondstep::dialogue
