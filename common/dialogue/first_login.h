#pragma once

#include "dialogue/replacement.h"
#include "dialogue/script.h"
#include "dialogue/visit.h"
#include "dialogue/way.h"

namespace secondstep::dialogue {

// The conversation of the account phase, which programs enter only after all of authentication succeeded: who
// is to have a second step and has none sets it up here; who is to set it up again, too; and whose recovery
// codes were never confirmed as saved is offered new ones. Verdicts: accepted, not_needed (nothing is due, or
// it was put off while that is allowed), anything else keeps the person out.
class FirstLogin final : public ScriptedDialogue {
  public:
    FirstLogin(Ports ports, Request request) : visit_(std::move(ports), std::move(request)) {}

  private:
    Script<Verdict> run(Talk& talk) override;
    Script<Verdict> enrolled(Talk& talk, State state, Foundation foundation);
    Script<Verdict> not_enrolled(Talk& talk, Foundation foundation);
    Script<std::optional<Way>> choose(Talk& talk);
    Script<Verdict> set_up(Talk& talk, Foundation foundation, Way way, bool with_code);
    // Nobody chose to set it up now.
    Script<Verdict> declined(Talk& talk);

    Visit visit_;
};

}  // namespace secondstep::dialogue
