#pragma once

#include <string>

#include "dialogue/conversation/script.h"
#include "dialogue/set_up/enrollment_commit.h"
#include "dialogue/set_up/enrollment_method.h"
#include "dialogue/visit/visit.h"

namespace secondstep::dialogue {

// The conversation of the account phase. Who is to have a second step and has none sets it up here; who is to
// set it up again, too; and whose recovery codes were never confirmed as saved is offered new ones: all of it
// only for what the authentication proved, since programs enter this phase without one, or after one that let
// somebody in unasked. Verdicts: accepted, not_needed (nothing is due, or it was put off while that is
// allowed), anything else keeps the person out.
class FirstLogin final : public ScriptedDialogue {
  public:
    FirstLogin(Ports ports, Request request) : visit_(talk(), std::move(ports), std::move(request)) {}

  private:
    Script<Ended> run() override;
    Script<Ended> enrolled(EnrollmentBaseline baseline);
    Script<Ended> set_up_again(EnrollmentBaseline baseline);
    Script<Ended> not_enrolled(EnrollmentBaseline baseline);
    Script<std::optional<EnrollmentMethod>> choose();
    Script<Ended> set_up(EnrollmentBaseline baseline, EnrollmentMethod method);
    // Nobody chose to set it up now, or could.
    Script<Ended> declined(std::string why_not_now);

    Visit visit_;
    Proof proved_ = Proof::none;
};

}  // namespace secondstep::dialogue
