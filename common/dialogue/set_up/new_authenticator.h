#pragma once

#include "dialogue/conversation/script.h"
#include "dialogue/set_up/enrollment_commit.h"
#include "dialogue/visit/visit.h"
#include "enrollment/enrollment.h"

namespace secondstep::dialogue {

// A new authenticator inside a conversation: shows the key, checks the first code of the new device (three
// tries), and replaces the second step before with it.
class NewAuthenticator : OutlivesScripts {
  public:
    NewAuthenticator(Visit& visit, EnrollmentCommit& enrollment)
        : visit_(visit), enrollment_(enrollment), draft_(drafted()) {}

    [[nodiscard]] Script<EnrollmentOutcome> set_up(bool as_picture);

  private:
    [[nodiscard]] Enrollment drafted() const;
    [[nodiscard]] Result<Secret> shown(bool picture, bool inverted) const;
    [[nodiscard]] Script<EnrollmentOutcome> confirm(bool picture);
    [[nodiscard]] std::optional<EnrollmentOutcome> verify(const Secret& typed, bool picture, Secret& text);

    Visit& visit_;
    EnrollmentCommit& enrollment_;
    Enrollment draft_;
    unsigned wrong_ = 0;
};

}  // namespace secondstep::dialogue
