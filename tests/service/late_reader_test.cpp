// A client that reads late, or never.

#include "secondstepd/session.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <pwd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <ctime>
#include <future>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "service/client.h"
#include "service/in_process_service.h"

namespace secondstep::testing {
namespace {

using namespace std::chrono_literals;
using Shape = InProcessService::Shape;

// The service's end has room for a few packets only, and the peer does not read until
// all its answers are sent.
class LateReader : public ::testing::Test {
  protected:
    LateReader() {
        std::array<int, 2> ends{};
        if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) std::terminate();
        client_.emplace(UniqueFd(ends[0]));
        service_end_ = UniqueFd(ends[1]);
        const int smallest = 1;
        if (::setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, &smallest, sizeof smallest) != 0) std::terminate();
    }
    void begin(const std::vector<std::string>& answers) {
        client_->send(hello_for(own_name()));
        for (const std::string& answer : answers)
            client_->answer(answer);
        auto place = service_.limits.admit(1, service::Limits::Rank::user);
        service::Session::create(sessions_, std::move(service_end_), {::getuid(), true, std::move(*place)})
            ->start();  // to where it can send no more
    }

    // Into the menu and back, as often as one dialogue allows.
    static std::vector<std::string> many_menus() {
        std::vector<std::string> answers;
        for (int i = 0; i < 9; ++i)
            answers.insert(answers.end(), {"?", ""});
        return answers;
    }
    static Shape without_threads() {
        Shape shape;
        shape.threads = 0;
        shape.timeouts.answer = 1s;
        return shape;
    }
    InProcessService service_{without_threads()};
    void serve_until_it_ends() {
        while (service_.limits.held() > 0)
            ASSERT_TRUE(loop_.serve_one(180s));
    }
    service::EventLoop loop_{[](const std::exception& e) { ADD_FAILURE() << e.what(); }};
    service::Sessions sessions_{loop_, service_.context()};
    std::optional<Client> client_;
    UniqueFd service_end_;
};

TEST_F(LateReader, MissesNothing) {
    const auto enrolled = service_.installation.enroll_self();
    std::vector<std::string> answers = many_menus();
    answers.push_back(code_of(enrolled.key));
    begin(answers);
    ASSERT_EQ(service_.limits.held(), 1U);
    const std::jthread service_thread([this] { serve_until_it_ends(); });
    while (client_->next_question()) {
    }
    EXPECT_EQ(client_->verdict(), Verdict::accepted);
    EXPECT_EQ(client_->shown().size(), 10U) << "the hint and nine menus";
}

TEST_F(LateReader, WhoNeverReadsIsGivenUp) {
    service_.installation.enroll_self();
    begin(many_menus());
    ASSERT_EQ(service_.limits.held(), 1U);
    serve_until_it_ends();
    EXPECT_EQ(service_.limits.held(), 0U);
    EXPECT_NE(service_.log().find("verdict=cancelled user=" + own_name()), std::string::npos)
        << service_.log();
}

// Accepted between the moment in which all were told to end and the end.
TEST_F(LateReader, WhoComesWhileTheServiceEndsIsNotWaitedFor) {
    EXPECT_EQ(loop_.end_all(), 0U);
    for (const bool later : {false, true}) {
        std::array<int, 2> ends{};
        ASSERT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()), 0);
        Client client{UniqueFd(ends[0])};
        auto place = service_.limits.admit(1, service::Limits::Rank::user);
        const auto session =
            service::Session::create(sessions_, UniqueFd(ends[1]), {::getuid(), true, std::move(*place)});
        later ? session->start_later() : session->start();
        EXPECT_TRUE(client.hangs_up_without_a_word()) << "the next service is to be asked";
    }
}

TEST_F(LateReader, DoesNotHoldUpTheEndOfTheService) {
    service_.installation.enroll_self();
    begin(many_menus());
    ASSERT_EQ(service_.limits.held(), 1U);
    EXPECT_EQ(loop_.end_all(), 1U);
    EXPECT_EQ(service_.limits.held(), 0U);
}

// Whose last question just fitted: the verdict does not any more.
class LateReaderWithQuestions : public LateReader, public ::testing::WithParamInterface<std::size_t> {};

TEST_P(LateReaderWithQuestions, DoesNotHoldUpTheEndOfTheService) {
    service_.installation.enroll_self();
    std::vector<std::string> answers = many_menus();
    answers.resize(GetParam());
    begin(answers);
    ASSERT_EQ(service_.limits.held(), 1U);
    EXPECT_EQ(loop_.end_all(), 1U);
    EXPECT_EQ(service_.limits.held(), 0U);
}

INSTANTIATE_TEST_SUITE_P(SoMany, LateReaderWithQuestions, ::testing::Range(std::size_t{0}, std::size_t{18}));

}  // namespace
}  // namespace secondstep::testing
