#pragma once

#include <string>
#include <string_view>

// Every text a person can see in a login. At most 72 columns; state in words, never by colour alone.
namespace secondstep::messages {

inline constexpr std::string_view code_prompt = "Verification code: ";
inline constexpr std::string_view combined_prompt = "Password and verification code: ";

// The same for every refusal, whatever its cause. Starts with '\n' (sshd puts it in front of the next prompt).
[[nodiscard]] std::string not_accepted();

// The answer to '?'. `contact` may be empty.
[[nodiscard]] std::string help(std::string_view contact);

}  // namespace secondstep::messages
