// Sessions over a store that may block: its calls are made by threads of their own, and whoever needs none of them
// does not wait.

#include <gtest/gtest.h>
#include <poll.h>

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "service/client.h"
#include "service/in_process_service.h"

namespace secondstep::testing {
namespace {

// Files behind a door that a test shuts: whoever asks while it is shut waits.
class BlockingStore final : public AccountStore {
  public:
    explicit BlockingStore(std::shared_ptr<const AccountStore> under) : under_(std::move(under)) {}

    void shut() {
        const std::lock_guard lock(mutex_);
        shut_ = true;
    }
    void open() {
        const std::lock_guard lock(mutex_);
        shut_ = false;
        changed_.notify_all();
    }
    void await_waiting(std::size_t count) {
        std::unique_lock lock(mutex_);
        ASSERT_TRUE(changed_.wait_for(lock, std::chrono::seconds{20}, [&] { return waiting_ >= count; }));
    }
    [[nodiscard]] int most_changes_at_once() const { return most_changes_; }

    [[nodiscard]] bool may_block() const override { return true; }
    [[nodiscard]] Result<Account> read(const RecordName& name) const override {
        pass();
        return under_->read(name);
    }
    [[nodiscard]] Result<std::unique_ptr<Transaction>> begin(const RecordName& name) const override {
        return counted([&] { return under_->begin(name); });
    }
    [[nodiscard]] Result<std::unique_ptr<Transaction>> begin_enrollment(
        const RecordName& name) const override {
        return counted([&] { return under_->begin_enrollment(name); });
    }
    [[nodiscard]] Result<void> for_each(const std::function<bool(const AccountName&)>& visit) const override {
        return under_->for_each(visit);
    }
    [[nodiscard]] Result<std::vector<AccountName>> names_enrolled_for(
        std::optional<uid_t> uid) const override {
        pass();
        return under_->names_enrolled_for(uid);
    }

  private:
    template <typename Begin>
    Result<std::unique_ptr<Transaction>> counted(Begin begin) const {
        const int now = ++changes_;
        int before = most_changes_;
        while (now > before && !most_changes_.compare_exchange_weak(before, now)) {
        }
        pass();
        auto transaction = begin();
        --changes_;
        return transaction;
    }
    void pass() const {
        std::unique_lock lock(mutex_);
        ++waiting_;
        changed_.notify_all();
        changed_.wait(lock, [&] { return !shut_; });
        --waiting_;
    }

    std::shared_ptr<const AccountStore> under_;
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    mutable std::size_t waiting_ = 0;
    mutable std::atomic<int> changes_ = 0;
    mutable std::atomic<int> most_changes_ = 0;
    bool shut_ = false;
};

class OverABlockingStore : public ::testing::Test {
  protected:
    OverABlockingStore() {
        InProcessService::Shape shape;
        shape.store_over = [this](std::shared_ptr<const AccountStore> files) {
            return store_ = std::make_shared<BlockingStore>(std::move(files));
        };
        service_ = std::make_unique<InProcessService>(shape);
    }
    ~OverABlockingStore() override { store_->open(); }

    std::vector<Client> at_the_prompt(std::size_t count) {
        std::vector<Client> clients;
        for (std::size_t i = 0; i < count; ++i) {
            clients.emplace_back(service_->path());
            clients.back().send(hello_for(own_name(), "sshd", "198.51.100." + std::to_string(i + 1)));
        }
        for (Client& client : clients)
            EXPECT_TRUE(client.next_question());
        return clients;
    }

    std::shared_ptr<BlockingStore> store_;
    std::unique_ptr<InProcessService> service_;
};

TEST_F(OverABlockingStore, ARightCodeIsAcceptedAndAWrongOneIsNot) {
    const auto enrolled = service_->installation.enroll_self(3);
    EXPECT_EQ(Client(service_->path()).log_in(hello_for(own_name()), {wrong_code(enrolled.key)}),
              Verdict::cancelled);
    EXPECT_EQ(Client(service_->path()).log_in(hello_for(own_name()), {code_of(enrolled.key)}),
              Verdict::accepted);
    EXPECT_EQ(Client(service_->path()).log_in(hello_for(own_name()), {code_of(enrolled.key)}),
              Verdict::cancelled);
    const std::string code(enrolled.recovery_codes.at(0).text());
    EXPECT_EQ(Client(service_->path()).log_in(hello_for(own_name()), {code}), Verdict::accepted);
    EXPECT_NE(service_->log().find("reason=right"), std::string::npos) << "flushed after the job";
}

TEST_F(OverABlockingStore, OfOneCodeExactlyOneIsAccepted) {
    for (int round = 0; round < 5; ++round) {
        const auto enrolled = service_->installation.enroll_self();
        std::vector<Client> clients = at_the_prompt(16);
        store_->shut();
        for (Client& client : clients)
            client.answer(code_of(enrolled.key));
        store_->await_waiting(1);
        store_->open();
        int accepted = 0;
        for (Client& client : clients) {
            if (!client.next_question() && client.verdict() == Verdict::accepted) ++accepted;
        }
        EXPECT_EQ(accepted, 1);
    }
    EXPECT_EQ(store_->most_changes_at_once(), 1) << "one job of a record at a time";
}

// More of them than the loop has threads.
TEST_F(OverABlockingStore, WhoeverNeedsNoStoreIsServedWhileItHangs) {
    service_->installation.enroll_self();
    store_->shut();
    std::vector<Client> waiting;
    for (int i = 0; i < 30; ++i) {
        waiting.emplace_back(service_->path());
        waiting.back().send(hello_for(own_name()));
    }
    store_->await_waiting(30);
    Client other(service_->path());
    other.send_bytes("no hello at all");
    EXPECT_TRUE(other.hangs_up());
    store_->open();
    for (Client& client : waiting)
        EXPECT_TRUE(client.next_question());
}

TEST_F(OverABlockingStore, WhoeverComesAfterThirtyTwoOfOneAccountIsUnavailableAtOnce) {
    const auto enrolled = service_->installation.enroll_self();
    const std::size_t room = 1 + service::KeyedQueue::most_waiting;
    std::vector<Client> clients = at_the_prompt(room + 2);
    store_->shut();
    for (Client& client : clients)
        client.answer(wrong_code(enrolled.key));
    int refused = 0;
    std::vector<pollfd> all;
    for (const Client& client : clients)
        all.push_back({client.fd(), POLLIN, 0});
    // Those two have their verdict while all others wait.
    while (refused < 2) {
        ASSERT_GT(::poll(all.data(), all.size(), 20000), 0);
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (all[i].revents == 0) continue;
            EXPECT_FALSE(clients[i].next_question());
            EXPECT_EQ(clients[i].verdict(), Verdict::unavailable);
            all[i].fd = -1;
            all[i].revents = 0;
            ++refused;
        }
    }
    store_->open();
    // Each hears something: asked again, or unavailable if its time was over on a slow machine.
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (all[i].fd >= 0) static_cast<void>(clients[i].next_question());
    }
    EXPECT_EQ(store_->most_changes_at_once(), 1);
}

// Whoever hangs up while the store hangs: their job is nobody's any more.
TEST_F(OverABlockingStore, ADialogueThatIsGoneIsNobodysWhenTheStoreAnswers) {
    const auto enrolled = service_->installation.enroll_self();
    {
        std::vector<Client> gone = at_the_prompt(1);
        store_->shut();
        gone.front().answer(code_of(enrolled.key));
        store_->await_waiting(1);
    }
    store_->open();
    service_->await_held(0);
}

}  // namespace
}  // namespace secondstep::testing
