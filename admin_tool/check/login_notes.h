#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/rules.h"
#include "stacks/programs/sudo_findings.h"

namespace secondstep::tool {

// What a program does that the rules do not show: whose phone it asks for, and what it says of where somebody is.
class LoginNotes {
  public:
    enum class Names : std::uint8_t { no, yes, cannot_tell };  // sshd's UseDNS
    struct Known {
        std::optional<SudoAsking> sudo;  // nothing: it could not be looked at
        Names sshd_gives_names = Names::no;
    };
    LoginNotes(std::string service, Known known) : service_(std::move(service)), known_(std::move(known)) {}

    // Looks at what belongs to this service on this machine, with the rights of the moment.
    [[nodiscard]] static LoginNotes look(const std::string& service);

    // Sentences. `decides`: the rule that is about the login, if one is; `about_networks`: some rule was asked
    // where the login comes from.
    [[nodiscard]] std::vector<std::string> of(const std::string& user, std::string_view from,
                                              const Rule* decides, bool about_networks) const;

  private:
    [[nodiscard]] bool is_sudo() const { return service_ == "sudo" || service_ == "sudo-i"; }
    [[nodiscard]] bool is_su() const { return service_ == "su" || service_ == "su-l"; }
    [[nodiscard]] std::string phone_of(const std::string& user) const;
    [[nodiscard]] std::string sudo_asks(const std::string& user) const;
    std::string service_;
    Known known_;
};

}  // namespace secondstep::tool
