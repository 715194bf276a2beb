#pragma once

#include <string_view>
#include <vector>

#include "base/secret.h"
#include "otp/totp.h"

namespace secondstep::dialogue {

// The answers of one dialogue that were judged wrong and counted. Programs that answer every prompt with the
// same text (OpenVPN's plugin, whatever has one field for the code) would count one mistake three times, and
// its owner would have to wait after the second one: what is known to be wrong is refused once more without
// being counted, in the time step in which it was judged. In the next one it may be right.
class WrongAnswers {
  public:
    // `kind` keeps digits for one thing apart from the same digits for another.
    [[nodiscard]] bool hold(std::string_view kind, const Secret& answer, otp::TimeStep step) const;
    void add(std::string_view kind, const Secret& answer, otp::TimeStep step);

  private:
    struct Wrong {
        Secret text;
        otp::TimeStep step;
    };
    std::vector<Wrong> all_;  // as many as a dialogue has questions
};

}  // namespace secondstep::dialogue
