#pragma once

#include <cstddef>
#include <optional>

#include "base/secret.h"
#include "dialogue/conversation/script.h"
#include "dialogue/relayed/outage.h"
#include "dialogue/visit/visit.h"

namespace secondstep::dialogue {

// How somebody gets in to a host of the fleet whom no node can judge, because all are down or cannot be asked: with one of the codes that
// were made on this host for that (secondstep break-glass --new), and nothing else. They are judged as recovery codes
// are, by a record of the host's own store; of an account's second step nothing is known here. Whoever holds the
// conversation knows of that outage, before each answer too.
class BreakGlassLogin : OutlivesScripts {
  public:
    BreakGlassLogin(Visit& visit, Outage outage) : visit_(visit), outage_(outage) {}

    // Who may get in so: an account that break_glass_users names, in a program of root that can ask a question.
    [[nodiscard]] static bool is_for(const Visit& visit);

    // Says what is asked for. An end: there is nothing to ask for.
    [[nodiscard]] Script<std::optional<Ended>> begin();
    // Judges what was typed; nothing: it is asked again.
    [[nodiscard]] Script<std::optional<Ended>> take(Secret typed);

    // The account phase of such a login: is the proof that it was handed one of the last of them? Where a text is told at
    // the start of the session, that is all it is for.
    [[nodiscard]] Script<bool> was_shown();

  private:
    [[nodiscard]] Script<Result<Account>> record() const;
    [[nodiscard]] Script<std::optional<Ended>> verify(otp::NormalizedRecoveryCode code);
    [[nodiscard]] Script<std::optional<Ended>> refuse();
    [[nodiscard]] Script<Ended> welcome(std::size_t left);
    // For the nodes, which hear of it when one is up again. False: they will not.
    [[nodiscard]] Script<bool> note(std::size_t left);

    Visit& visit_;
    const Outage outage_;
    unsigned failed_ = 0;
};

}  // namespace secondstep::dialogue
