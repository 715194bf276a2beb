#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "fleet/records.h"

namespace secondstep::fleet {

// Records on a disk that is slow, and whose folder leaves a name out while it is listed.
class DifficultRecords final : public FleetRecords {
  public:
    explicit DifficultRecords(FleetRecords& real) : real_(real) {}

    [[nodiscard]] Result<HostList> hosts() const override {
        auto list = real_.hosts();
        {
            std::unique_lock lock(mutex_);
            asked_ = true;
            ++readings_;
            changed_.notify_all();
            changed_.wait(lock, [&] { return !slow_; });
        }
        // Time itself is what is tested: a reading that lasts longer than it is good for, by the steady clock of the desk.
        std::this_thread::sleep_for(time_of_a_reading);
        if (while_read) while_read();
        if (fails) return fail(Errc::io, "the disk is broken");
        const auto is_left_out = [&](const auto& one) { return one.name == left_out; };
        if (list) std::erase_if(list->hosts, is_left_out);
        if (list) std::erase_if(list->unreadable, is_left_out);
        return list;
    }
    void be_slow() {
        const std::lock_guard lock(mutex_);
        slow_ = true;
        asked_ = false;
    }
    void be_quick() {
        const std::lock_guard lock(mutex_);
        slow_ = false;
        changed_.notify_all();
    }
    void await_question() {
        std::unique_lock lock(mutex_);
        ASSERT_TRUE(changed_.wait_for(lock, std::chrono::seconds{20}, [&] { return asked_; }));
    }
    [[nodiscard]] unsigned readings() const {
        const std::lock_guard lock(mutex_);
        return readings_;
    }
    std::string left_out;
    std::chrono::milliseconds time_of_a_reading{0};
    bool fails = false;
    bool is_busy = false;  // nobody may write
    std::function<void()> while_read;

    [[nodiscard]] Result<std::optional<FleetIdentity>> identity() const override { return real_.identity(); }
    [[nodiscard]] Result<void> create(const FleetIdentity& one) override { return real_.create(one); }
    [[nodiscard]] Result<std::optional<RegisteredHost>> host(const std::string& name) const override {
        return real_.host(name);
    }
    [[nodiscard]] Result<bool> change(const std::string& name, const Change& change) override {
        if (is_busy) return fail(Errc::busy, "somebody else writes");
        return real_.change(name, change);
    }
    [[nodiscard]] Result<bool> drop(const std::string& name) override { return real_.drop(name); }
    [[nodiscard]] Result<std::vector<JoinPermission>> permissions() const override {
        return real_.permissions();
    }
    [[nodiscard]] Result<std::optional<JoinPermission>> permission(const PermissionId& id) const override {
        return real_.permission(id);
    }
    [[nodiscard]] Result<void> permit(const JoinPermission& one) override { return real_.permit(one); }
    [[nodiscard]] Result<bool> withdraw(const PermissionId& id) override { return real_.withdraw(id); }
    [[nodiscard]] Result<Joining> join(const RegisteredHost& host, UnixTime now) override {
        return real_.join(host, now);
    }
    [[nodiscard]] Result<std::size_t> seal_anew() override { return real_.seal_anew(); }

  private:
    FleetRecords& real_;
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    mutable bool asked_ = false;
    mutable unsigned readings_ = 0;
    bool slow_ = false;
};

}  // namespace secondstep::fleet
