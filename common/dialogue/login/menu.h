#pragma once

#include <expected>
#include <optional>

#include "dialogue/conversation/script.h"
#include "dialogue/visit/visit.h"

namespace secondstep::dialogue {

// What somebody can do who has no code to enter.
enum class MenuItem { send_again, log_in_once, set_up_again, one_time_code, refused_codes, whom_to_call };

// Shows the menu, with what is possible here, and asks for a number. Returns nullopt if it goes back to the
// prompt. Errors: nobody answered.
[[nodiscard]] Script<std::expected<std::optional<MenuItem>, NoAnswer>> choose_from_menu(Visit& visit);

}  // namespace secondstep::dialogue
