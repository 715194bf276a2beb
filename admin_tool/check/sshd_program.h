#pragma once

#include <optional>
#include <string>

#include "check/check_request.h"
#include "stacks/programs/sshd_match.h"

namespace secondstep::tool {

// sshd itself, asked what it would do: `sshd -T -C user=...,host=...,addr=...`.
class SshdProgram {
  public:
    // Nothing where it cannot be asked: no sshd, no root (it reads host keys), or a file that the call names while
    // somebody else has called sudo: sshd would read it with root's rights, and quote it.
    [[nodiscard]] static std::optional<SshdProgram> find(const CheckedPath& config);

    enum class Refusal {
        none,
        not_here,       // no host keys, or no /run/sshd because no sshd was started yet
        configuration,  // it names a line of its files, and does not start with them
        unknown,        // it fails, and why is not understood
    };
    // The settings of one login, a line each; nothing, and `refusal` says why. What sshd says to people is not
    // repeated: it quotes the file.
    [[nodiscard]] std::optional<std::string> settings_for(const SshdLogin& login);
    [[nodiscard]] Refusal refusal() const { return refusal_; }

  private:
    SshdProgram(std::string program, std::string config)
        : program_(std::move(program)), config_(std::move(config)) {}
    [[nodiscard]] std::optional<std::string> ask(const std::string& mode, const SshdLogin& login);
    std::string program_;
    std::string config_;
    Refusal refusal_ = Refusal::none;
};

}  // namespace secondstep::tool
