#pragma once

#include <optional>
#include <string>

#include "arguments.h"
#include "base/error.h"
#include "host.h"
#include "wire/message.h"
#include "wire/service_link.h"

namespace secondstep::module {

// One login: carries texts and questions from the service to the person, answers back, and one verdict to
// libpam. It decides nothing about the second step; what it does decide is only ever against the person.
class Terminal {
  public:
    Terminal(const Host& host, const Arguments& arguments) noexcept : host_(host), arguments_(arguments) {}

    // A PAM code. Fails closed: PAM_SUCCESS and PAM_IGNORE are the service's word, for a PAM_USER that is
    // still the one the service was asked about.
    [[nodiscard]] int authenticate();

  private:
    [[nodiscard]] int converse(wire::ServiceLink& link, const std::string& user);
    // A PAM code when the dialogue is over, nothing when it goes on.
    [[nodiscard]] std::optional<int> handle(wire::ServiceLink& link, const wire::Message& message);
    [[nodiscard]] std::optional<int> reply(wire::ServiceLink& link, const wire::Ask& ask);
    [[nodiscard]] std::optional<Secret> typed(const wire::Ask& ask) const;
    // Combined: leaves the code in `answer` and the password to the next module. False: out of memory.
    [[nodiscard]] bool keep_password(const wire::Ask& ask, wire::Answer& answer) const;
    [[nodiscard]] Result<wire::Hello> hello(const std::string& user) const;
    [[nodiscard]] int concluded(int code, const std::string& user) const;
    [[nodiscard]] int failed(const Error& error) const;
    void debug(const char* text) const noexcept;

    const Host& host_;
    const Arguments& arguments_;
    int asked_ = 0;
};

}  // namespace secondstep::module
