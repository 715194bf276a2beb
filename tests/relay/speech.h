#pragma once

#include <optional>
#include <string>

#include "relay/envelope.h"

namespace secondstep::testing {

// What was received, as a test says it: "hello", "(lost 2)", "(hung up)".
[[nodiscard]] inline std::string said(const std::optional<relay::Envelope>& envelope) {
    if (!envelope) return "(hung up)";
    if (const auto* const lost = std::get_if<relay::Lost>(&*envelope))
        return "(lost " + std::to_string(static_cast<int>(lost->loss)) + ")";
    return std::string(std::get<relay::Said>(*envelope).packet.text());
}

[[nodiscard]] inline relay::Answer answer_of(const std::string& text) {
    return {{7}, Secret::copy_of(text)};
}

}  // namespace secondstep::testing
