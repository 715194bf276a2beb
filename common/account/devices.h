#pragma once

#include <string>
#include <string_view>

#include "account/credential.h"
#include "account/state.h"
#include "base/clock.h"
#include "base/error.h"

namespace secondstep {

// The devices of an account, by their owner's words for them.

inline constexpr std::size_t max_device_name = 64;
// 1 to 64 bytes of UTF-8, not blanks alone, with nothing that printable() would take out. Not a number alone: that stands
// for a place in the list. (An import may have brought one.)
[[nodiscard]] bool is_device_name(std::string_view name);
// What such a name is, for who typed another.
inline constexpr std::string_view device_name_rule =
    "a device's name has 1 to 64 bytes of UTF-8, without control characters, and is not a number alone";
// Whether people would take them for one name: in either case, and whatever blanks are in them and about them.
[[nodiscard]] bool is_same_device_name(std::string_view one, std::string_view other);

// "phone, tablet", as they are shown: one without a name is "(no name)".
[[nodiscard]] std::string names_of_devices(const Credential& credential);
[[nodiscard]] std::string shown_name(const Authenticator& device);
[[nodiscard]] UnixTime added_at(const Authenticator& device, const Credential& credential);
// `never`: it let nobody in yet.
[[nodiscard]] UnixTime last_used(const Authenticator& device, const State& state);

// The device that `word` means: its name, as it is spelled or else as is_same_device_name() takes it; or, where no
// device has that name, its number in the list, from 1.
// An import may have brought two of one name, or one without. Errors: not_found, exists (several have the
// name); both say what there is.
[[nodiscard]] Result<AuthenticatorId> device_called(const Credential& credential, std::string_view word);
// Returns nullptr if it is none of the account's.
[[nodiscard]] const Authenticator* find_device(const Credential& credential, const AuthenticatorId& id);

// The one whose name is_same_device_name() takes for `name`; nullptr: none.
[[nodiscard]] const Authenticator* device_named_like(const Credential& credential, std::string_view name);

// Whether a device of that name, and of the account's method, may stand beside those there are. Errors:
// invalid (no name; or codes are sent, which no device shows), exists (the name, as is_same_device_name() takes it), too_large.
[[nodiscard]] Result<void> check_addition(const Credential& credential, std::string_view name);
// Whether the device may have the name. Errors: invalid, exists.
[[nodiscard]] Result<void> check_new_name(const Credential& credential, const AuthenticatorId& device,
                                          std::string_view name);
// Whether it may be removed: never the last one. Errors: not_allowed.
[[nodiscard]] Result<void> check_removal(const Credential& credential);

// The first of "phone", "phone-2" ... that no device has.
[[nodiscard]] std::string free_device_name(const Credential& credential);

// The credential with a device less, or with one that has another name.
[[nodiscard]] Credential without_device(const Credential& credential, const AuthenticatorId& id);
[[nodiscard]] Credential with_renamed_device(const Credential& credential, const AuthenticatorId& id,
                                             std::string_view name);

}  // namespace secondstep
