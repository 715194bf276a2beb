#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stacks/programs/sshd_settings.h"

namespace secondstep::tool {

// Methods that are all needed, in their order: one entry of AuthenticationMethods.
class SshdWay {
  public:
    explicit SshdWay(std::vector<std::string> methods) : methods_(std::move(methods)) {}

    [[nodiscard]] bool has(std::string_view method) const { return place_of(method).has_value(); }
    [[nodiscard]] bool runs_the_stack() const { return has("keyboard-interactive") || has("password"); }
    // sshd has a proof of its own before it runs the stack for the first time: a key, or a Kerberos ticket.
    [[nodiscard]] bool has_proof_before_stack() const;
    [[nodiscard]] bool begins_with(std::string_view method) const {
        return place_of(method) == std::size_t{0};
    }
    [[nodiscard]] bool is_only(std::string_view method) const;
    [[nodiscard]] const std::vector<std::string>& methods() const { return methods_; }

  private:
    [[nodiscard]] std::optional<std::size_t> place_of(std::string_view method) const;
    std::vector<std::string> methods_;
};

// "publickey,keyboard-interactive:pam password" => two ways. Empty: `any`, each method that is on is enough.
[[nodiscard]] std::vector<SshdWay> ways_in(const SshdSettings& sshd);
// None of its methods is switched off.
[[nodiscard]] bool can_be_taken(const SshdWay& way, const SshdSettings& sshd);
[[nodiscard]] bool asks_interactively(const SshdSettings& sshd);
// A password and a code in one answer of the method `password` need no dialogue.
[[nodiscard]] bool takes_passwords(const SshdSettings& sshd);

}  // namespace secondstep::tool
