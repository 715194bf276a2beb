#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "portals/page/link_state.h"

namespace secondstep::page {

// What every page says about where somebody is.
struct Place {
    std::string portal;  // as the administrator named it
    std::string host;
    std::string until;  // "14:32", by the host's clock
};

// HTML documents, complete: no picture, style or script comes from elsewhere. What is put in is escaped.
// They can be used without script, with a screen reader, and in the dark.

// The form; `problem`: why the picture before was not taken, or empty.
[[nodiscard]] std::string upload_document(const Place& place, std::chrono::seconds left,
                                          std::string_view problem);
// `label`: whose key it was, "Example Corp: alice".
[[nodiscard]] std::string accepted_document(const Place& place, std::string_view label);
// Why a link takes no picture (any more); for `used`, `exhausted`, `expired` and `closed`.
[[nodiscard]] std::string ended_document(const Place& place, LinkState::State state);
// One sentence, for whom the page is not made; says nothing about this place.
[[nodiscard]] std::string bare_document(std::string_view sentence);

// Content-Security-Policy (CSP level 3): our own style and script by their hashes, nothing else.
[[nodiscard]] std::string content_security_policy();

}  // namespace secondstep::page
