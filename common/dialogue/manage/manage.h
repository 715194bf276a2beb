#pragma once

#include "dialogue/conversation/script.h"
#include "dialogue/set_up/saved_codes.h"
#include "dialogue/visit/visit.h"

namespace secondstep::dialogue {

// Somebody manages their own second step, with the tool and without privileges. What changes something asks
// for the present second step first, or, of somebody who has none, for a registration code, whatever the rule
// says: enrollment that is open is for logins, where a first factor was shown. Verdicts: accepted (done),
// refused and cancelled (nothing changed), not_needed (there is no second step), not_allowed (it is somebody
// else's), unavailable.
class Manage final : public ScriptedDialogue {
  public:
    Manage(Ports ports, Request request) : visit_(talk(), std::move(ports), std::move(request)) {}

  private:
    Script<Ended> run() override;
    Script<Ended> perform(Account account);
    Script<Ended> status(Account account);
    Script<Ended> clients(State state);
    Script<Ended> drop_clients(State state);
    Script<Ended> enroll(Account account);
    Script<std::expected<AuthenticatorIds, Ended>> prove_for_a_change();
    Script<Ended> renew_codes();
    Script<Ended> disable();
    Script<Ended> remove(AuthenticatorIds shown);
    Script<Ended> done();

    Visit visit_;
};

// One line of JSON each, for the tool (etc/FORMATS.md).
[[nodiscard]] std::string status_json(const std::string& user, const Account& account);
[[nodiscard]] std::string clients_json(const State& state);

}  // namespace secondstep::dialogue
