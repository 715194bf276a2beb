#pragma once

#include "courier/options.h"

namespace secondstep::courier {

// The life of a courier: reads one request from the socket on standard input, sends it, answers with one line
// and logs another. Ends after 20 s at the latest, whatever hangs.
[[nodiscard]] ExitStatus serve_one_message(const Options& options);

}  // namespace secondstep::courier
