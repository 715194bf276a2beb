#pragma once

#include "contender.h"

namespace secondstep::bench {

// The file is written before each login, nothing used yet: RATE_LIMIT is three logins in 30 seconds. It is on the disk
// then, as after a day without a login. WINDOW_SIZE 3 are as many codes as Secondstep's window = 1.

// secret=LAB/ga/${USER} user=root: names need not be accounts, and nobody but root is looked up.
[[nodiscard]] Contender google_authenticator(const Lab& lab);
// Its default deployment: ~/.google_authenticator, read and written with the rights of its owner.
[[nodiscard]] Contender google_authenticator_in_homes(const Lab& lab);

}  // namespace secondstep::bench
