#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// Every text a person can see in a login. At most 72 columns; state in words, never by colour alone. Texts of
// several lines start with '\n' (sshd puts them in front of the next prompt) and do not end with one.
namespace secondstep::messages {

inline constexpr std::string_view code_prompt = "Verification code: ";
inline constexpr std::string_view combined_prompt = "Password and verification code: ";

// The same for every refusal, whatever its cause.
[[nodiscard]] std::string not_accepted();

// The answer to '?'. `contact` may be empty.
[[nodiscard]] std::string help(std::string_view contact);

// After a login with a recovery code: how many of the set's `total` are left, and where new ones come from
// when they run out.
[[nodiscard]] std::string recovery_code_accepted(std::size_t left, std::size_t total,
                                                 std::string_view contact);

}  // namespace secondstep::messages
