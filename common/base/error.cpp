#include "base/error.h"

#include <cerrno>
#include <cstring>

namespace secondstep {
namespace {

Errc code_of(int errno_value) {
    switch (errno_value) {
        case ENOENT:
            return Errc::not_found;
        case EEXIST:
            return Errc::exists;
        case EACCES:
        case EPERM:
            return Errc::not_allowed;
        case EAGAIN:
            return Errc::busy;
        case ENOSPC:
        case EDQUOT:
            return Errc::no_space;
        case EROFS:
            return Errc::read_only;
        case ECONNREFUSED:
            return Errc::unreachable;
        case ETIMEDOUT:
            return Errc::timed_out;
        case ECONNRESET:
        case EPIPE:
            return Errc::closed;
        default:
            return Errc::io;
    }
}

}  // namespace

std::unexpected<Error> fail_errno(std::string what, int errno_value) {
    // strerror() is not safe with threads, and in a host's locale it would answer in the host's language.
    const char* description = strerrordesc_np(errno_value);
    if (description == nullptr) {
        what += ": error " + std::to_string(errno_value);
    } else {
        what += ": ";
        what += description;
    }
    return fail(code_of(errno_value), std::move(what));
}

}  // namespace secondstep
