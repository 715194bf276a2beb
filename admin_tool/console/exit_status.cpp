#include "console/exit_status.h"

#include <string>

#include "base/text.h"
#include "console/output.h"

namespace secondstep::tool {

Exit exit_of(Errc code) {
    switch (code) {
        case Errc::invalid:
            return Exit::usage;
        case Errc::exists:
            return Exit::refused;
        case Errc::not_allowed:
            return Exit::not_allowed;
        case Errc::not_found:
        case Errc::untrusted:
        case Errc::damaged:
        case Errc::unsupported:
        case Errc::too_large:
        case Errc::busy:
        case Errc::no_space:
        case Errc::read_only:
        case Errc::io:
        case Errc::unreachable:
        case Errc::timed_out:
        case Errc::closed:
        case Errc::crypto:
            break;
    }
    return Exit::unavailable;
}

Exit complain(Exit status, std::string_view sentence) {
    for (const std::string_view line : split(sentence, '\n')) {
        if (!line.empty()) err().line("secondstep: " + printable(line, 4096));
    }
    return status;
}

Exit complain(const Error& error) {
    return complain(exit_of(error.code), error.detail);
}

Exit complain(std::string_view what, const Error& error) {
    return complain(exit_of(error.code), std::string(what) + ": " + error.detail);
}

}  // namespace secondstep::tool
