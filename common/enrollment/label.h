#pragma once

#include "store/account_store.h"

namespace secondstep::dialogue {

// 1 for a first enrollment, 2 for the second ...: old and new entry have different labels on the phone.
// The store keeps no count; names given before ("phone-2") and what the state remembers
// of former authenticators tell. `logged_in_only`: without those that never let anybody in,
// which a batch that was killed leaves behind.
enum class Former { all, logged_in_only };
[[nodiscard]] unsigned label_number(const Account& before, Former counted);

}  // namespace secondstep::dialogue
