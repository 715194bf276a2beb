#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace secondstep::delivery {

// What became of a message.
enum class DeliveryOutcome : std::uint8_t {
    sent,      // a server, gateway or program took it over
    deferred,  // it may be taken over later: try again; no error
    failed,
};
enum class Cause : std::uint8_t {
    none,           // not failed
    certificate,    // wrong, expired, for another name, not trusted; or no TLS where it is required
    login,          // the server or gateway refused our name and password
    recipient,      // it refused this recipient
    refused,        // it refused the message for another reason
    no_answer,      // cannot be reached, or stays silent
    misconfigured,  // the courier's configuration or credentials cannot be used
    program,        // the local program failed
    courier,        // the courier itself cannot be reached, crashed, or talks nonsense
};
[[nodiscard]] std::string_view to_text(Cause cause);  // "certificate", "no-answer" ...

struct Report {
    DeliveryOutcome outcome = DeliveryOutcome::failed;
    Cause cause = Cause::courier;
    std::string detail;  // for an administrator: what the server said; printable, at most 300 bytes; no code
};

// The courier's one line, without '\n': "sent", "deferred 451 try later", "failed certificate ...".
[[nodiscard]] std::string to_line(const Report& report);
// Anything else: failed, courier.
[[nodiscard]] Report report_of(std::string_view line);

// A sentence or two for an administrator: what went wrong, and what to look at.
[[nodiscard]] std::string in_plain_words(const Report& report);

}  // namespace secondstep::delivery
