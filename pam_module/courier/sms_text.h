#pragma once

#include <cstddef>
#include <string_view>

#include "base/error.h"
#include "base/secret.h"

namespace secondstep::courier {

inline constexpr std::size_t sms_septets = 160;  // of one text, 3GPP TS 23.038

// The alphabet of a text message (3GPP TS 23.038 section 6.2.1), so that it stays one: a single other
// character would halve its room. Accents that it has not are taken off ("Łódź" => "Lodz"), quotation marks
// and dashes become plain ones, everything else '?'; line breaks stay.
[[nodiscard]] Secret to_gsm_alphabet(std::string_view text);

// Septets in a text that to_gsm_alphabet() made: most characters 1, the brackets, '|', '^', '~', '\' and the
// euro sign 2.
[[nodiscard]] std::size_t septets_of(std::string_view text);

// At most 160 septets: `text`, cut when needed, ending in "...", and for a code the last line "@host
// #123456", from which telephones offer to fill it in. Without a code: the text alone.
[[nodiscard]] Secret sms_text(std::string_view text, std::string_view host, std::string_view code);

// "TEXT LINK" in at most 160 septets: of what is too long the text is cut, ending in "...", never the link,
// which would lead nowhere. Errors: too_large, when the link leaves no room for words that say what it is.
[[nodiscard]] Result<Secret> sms_text_with_link(std::string_view text, std::string_view link);

}  // namespace secondstep::courier
