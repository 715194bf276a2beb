#pragma once

#include "dialogue/conversation/script.h"
#include "dialogue/set_up/replacement.h"
#include "dialogue/visit/visit.h"
#include "enrollment/enrollment.h"

namespace secondstep::dialogue {

// A new authenticator inside a conversation: shows the key, checks the first code of the new device (three
// tries), and replaces the second step before with it.
class NewAuthenticator {
  public:
    NewAuthenticator(Talk& talk, Visit& visit, Replacement& replacement)
        : talk_(talk), visit_(visit), replacement_(replacement) {}

    [[nodiscard]] Script<SetUp> set_up(bool as_picture);

  private:
    [[nodiscard]] Enrollment drafted() const;
    [[nodiscard]] Result<std::string> shown(const Enrollment& draft, bool picture, bool inverted) const;
    [[nodiscard]] Script<SetUp> confirm(Enrollment& draft, bool picture);
    [[nodiscard]] std::optional<SetUp> judge(Enrollment& draft, const Secret& typed, bool picture,
                                             std::string& text) const;

    Talk& talk_;
    Visit& visit_;
    Replacement& replacement_;
    unsigned wrong_ = 0;
};

}  // namespace secondstep::dialogue
