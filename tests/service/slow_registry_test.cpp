// Entrances of guests over a registry that blocks: a slow disk, or a lock that somebody else holds. Whoever needs nothing of it
// does not wait, with one thread in the loop.

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dialogue/conversation/introduction.h"
#include "relay/envelope_socket.h"
#include "secondstepd/guest_entrance.h"
#include "service/client.h"
#include "service/in_process_service.h"

namespace secondstep::testing {
namespace {

constexpr relay::Fingerprint slow{1};
constexpr relay::Fingerprint quick{2};
constexpr relay::Fingerprint stranger{3};  // in the records, and not known out of memory
constexpr relay::Fingerprint too_much{4};

// Says nothing about one host until it is let go, and has no memory for another one.
class SlowDesk final : public fleet::HostDesk {
  public:
    [[nodiscard]] Result<std::optional<fleet::Host>> host_of(const relay::Fingerprint& who) const override {
        wait_for(who);
        return std::optional(named(who));
    }
    [[nodiscard]] std::optional<fleet::Host> known_host_of(const relay::Fingerprint& who) const override {
        return who == quick ? std::optional(named(who)) : std::nullopt;
    }
    [[nodiscard]] Result<std::optional<fleet::Host>> present(const fleet::Host& host) const override {
        return std::optional(host);
    }
    [[nodiscard]] relay::Envelope answer(const relay::From& from, const relay::Envelope&) override {
        ++answers;
        wait_for(from.certificate);
        return relay::Standing{.known = true, .host = named(from.certificate).name};
    }

    void await_question() { await_questions(1); }
    // Until so many wait, each on a thread of its own.
    void await_questions(unsigned count) {
        std::unique_lock lock(mutex_);
        ASSERT_TRUE(changed_.wait_for(lock, std::chrono::seconds{20}, [&] { return asked_ >= count; }));
    }
    void let_go() {
        const std::lock_guard lock(mutex_);
        free_ = true;
        changed_.notify_all();
    }

    std::atomic<unsigned> answers = 0;  // that were begun
    std::atomic<bool> newcomers_wait = false;

  private:
    static fleet::Host named(const relay::Fingerprint& who) {
        return {.name = who.front() == slow.front() ? "slow"
                        : who == quick              ? "quick"
                                                    : "stranger",
                .tag = {who.front()}};
    }
    void wait_for(const relay::Fingerprint& who) const {
        if (who == too_much) throw std::bad_alloc();
        const bool waits = who.front() == slow.front() || (newcomers_wait && who == relay::Fingerprint{});
        if (!waits) return;
        std::unique_lock lock(mutex_);
        ++asked_;
        changed_.notify_all();
        changed_.wait(lock, [&] { return free_; });
    }
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    mutable unsigned asked_ = 0;
    bool free_ = false;
};

class SlowRegistry : public ::testing::Test {
  protected:
    SlowRegistry() { loop_.start(1); }
    ~SlowRegistry() override {
        desk_.let_go();
        loop_.end_all();
        EXPECT_TRUE(service_.context().stores.finish(std::chrono::seconds{20})) << "they use the desk";
        EXPECT_TRUE(service_.context().registrars.finish(std::chrono::seconds{20})) << "so do they";
        EXPECT_TRUE(loop_.join(std::chrono::seconds{20}));
    }

    // The relay's end of a connection on which `question` was asked about that host.
    UniqueFd ask(const relay::Fingerprint& host, const relay::Envelope& question,
                 const std::string& address = "192.0.2.1") {
        int ends[2] = {-1, -1};
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
        UniqueFd ours(ends[0]);
        EXPECT_TRUE(relay::send_envelope(ours.get(), relay::From{host, address}).value());
        EXPECT_TRUE(relay::send_envelope(ours.get(), question).value());
        last_ = service::GuestEntrance::create(sessions_, UniqueFd(ends[1]), desk_, limits_);
        last_->start_later();
        return ours;
    }
    static relay::Open conversation() {
        return {.account = "nobody-here",
                .introduction = dialogue::encode(dialogue::Introduction{}),
                .hello = wire::encode(hello_for("nobody-here")).value()};
    }
    // Which stands at a prompt: everybody is asked for a code there.
    static relay::Open at_a_prompt(const std::string& rhost, std::optional<uid_t> uid = std::nullopt) {
        dialogue::Introduction introduction;
        introduction.uid = uid;
        introduction.policy.action = Action::require;
        return {.account = "nobody-here",
                .introduction = dialogue::encode(introduction),
                .hello = wire::encode(hello_for("nobody-here", "sshd", rhost)).value()};
    }
    // Nothing: not within 20 seconds.
    static std::optional<relay::Envelope> heard(const UniqueFd& ours) {
        pollfd poll{.fd = ours.get(), .events = POLLIN, .revents = 0};
        if (::poll(&poll, 1, 20000) != 1) return std::nullopt;
        auto envelope = relay::receive_envelope(ours.get());
        return envelope ? std::move(*envelope) : std::nullopt;
    }
    // Within 20 seconds, and without a word.
    static bool is_hung_up(const UniqueFd& ours) {
        pollfd poll{.fd = ours.get(), .events = POLLIN, .revents = 0};
        return ::poll(&poll, 1, 20000) == 1 && !relay::receive_envelope(ours.get());
    }
    static bool is_silent(const UniqueFd& ours) {
        pollfd poll{.fd = ours.get(), .events = POLLIN, .revents = 0};
        return ::poll(&poll, 1, 0) == 0;
    }
    static bool stands(const std::optional<relay::Envelope>& envelope) {
        const auto* const standing = envelope ? std::get_if<relay::Standing>(&*envelope) : nullptr;
        return standing != nullptr && standing->known;
    }
    static bool is_spoken_to(const std::optional<relay::Envelope>& envelope) {
        return envelope && std::holds_alternative<relay::Said>(*envelope);
    }

    // Who writes: a host of that number.
    static relay::Fingerprint another(std::size_t number) {
        return {slow.front(), 1, static_cast<std::uint8_t>(number)};
    }
    // As many of each kind as would fill what logins have, each of another host.
    [[nodiscard]] std::vector<UniqueFd> everything_that_is_written() {
        std::vector<UniqueFd> writers;
        for (std::size_t i = 0; i < few.threads + few.queue; ++i) {
            writers.push_back(ask(another(4 * i), relay::BreakGlassUsed{}));
            writers.push_back(
                ask(another(4 * i + 1), relay::JoinAsked{Secret::copy_of("token"), "web01", "request"}));
            writers.push_back(ask(another(4 * i + 2), relay::RenewalAsked{"request"}));
            writers.push_back(ask(another(4 * i + 3), relay::NodeRenewalAsked{"auth1", "request"}));
        }
        return writers;
    }
    static bool is_busy(const std::optional<relay::Envelope>& envelope) {
        const auto* const refused = envelope ? std::get_if<relay::Refused>(&*envelope) : nullptr;
        return refused != nullptr && refused->words.find("busy") != std::string::npos;
    }

    // Of its own server's loop nothing is needed.
    static constexpr service::Workers::Size few{.threads = 2, .queue = 4};
    static InProcessService::Shape without_threads() {
        InProcessService::Shape shape;
        shape.threads = 0;
        shape.stores = few;
        return shape;
    }
    InProcessService service_{without_threads()};
    SlowDesk desk_;
    service::Limits limits_{service::HostsAcceptor::numbers};
    service::EventLoop loop_{[](const std::exception&) {}};
    service::Sessions sessions_{loop_, service_.context()};
    std::shared_ptr<service::GuestEntrance> last_;  // of those who have asked
};

TEST_F(SlowRegistry, AQuestionThatWaitsForItHoldsUpNobody) {
    const UniqueFd waits = ask(slow, relay::StandingAsked{});
    desk_.await_question();
    EXPECT_TRUE(stands(heard(ask(quick, relay::StandingAsked{}))));
    EXPECT_TRUE(is_spoken_to(heard(ask(quick, conversation()))));
    EXPECT_TRUE(is_silent(waits));
    desk_.let_go();
    EXPECT_TRUE(stands(heard(waits)));
}

TEST_F(SlowRegistry, AConversationThatWaitsForItHoldsUpNobodyAndIsHeldThen) {
    const UniqueFd waits = ask(slow, conversation());
    desk_.await_question();
    EXPECT_TRUE(is_spoken_to(heard(ask(quick, conversation()))));
    EXPECT_TRUE(is_silent(waits));
    desk_.let_go();
    EXPECT_TRUE(is_spoken_to(heard(waits)));
}

TEST_F(SlowRegistry, TheEndOfTheServiceDoesNotWaitForIt) {
    const UniqueFd waits = ask(slow, conversation());
    desk_.await_question();
    loop_.end_all();
    EXPECT_TRUE(is_hung_up(waits));
}

TEST_F(SlowRegistry, WhoeverWritesTakesNoThreadOfLogins) {
    const auto writers = everything_that_is_written();
    desk_.await_questions(2);
    EXPECT_TRUE(stands(heard(ask(stranger, relay::StandingAsked{}))));
    EXPECT_TRUE(is_spoken_to(heard(ask(stranger, conversation()))));
    for (const UniqueFd& one : writers)
        EXPECT_TRUE(is_silent(one)) << "it waits, and is not turned away";
    desk_.let_go();
    for (const UniqueFd& one : writers)
        EXPECT_TRUE(stands(heard(one))) << "what this desk says to everything";
}

TEST_F(SlowRegistry, WhetherItCanJudgeIsAnsweredOutOfMemoryThoughNoWorkerIsFree) {
    for (std::size_t i = 0; i < few.threads + few.queue; ++i)
        ASSERT_TRUE(service_.context().stores.submit([this] { static_cast<void>(desk_.host_of(slow)); }));
    EXPECT_TRUE(stands(heard(ask(quick, relay::StandingAsked{}))));
}

TEST_F(SlowRegistry, OfOneHostThatBringsManyOneWaitsThere) {
    std::vector<UniqueFd> waiting;
    for (int i = 0; i < 20; ++i)
        waiting.push_back(ask(slow, conversation()));
    desk_.await_question();
    EXPECT_TRUE(is_spoken_to(heard(ask(stranger, conversation()))));
    EXPECT_TRUE(stands(heard(ask(stranger, relay::StandingAsked{}))));
    desk_.let_go();
    for (const UniqueFd& one : waiting)
        EXPECT_TRUE(is_spoken_to(heard(one)));
}

// Its logins wait there, and the relay waits a second for this.
TEST_F(SlowRegistry, WhetherItCanJudgeForAHostDoesNotWaitBehindWhatThatHostBrings) {
    std::vector<UniqueFd> waiting;
    for (int i = 0; i < 20; ++i)
        waiting.push_back(ask(slow, conversation()));
    desk_.await_question();
    const UniqueFd ping = ask(slow, relay::StandingAsked{});
    desk_.await_questions(2);
    EXPECT_EQ(desk_.answers, 1U);
}

// Whoever has broken into one asks for as much as they like.
TEST_F(SlowRegistry, OfOneHostThatAsksForMuchOneIsUnderWayAndOneWaitsAndTheOthersHaveTheirTurn) {
    const UniqueFd under_way = ask(slow, relay::RenewalAsked{"request"});
    desk_.await_question();
    const UniqueFd waits = ask(slow, relay::BreakGlassUsed{});
    for (int i = 0; i < 300; ++i)
        ASSERT_TRUE(is_busy(heard(ask(slow, relay::RenewalAsked{"request"})))) << i;
    EXPECT_TRUE(stands(heard(ask(quick, relay::BreakGlassUsed{})))) << "by the other thread";
    EXPECT_TRUE(stands(heard(ask(stranger, relay::RenewalAsked{"request"}))));
    EXPECT_TRUE(is_silent(under_way));
    EXPECT_TRUE(is_silent(waits)) << "it is not turned away";
    desk_.let_go();
    EXPECT_TRUE(stands(heard(under_way)));
    EXPECT_TRUE(stands(heard(waits)));
}

// Forty machines behind one address that join with one token, and somebody there who never stops.
TEST_F(SlowRegistry, OfWhoJoinsManyWaitBehindOneAddressAndOthersHaveTheirTurn) {
    const auto joins = [this](const std::string& address) {
        return ask({}, relay::JoinAsked{Secret::copy_of("token"), "web01", "request"}, address);
    };
    desk_.newcomers_wait = true;
    std::vector<UniqueFd> waiting;
    for (int i = 0; i < 65; ++i)
        waiting.push_back(joins("192.0.2.1"));
    desk_.await_question();
    EXPECT_TRUE(is_busy(heard(joins("192.0.2.1"))));
    EXPECT_TRUE(stands(heard(ask(quick, relay::BreakGlassUsed{}))));
    const UniqueFd elsewhere = joins("192.0.2.2");
    desk_.await_questions(2);
    desk_.let_go();
    EXPECT_TRUE(stands(heard(elsewhere)));
    for (const UniqueFd& one : waiting)
        EXPECT_TRUE(stands(heard(one)));
}

TEST_F(SlowRegistry, HoweverManyComeToAHostOverTheNetworkSomebodyAtItsConsoleIsSpokenTo) {
    constexpr std::size_t most =
        service::HostsAcceptor::numbers.per_trusted - service::HostsAcceptor::kept_for_the_console;
    std::vector<UniqueFd> crowd;
    for (std::size_t i = 0; i < most; ++i) {
        crowd.push_back(ask(quick, at_a_prompt("192.0.2.7")));
        ASSERT_TRUE(is_spoken_to(heard(crowd.back()))) << i;
    }
    EXPECT_FALSE(is_spoken_to(heard(ask(quick, at_a_prompt("192.0.2.7")))));
    const UniqueFd console = ask(quick, at_a_prompt(""));
    EXPECT_TRUE(is_spoken_to(heard(console)));
}

// Whoever has a shell there begins as many sudo as they like.
TEST_F(SlowRegistry, HoweverManyAreLocalToAHostRootIsSpokenToAtItsConsole) {
    constexpr std::size_t most =
        service::HostsAcceptor::numbers.per_trusted - service::HostsAcceptor::kept_for_root;
    std::vector<UniqueFd> crowd;
    for (std::size_t i = 0; i < most; ++i) {
        crowd.push_back(ask(quick, at_a_prompt("", 1000)));
        ASSERT_TRUE(is_spoken_to(heard(crowd.back()))) << i;
    }
    EXPECT_FALSE(is_spoken_to(heard(ask(quick, at_a_prompt("", 1000)))));
    const UniqueFd console = ask(quick, at_a_prompt("", 0));
    EXPECT_TRUE(is_spoken_to(heard(console)));
}

TEST_F(SlowRegistry, AfterTheEndNothingIsWrittenForWhoIsGone) {
    const auto writers = everything_that_is_written();
    desk_.await_questions(2);
    loop_.end_all();
    desk_.let_go();
    EXPECT_TRUE(service_.context().registrars.finish(std::chrono::seconds{20}));
    EXPECT_EQ(desk_.answers, 2U);
}

// The loop has taken the time, and the thread that was to tell of it comes late.
TEST_F(SlowRegistry, TheTimeToAskEndsNothingWhileAWorkerHasTheQuestion) {
    const UniqueFd waits = ask(slow, conversation());
    desk_.await_question();
    last_->on_time();
    EXPECT_TRUE(is_silent(waits));
    desk_.let_go();
    EXPECT_TRUE(is_spoken_to(heard(waits)));
}

TEST_F(SlowRegistry, AQuestionForWhichThereIsNoMemoryIsHungUp) {
    EXPECT_TRUE(is_hung_up(ask(too_much, conversation())));
    EXPECT_TRUE(is_hung_up(ask(too_much, relay::StandingAsked{})));
}

}  // namespace
}  // namespace secondstep::testing
