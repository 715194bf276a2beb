#pragma once

#include <memory>
#include <optional>
#include <string>

#include "dialogue/dialogue.h"
#include "dialogue/examination.h"
#include "dialogue/subject.h"

namespace secondstep::dialogue {

// The login conversation: who is it, which rule applies, is he enrolled; then up to `tries` answers. No
// secret of the account is held while a person types.
class Login final : public Dialogue {
  public:
    Login(Ports ports, Request request);

    [[nodiscard]] Step begin() override;
    [[nodiscard]] Step answer(Reply reply) override;
    [[nodiscard]] Step resume(Resumption resumption) override;

  private:
    using Next = Step (Login::*)(Resumption);

    Step looked_up(Resumption resumption);
    Step go_on_with(const LookedUp& person);
    Step follow(const Policy& policy);
    Step probe(Resumption);
    Step after_failed_read(const Error& error);
    Step ask_enrolled(const RecordName& record, const Account& account);
    Step without_enrollment();

    Step ask(Resumption);
    Step help();
    Step examine(Examination::Code code);
    Step examining(Resumption resumption);
    Step advance(Examination::Progress progress);
    Step conclude(const Ruling& ruling);
    Step accept(const Ruling& ruling);
    Step refuse(const Ruling& ruling);
    Step accepted(Resumption);

    // Logs and ends.
    Step end(Verdict verdict, std::string reason);
    void log(const Ruling& ruling);

    Ports ports_;
    Request request_;
    Next next_ = nullptr;
    std::shared_ptr<Result<LookedUp>> lookup_;  // shared with the worker
    Subject subject_;
    std::string known_name_;  // of an account that exists: the only name that may be logged
    Source source_;
    Action action_ = Action::allow;
    RecordName decoy_;   // stands in for a record that is not there
    RecordName record_;  // what answers are judged by: the account's, or the decoy
    bool enrolled_ = false;
    Patience for_record_;
    std::optional<Method> method_;
    std::uint8_t digits_;
    unsigned asked_ = 0;
    unsigned failed_ = 0;
    std::unique_ptr<Examination> examination_;
};

}  // namespace secondstep::dialogue
