#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/error.h"
#include "base/randomness.h"
#include "base/secret.h"

namespace secondstep::courier {

// One mail of text. Addresses have been checked before; subject and body may hold anything.
struct MailMessage {
    std::string from;
    std::string from_name;  // may be empty
    std::string to;
    std::string_view subject;
    std::string_view body;  // lines end in '\n'
};

// RFC 5322, lines ending in CRLF: From, To, Subject, Date, Message-ID, Auto-Submitted (RFC 3834: nobody's
// holiday notice is to answer), UTF-8 text as quoted-printable (RFC 2045 section 6.7). What is not printable
// ASCII in a header becomes encoded words (RFC 2047), line breaks and control characters in one become '?':
// no value can begin a header of its own. A Secret, because a code is in it.
[[nodiscard]] Secret to_rfc5322(const MailMessage& message, UnixTime now, Randomness& randomness);

}  // namespace secondstep::courier
