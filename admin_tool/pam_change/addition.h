#pragma once

#include <string>
#include <vector>

#include "pam_change/service_text.h"
#include "stacks/pam_stack.h"

namespace secondstep::tool {

enum class FirstStep { password, key };

// One way to ask for the code in a part of a service's file.
struct Addition {
    std::vector<TextChange> changes;
    bool with_account = false;  // the account part has its line, and enrolls there
    std::string cost;           // what it changes beside asking for the code; may be empty
};

// The ways there are, the smallest change first; whether one of them does what it should is for the walk to say. `stack`
// is what `text` is read as. Nothing that other files hold is changed: what stands in an included file is written out in
// this one where no single line helps, between comments from which removal.h puts the old lines back.
[[nodiscard]] std::vector<Addition> additions_to(const ServiceText& text, const Stack& stack,
                                                 FirstStep first);

inline constexpr std::string_view block_begin = "# secondstep pam add: begin, in place of";
inline constexpr std::string_view block_was = "# was: ";
inline constexpr std::string_view block_end = "# secondstep pam add: end";
inline constexpr std::string_view key_and_code_mark = "(key and code)";

}  // namespace secondstep::tool
