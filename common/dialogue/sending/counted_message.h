#pragma once

#include <optional>

#include "account/sending_budget.h"
#include "base/clock.h"
#include "dialogue/memory/host_budget.h"
#include "policy/config.h"
#include "store/change.h"

namespace secondstep::dialogue {

// One message within its budgets: that of the account, which stands in its state, and that of the host. It is
// counted in the write that comes before it is sent, so that whatever becomes of this process it has counted,
// and taken back by another write where it is known that it did not leave.
class CountedMessage {
  public:
    // No budget: nobody is sent anything.
    struct OfTheHost {
        HostBudget* budget;
        HostBudget::Time now;
    };
    // `config` and the host's budget outlive it. Without the host's: root's tool, which is in no memory but
    // its own.
    CountedMessage(const Config& config, SendAsker asker, UnixTime when,
                   std::optional<OfTheHost> of_the_host = std::nullopt)
        : config_(config), asker_(asker), when_(when), of_the_host_(of_the_host) {}

    enum class Count {
        counted,
        account_used_up,  // nothing is to be sent, and `next` is as it was
        host_used_up,     // likewise
    };
    // Puts it into `next`, if both have room. May be called again on another state of the same account: the
    // host's budget is charged once.
    [[nodiscard]] Count count(State& next);
    void take_back(State& next) const;

    // The same as changes of their own (see Decide).
    [[nodiscard]] Result<Rewrite> counted_in(const Account& present);
    [[nodiscard]] Result<Rewrite> taken_back_from(const Account& present) const;
    [[nodiscard]] Count outcome() const { return outcome_; }  // of counting it last

  private:
    [[nodiscard]] bool host_admits();

    const Config& config_;
    SendAsker asker_;
    UnixTime when_;
    std::optional<OfTheHost> of_the_host_;
    bool host_charged_ = false;
    Count outcome_ = Count::account_used_up;
};

}  // namespace secondstep::dialogue
