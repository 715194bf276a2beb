#include "access/owner_notice.h"

#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <utility>

#include "base/host_name.h"
#include "delivery/courier_link.h"
#include "dialogue/sending/sent_notices.h"
#include "dialogue/texts/messages.h"
#include "people/invoker.h"
#include "people/named_account.h"

namespace secondstep::tool {

namespace {

constexpr std::chrono::seconds patience{3};

// Hands messages to the courier, and keeps what it says of each.
class Witness final : public delivery::Courier {
  public:
    struct Said {
        std::string masked_address;
        delivery::Report report;
    };

    explicit Witness(std::string socket) : link_(std::move(socket)) {}

    void send(delivery::Message message, std::chrono::seconds patience_with_deferral,
              std::function<void(delivery::Report)> done) override {
        {
            const std::lock_guard lock(mutex_);
            ++owed_;
        }
        std::string to = message.to.masked();
        link_.send(std::move(message), patience_with_deferral,
                   [this, to = std::move(to), done = std::move(done)](delivery::Report report) {
                       done(report);
                       take({to, std::move(report)});
                   });
    }
    // What was said until then. A courier that is silent has taken the message over, and goes on with it.
    std::vector<Said> wait() {
        std::unique_lock lock(mutex_);
        all_said_.wait_for(lock, patience, [this] { return owed_ == 0; });
        return std::exchange(said_, {});
    }

  private:
    void take(Said said) {
        const std::lock_guard lock(mutex_);
        said_.push_back(std::move(said));
        if (--owed_ == 0) all_said_.notify_all();
    }

    std::mutex mutex_;
    std::condition_variable all_said_;
    std::size_t owed_ = 0;
    std::vector<Said> said_;
    delivery::CourierLink link_;  // last: when it ends it says what it still owes
};

}  // namespace

void OwnerNotice::add_address_of(const std::optional<Credential>& credential) {
    auto address = dialogue::address_on_file(session_.config, user_, credential ? &*credential : nullptr);
    if (!address) return;
    if (credential && credential->destination) has_own_address_ = true;
    if (std::ranges::find(to_, *address) == to_.end()) to_.push_back(std::move(*address));
}

bool OwnerNotice::nobody_delivers() const {
    return !has_own_address_ && ::access(session_.config.courier_socket.c_str(), F_OK) != 0;
}

void OwnerNotice::tell(Change change) const {
    if (to_.empty() || !session_.config.notify || nobody_delivers()) return;
    Witness courier(session_.config.courier_socket);
    dialogue::SentNotices notices(std::make_shared<const Config>(session_.config), host_name(), courier);
    notices.tell({.user = user_,
                  .service = {},
                  .sentence = messages::told_by_notice(messages::notice_of_change(change),
                                                       session_.clock.now(), administrator()),
                  .to = to_});
    for (const auto& [to, report] : courier.wait()) {
        if (report.outcome == delivery::DeliveryOutcome::sent) continue;
        complain(Exit::done, "the notice to " + to + " was not sent: " + in_plain_words(report));
    }
}

}  // namespace secondstep::tool
