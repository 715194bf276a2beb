#pragma once

#include <expected>
#include <string>
#include <utility>

namespace secondstep {

// Why something could not be done. Never a verdict about a person: see verdict.h. The two are different types
// so that no error can become "accepted" by a comparison of numbers.
enum class Errc {
    invalid,      // input that has not the required form; detail says what the form is
    not_found,    // no such file, account, record, group
    exists,       // there already
    not_allowed,  // the caller may not do this
    untrusted,    // a file with the wrong owner, mode, type or number of links
    damaged,      // stored bytes that do not decode, or whose authentication tag is wrong
    unsupported,  // stored or sent by a newer version
    too_large,    // over a documented bound
    busy,         // locked by somebody else; try again
    no_space,     // ENOSPC, EDQUOT
    read_only,    // EROFS
    io,           // any other failed system call; "Errors: io" means those named above too
    unreachable,  // nobody listens on the service's socket
    timed_out,
    closed,  // the other side hung up
    crypto,  // libcrypto refused
};

// `detail` is a sentence for an administrator. It never holds a secret, a code, or an answer.
struct Error {
    Errc code;
    std::string detail;
};

template <typename T>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(Errc code, std::string detail) {
    return std::unexpected<Error>(Error{code, std::move(detail)});
}

// The error of the system call that just failed: "WHAT: TEXT OF errno". EINTR is never passed here.
[[nodiscard]] std::unexpected<Error> fail_errno(std::string what, int errno_value);

}  // namespace secondstep
