#pragma once

#include <optional>

#include "dialogue/conversation/script.h"
#include "dialogue/login/menu.h"
#include "dialogue/sending/code_delivery.h"
#include "dialogue/visit/visit.h"

namespace secondstep::dialogue {

// The login conversation: who is it, which rule applies, are they enrolled; then up to `tries` answers,
// and behind '?' the menu for who has no code. No secret of the account is held while a person types.
class Login final : public ScriptedDialogue {
  public:
    Login(Ports ports, Request request);

  private:
    // Nothing: the person is asked again.
    using Turn = std::optional<Ended>;

    Script<Ended> run() override;
    [[nodiscard]] Token proof() const override { return visit_.token_of(proved_); }
    Script<Ended> without_enrollment(ChangeNotice notice);
    [[nodiscard]] Ended left_to_the_account_phase();
    Script<Ended> converse();
    // A code on its way to the person, who does not wait for it.
    Script<void> have_code_sent();
    Script<void> send_again();
    [[nodiscard]] std::string why_codes_are_refused() const;
    [[nodiscard]] DeliveryOrder order(bool again) const;
    Script<Turn> take(Secret typed);
    Script<Turn> menu();
    // What a code is typed for: to be let in, or to set up a new second step.
    enum class For { login, restore };
    Script<Turn> ask_instead(MenuItem item);
    Script<Turn> verify(Verification::Code code, For what);
    [[nodiscard]] std::string words_for_no_code(bool empty, bool several) const;
    Script<Turn> refuse(VerificationOutcome verified, std::string words);
    Script<Ended> welcome(VerificationOutcome verified);
    // The way to a new authenticator is open, by what was proved.
    Script<Ended> set_up_again(VerificationOutcome verified);

    [[nodiscard]] Ended unanswered() const;
    [[nodiscard]] bool is_remembered(const State& state) const;

    Visit visit_;
    std::shared_ptr<CodeDelivery> code_delivery_;  // nothing: no code is sent
    Proof proved_ = Proof::none;
    unsigned failed_ = 0;
};

}  // namespace secondstep::dialogue
