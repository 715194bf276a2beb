#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "delivery/courier.h"

namespace secondstep::testing {

// Keeps what it is given, and reports at once as it is told to; or not before report_all(). Thread-safe.
class RecordingCourier final : public delivery::Courier {
  public:
    struct Sent {
        delivery::MessagePurpose purpose{};
        std::string to;
        std::string user;
        std::string service;
        std::string code;
        std::string notice;
        std::chrono::minutes valid{};
        std::chrono::seconds patience{};
    };

    void send(delivery::Message message, std::chrono::seconds patience,
              std::function<void(delivery::Report)> done) override {
        {
            const std::lock_guard lock(mutex_);
            sent_.push_back({message.purpose, message.to.text(), message.user, message.service,
                             std::string(message.code.text()), message.notice, message.valid, patience});
            if (silent) {
                owed_.push_back(std::move(done));
                return;
            }
        }
        if (on_send) on_send();
        done(report);
    }

    void report_all(const delivery::Report& said) {
        std::vector<std::function<void(delivery::Report)>> owed;
        {
            const std::lock_guard lock(mutex_);
            owed.swap(owed_);
        }
        for (const auto& done : owed)
            done(said);
    }

    [[nodiscard]] std::vector<Sent> sent() const {
        const std::lock_guard lock(mutex_);
        return sent_;
    }
    [[nodiscard]] std::vector<Sent> sent(delivery::MessagePurpose purpose) const {
        std::vector<Sent> of_it = sent();
        std::erase_if(of_it, [purpose](const Sent& message) { return message.purpose != purpose; });
        return of_it;
    }
    [[nodiscard]] std::string last_code() const {
        const std::vector<Sent> codes = sent(delivery::MessagePurpose::code);
        return codes.empty() ? "" : codes.back().code;
    }

    delivery::Report report{delivery::DeliveryOutcome::sent, delivery::Cause::none, ""};
    bool silent = false;  // nothing is reported until report_all()
    std::function<void()> on_send;

  private:
    mutable std::mutex mutex_;
    std::vector<Sent> sent_;
    std::vector<std::function<void(delivery::Report)>> owed_;
};

}  // namespace secondstep::testing
