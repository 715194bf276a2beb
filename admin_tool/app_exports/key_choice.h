#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "console/exit_status.h"
#include "console/output.h"
#include "otp/key_description.h"

namespace secondstep::tool {

// A number that the person at the terminal types; nothing where nobody is there, or it is none.
[[nodiscard]] std::optional<std::size_t> asked_number(Output& screen);

// The keys that there are to choose from.
struct KeysOnOffer {
    std::vector<otp::DescribedKey> keys;
    std::vector<std::size_t> numbers{};  // of each, as the person knows them; none: from 1 on
    bool others_left_out = false;        // there were more, which give no key: perhaps one of them is meant
};

// The one of these that is meant: of several, or where others were left out, the person at the terminal chooses, or
// `choice` says which. Stops with refused, after listing them when nobody can choose.
[[nodiscard]] OrExit<otp::DescribedKey> chosen_of(KeysOnOffer offer, std::optional<std::size_t> choice,
                                                  Output& screen);

}  // namespace secondstep::tool
