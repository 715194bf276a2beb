#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "stacks/libpam_rules.h"

namespace secondstep::tool {

// What a module can return, in libpam's order, with the names of pam.conf(5).
enum class PamCode : std::uint8_t {
    success,
    open_err,
    symbol_err,
    service_err,
    system_err,
    buf_err,
    perm_denied,
    auth_err,
    cred_insufficient,
    authinfo_unavail,
    user_unknown,
    maxtries,
    new_authtok_reqd,
    acct_expired,
    session_err,
    cred_unavail,
    cred_expired,
    cred_err,
    no_module_data,
    conv_err,
    authtok_err,
    authtok_recover_err,
    authtok_lock_busy,
    authtok_disable_aging,
    try_again,
    ignore,
    abort,
    authtok_expired,
    module_unknown,
    bad_item,
    conv_again,
    incomplete,
};
inline constexpr std::size_t pam_codes = 32;
[[nodiscard]] std::string_view to_text(PamCode code);  // "new_authtok_reqd"

// What libpam does with one return value.
struct Reaction {
    enum class Kind : std::uint8_t { ignore, ok, done, bad, die, reset, jump };
    Kind kind = Kind::bad;
    // How many modules are left out. None: a number that libpam took for something else; nothing is left out then,
    // and the stack fails as with a jump beyond its end.
    unsigned jump = 0;
    friend bool operator==(const Reaction&, const Reaction&) = default;
};

// The second word of a line, as a table over everything the module can return.
class Control {
  public:
    // "required", "[success=ok default=die]", and, as libpam does, "success=ok" and "[required]": keywords in either
    // case, values in lower case alone. Returns nullopt if libpam would not understand it.
    [[nodiscard]] static std::optional<Control> parse(std::string_view text, const LibpamRules& rules = {});
    // Of a word that was taken out of its brackets: PamWord::value.
    [[nodiscard]] static std::optional<Control> of_value(std::string_view value, const LibpamRules& rules);
    // Every value is a failure: a line that cannot be read.
    [[nodiscard]] static Control failing();

    [[nodiscard]] Reaction on(PamCode code) const { return reactions_[static_cast<std::size_t>(code)]; }
    // The value is written out, and not left to `default` or a keyword.
    [[nodiscard]] bool names(PamCode code) const { return named_[static_cast<std::size_t>(code)]; }

  private:
    Control() = default;
    friend class ControlReader;
    std::array<Reaction, pam_codes> reactions_{};
    std::array<bool, pam_codes> named_{};
};

}  // namespace secondstep::tool
