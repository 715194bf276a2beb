#pragma once

#include <optional>

#include "dialogue/conversation/script.h"
#include "dialogue/sending/dispatch.h"
#include "dialogue/visit/visit.h"

namespace secondstep::dialogue {

// The login conversation: who is it, which rule applies, are they enrolled; then up to `tries` answers,
// and behind '?' the menu for who has no code. No secret of the account is held while a person types.
class Login final : public ScriptedDialogue {
  public:
    Login(Ports ports, Request request) : visit_(std::move(ports), std::move(request)) {}

  private:
    // Nothing: the person is asked again.
    using Turn = std::optional<Verdict>;

    Script<Verdict> run(Talk& talk) override;
    [[nodiscard]] Token proof() const override { return visit_.token_of(proved_); }
    Script<Verdict> without_enrollment(Talk& talk, ChangeNotice notice);
    [[nodiscard]] Verdict left_to_the_account_phase();
    Script<Verdict> converse(Talk& talk);
    // A code on its way to the person, who does not wait for it.
    Script<bool> have_code_sent(Talk& talk);
    Script<bool> send_again(Talk& talk);
    [[nodiscard]] std::string why_codes_are_refused() const;
    [[nodiscard]] DispatchOrder order(bool again) const;
    Script<Turn> take(Talk& talk, Secret typed);
    Script<Turn> menu(Talk& talk);
    Script<Turn> ask_instead(Talk& talk, std::string_view prompt, bool one_time, bool for_restore);
    Script<Turn> judge(Talk& talk, Examination::Code code, bool for_restore);
    Script<Turn> refuse(Talk& talk, Ruling ruling);
    Script<Verdict> welcome(Talk& talk, Ruling ruling);
    // The way to a new authenticator is open, by what was proved.
    Script<Verdict> set_up_again(Talk& talk, Ruling ruling);

    [[nodiscard]] Verdict unanswered(const Talk& talk) const;
    [[nodiscard]] bool is_remembered(const State& state) const;
    [[nodiscard]] std::string by_rule(const std::string& words) const;

    Visit visit_;
    std::shared_ptr<Dispatch> dispatch_;  // nothing: no code is sent
    Proof proved_ = Proof::none;
    unsigned failed_ = 0;
};

}  // namespace secondstep::dialogue
