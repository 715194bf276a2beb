#pragma once

#include <expected>
#include <string_view>

#include "base/error.h"

namespace secondstep::tool {

// The exit status of every verb; scripts rely on the numbers.
enum class Exit : int {
    done = 0,
    refused = 1,  // refused, or not confirmed; nothing was changed
    usage = 2,    // wrong options, or a name that cannot be one
    no_such_user = 3,
    unavailable = 4,  // the store, the configuration or the service
    not_allowed = 5,  // this caller may not
    not_enrolled = 6,
};

// A value, or the status to end with after the reason was printed.
template <typename T>
using OrExit = std::expected<T, Exit>;

[[nodiscard]] Exit exit_of(Errc code);

// Prints "secondstep: SENTENCE" to stderr, without control characters, and gives `status` back.
Exit complain(Exit status, std::string_view sentence);
Exit complain(const Error& error);
Exit complain(std::string_view what, const Error& error);  // "WHAT: detail"

inline std::unexpected<Exit> stop(Exit status) {
    return std::unexpected<Exit>(status);
}

}  // namespace secondstep::tool
