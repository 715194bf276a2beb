#pragma once

#include <optional>

#include "base/error.h"

namespace secondstep::testing {

// Why it failed, or nothing when it did not: error() of a success would end the test program.
template <typename T>
[[nodiscard]] std::optional<Errc> failure(const Result<T>& result) {
    return result ? std::nullopt : std::optional(result.error().code);
}

}  // namespace secondstep::testing
