#include "delivery/courier_link.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <latch>

#include "sample_message.h"
#include "support/fake_courier.h"
#include "support/temporary_directory.h"

namespace secondstep::delivery {
namespace {

using namespace std::chrono_literals;
using testing::code_message;
using testing::FakeCourier;

// Waits for what should come at once; that it takes so long is a failure by itself.
template <typename T>
T soon(std::future<T> future) {
    if (future.wait_for(180s) != std::future_status::ready) throw std::runtime_error("nothing came");
    return future.get();
}

class CourierLinkTest : public ::testing::Test {
  protected:
    testing::TemporaryDirectory directory_;
    std::string socket_ = directory_.file("courier.sock");

    static std::future<Report> sent_through(CourierLink& link, std::chrono::seconds patience = 0s) {
        auto promise = std::make_shared<std::promise<Report>>();
        std::future<Report> report = promise->get_future();
        link.send(code_message(), patience,
                  [promise](Report r) { promise->set_value(std::move(r)); });  // twice would throw
        return report;
    }
};

TEST_F(CourierLinkTest, TakesTheMessageOverAndTheReportBack) {
    FakeCourier courier(socket_, FakeCourier::saying("sent 250 OK\n"));
    CourierLink link(socket_);
    const Report report = soon(sent_through(link));
    EXPECT_EQ(to_line(report), "sent 250 OK");
    ASSERT_EQ(courier.packets().size(), 1U);
    const auto message = decode_message(courier.packets()[0]);
    ASSERT_TRUE(message.has_value());
    EXPECT_EQ(message->code.text(), "012345");
    EXPECT_EQ(message->to.text(), "alice@example.com");
}

TEST_F(CourierLinkTest, ReportsThatNobodyListens) {
    CourierLink link(socket_);
    const Report report = soon(sent_through(link));
    EXPECT_EQ(to_line(report), "failed courier nobody listens on " + socket_);
}

TEST_F(CourierLinkTest, ReportsACourierThatCrashes) {
    FakeCourier courier(socket_, [](int, int) {});
    CourierLink link(socket_);
    EXPECT_EQ(to_line(soon(sent_through(link))), "failed courier secondstep-courier ended without a report");
}

TEST_F(CourierLinkTest, ReportsACourierThatHangs) {
    std::promise<void> hung_up;
    FakeCourier courier(socket_, [&](int, int fd) {
        char nothing{};
        static_cast<void>(::recv(fd, &nothing, 1, 0));  // until the link gives up and closes
        hung_up.set_value();
    });
    CourierLink link(socket_, {.report = 50ms, .first_retry = 1s});
    EXPECT_EQ(to_line(soon(sent_through(link))), "failed courier secondstep-courier gave no report in time");
    soon(hung_up.get_future());
}

TEST_F(CourierLinkTest, ReportsACourierThatTalksNonsense) {
    for (const std::string& line :
         {std::string("hello"), std::string(5000, 's'), std::string("sent\nsent"), std::string("sent\n\n")}) {
        testing::TemporaryDirectory directory;
        FakeCourier courier(directory.file("s"), FakeCourier::saying(line));
        CourierLink link(directory.file("s"));
        const Report report = soon(sent_through(link));
        EXPECT_EQ(report.outcome, DeliveryOutcome::failed) << line;
        EXPECT_EQ(report.cause, Cause::courier) << line;
    }
}

TEST_F(CourierLinkTest, SendsADeferredMessageAgainWithoutASecondReport) {
    std::promise<void> third;
    FakeCourier courier(socket_, [&](int number, int fd) {
        FakeCourier::say(fd, number < 3 ? "deferred 451 try later" : "sent");
        if (number == 3) third.set_value();
    });
    CourierLink link(socket_, {.report = 5s, .first_retry = 1ms});
    std::atomic<int> reports = 0;
    std::promise<Report> first;
    link.send(code_message(), 60s, [&](Report r) {
        if (++reports == 1) first.set_value(std::move(r));
    });
    EXPECT_EQ(to_line(soon(first.get_future())), "deferred 451 try later");
    soon(third.get_future());
    EXPECT_EQ(reports, 1);
    const auto packets = courier.packets();
    ASSERT_EQ(packets.size(), 3U);
    EXPECT_EQ(packets[0], packets[2]);
}

TEST_F(CourierLinkTest, DoesNotSendAgainAfterItsPatience) {
    FakeCourier courier(socket_, FakeCourier::saying("deferred"));
    CourierLink link(socket_, {.report = 5s, .first_retry = 1ms});
    EXPECT_EQ(soon(sent_through(link, 0s)).outcome, DeliveryOutcome::deferred);
    EXPECT_EQ(soon(sent_through(link, 0s)).outcome, DeliveryOutcome::deferred);
    EXPECT_EQ(courier.packets().size(), 2U)
        << "a third connection would have come before the second message's";
}

TEST_F(CourierLinkTest, OneThatHangsHoldsUpNobody) {
    constexpr int hanging = 40;
    std::latch all_there(hanging);
    std::promise<void> release;
    const std::shared_future<void> released = release.get_future().share();
    FakeCourier courier(socket_, [&](int number, int fd) {
        if (number <= hanging) {
            all_there.count_down();
            released.wait();
        }
        FakeCourier::say(fd, "sent");
    });
    CourierLink link(socket_);
    std::vector<std::future<Report>> waiting;
    for (int i = 0; i < hanging; ++i)
        waiting.push_back(sent_through(link));
    all_there.wait();
    EXPECT_EQ(soon(sent_through(link)).outcome, DeliveryOutcome::sent);
    release.set_value();
    for (auto& report : waiting)
        EXPECT_EQ(soon(std::move(report)).outcome, DeliveryOutcome::sent);
}

// connect(2) says EAGAIN then, and poll(2) cannot wait for room.
TEST_F(CourierLinkTest, WaitsWhenTheQueueOfTheSocketIsFull) {
    constexpr int messages = 30;
    FakeCourier courier(socket_, FakeCourier::saying("sent"), 0);
    CourierLink link(socket_);
    std::vector<std::future<Report>> reports;
    for (int i = 0; i < messages; ++i)
        reports.push_back(sent_through(link));
    for (auto& report : reports)
        EXPECT_EQ(to_line(soon(std::move(report))), "sent");
}

TEST_F(CourierLinkTest, GivesEveryReportThatIsOwedWhenItEnds) {
    std::latch both_there(2);
    std::promise<void> release;
    const std::shared_future<void> released = release.get_future().share();
    FakeCourier courier(socket_, [&](int, int) {
        both_there.count_down();
        released.wait();
    });
    auto link = std::make_unique<CourierLink>(socket_);
    std::future<Report> first = sent_through(*link);
    std::future<Report> second = sent_through(*link, 60s);
    both_there.wait();
    link.reset();
    EXPECT_EQ(soon(std::move(first)).outcome, DeliveryOutcome::deferred)
        << "the courier has it and delivers it";
    EXPECT_EQ(soon(std::move(second)).outcome, DeliveryOutcome::deferred);
    release.set_value();
}

TEST_F(CourierLinkTest, FlushWaitsUntilACourierHasIt) {
    std::promise<void> release;
    const std::shared_future<void> released = release.get_future().share();
    auto courier = std::make_unique<FakeCourier>(socket_, [&](int, int) { released.wait(); });
    {
        CourierLink link(socket_);
        std::future<Report> report = sent_through(link);
        link.flush(20s);
    }  // the process that sent it is gone; what was handed over arrives all the same
    release.set_value();
    std::size_t arrived = 0;
    while (arrived == 0)
        arrived = courier->packets().size();
    EXPECT_EQ(arrived, 1U);
}

TEST_F(CourierLinkTest, FlushGivesUpAfterItsPatience) {
    UniqueFd listener(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    socket_.copy(address.sun_path, sizeof(address.sun_path) - 1);
    ASSERT_EQ(::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    ASSERT_EQ(::listen(listener.get(), 0), 0);
    auto link = std::make_unique<CourierLink>(socket_);
    std::vector<std::future<Report>> reports;
    for (int i = 0; i < 5; ++i)  // more than the queue holds, and nobody accepts
        reports.push_back(sent_through(*link));
    const auto began = std::chrono::steady_clock::now();
    link->flush(50ms);
    EXPECT_GE(std::chrono::steady_clock::now() - began, 50ms);
    EXPECT_NE(reports[4].wait_for(0s), std::future_status::ready);
    link.reset();
    EXPECT_EQ(soon(std::move(reports[4])).cause, Cause::courier) << "no courier has it";
}

TEST_F(CourierLinkTest, RefusesWhatCannotBeEncoded) {
    CourierLink link(socket_);
    Message message = code_message();
    message.contact = std::string(2000, 'x');
    std::promise<Report> report;
    link.send(std::move(message), 0s, [&](Report r) { report.set_value(std::move(r)); });
    EXPECT_EQ(soon(report.get_future()).cause, Cause::courier);
}

TEST_F(CourierLinkTest, DeliverWaitsForTheReport) {
    FakeCourier courier(socket_, FakeCourier::saying("failed login 535 no"));
    EXPECT_EQ(to_line(deliver(socket_, code_message())), "failed login 535 no");
}

}  // namespace
}  // namespace secondstep::delivery
