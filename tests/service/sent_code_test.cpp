// Codes that are sent, where dialogues, the background and the courier have threads of their own.

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <vector>

#include "service/in_process_service.h"

namespace secondstep::testing {
namespace {

using delivery::MessagePurpose;

class SentCodeService : public ::testing::Test {
  protected:
    SentCodeService() { service_.installation.enroll_address(own_name(), ::getuid(), "owner@example.com"); }
    static wire::Hello hello(const std::string& rhost = "192.0.2.7") {
        wire::Hello hello = hello_for(own_name(), "sshd", rhost);
        hello.first_factor_passed = true;
        return hello;
    }
    // A dialogue whose prompt is there.
    std::unique_ptr<Client> arrive(const std::string& rhost = "192.0.2.7") {
        auto client = std::make_unique<Client>(service_.path());
        client->send(hello(rhost));
        EXPECT_TRUE(client->next_question());
        return client;
    }
    [[nodiscard]] std::size_t codes_sent() { return service_.courier.sent(MessagePurpose::code).size(); }

    InProcessService service_;
};

TEST_F(SentCodeService, ThePromptIsThereBeforeAnythingIsSent) {
    std::promise<void> prompt_seen;
    std::promise<std::string> handed_over;
    service_.courier.on_send = [&] {
        prompt_seen.get_future().wait();
        handed_over.set_value(service_.courier.last_code());
    };
    const auto client = arrive();
    prompt_seen.set_value();  // a service that waits for the courier never comes here
    client->answer(handed_over.get_future().get());
    EXPECT_FALSE(client->next_question());
    EXPECT_EQ(client->verdict(), Verdict::accepted);
}

TEST_F(SentCodeService, OfTwentyDialoguesAtOnceOneSendsACode) {
    std::vector<std::unique_ptr<Client>> clients;
    for (int i = 0; i < 20; ++i)
        clients.push_back(std::make_unique<Client>(service_.path()));
    for (const auto& client : clients)
        client->send(hello());
    for (const auto& client : clients)
        EXPECT_TRUE(client->next_question());
    service_.finish_sending();
    EXPECT_EQ(codes_sent(), 1U);
    unsigned accepted = 0;
    for (const auto& client : clients)
        client->answer(service_.courier.last_code());
    for (const auto& client : clients) {
        if (!client->next_question() && client->verdict() == Verdict::accepted) ++accepted;
    }
    EXPECT_EQ(accepted, 1U);
}

TEST_F(SentCodeService, TwentyPlacesAtOnceCannotCauseMoreThanTheBudget) {
    std::vector<std::unique_ptr<Client>> clients;
    for (int i = 0; i < 20; ++i) {
        clients.push_back(std::make_unique<Client>(service_.path()));
        clients.back()->send(hello("192.0.2." + std::to_string(i + 1)));
    }
    for (const auto& client : clients)
        EXPECT_TRUE(client->next_question());
    service_.finish_sending();
    EXPECT_EQ(codes_sent(), 3U);
    EXPECT_EQ(service_.installation.account(own_name()).state.sends.size(), 3U);
}

TEST_F(SentCodeService, ASilentCourierHoldsNobodyUp) {
    service_.courier.silent = true;
    const auto waiting = arrive();
    const std::string other = "192.0.2.99";
    EXPECT_EQ(Client(service_.path()).log_in(hello(other), {"00000000"}), Verdict::cancelled);
    service_.finish_sending();
    waiting->answer_nothing();
    EXPECT_FALSE(waiting->next_question());
    service_.courier.report_all({delivery::DeliveryOutcome::failed, delivery::Cause::no_answer, "silence"});
    EXPECT_NE(service_.log().find("silence"), std::string::npos) << "a report that comes after all is over";
    EXPECT_TRUE(service_.installation.account(own_name()).state.sent.undelivered);
}

TEST_F(SentCodeService, NothingOfTheCodeOrTheAddressIsInTheLog) {
    // The prompt is there before the job that sends is handed to a worker:
    // only the courier knows when it came.
    std::promise<std::string> handed_over;
    service_.courier.on_send = [&] { handed_over.set_value(service_.courier.last_code()); };
    const auto client = arrive();
    const std::string code = handed_over.get_future().get();
    client->answer(code);
    EXPECT_FALSE(client->next_question());
    EXPECT_EQ(client->verdict(), Verdict::accepted);
    const std::string log = service_.log();
    EXPECT_NE(log.find("verdict=accepted"), std::string::npos);
    EXPECT_NE(log.find("method=mail"), std::string::npos);
    EXPECT_EQ(log.find(code), std::string::npos);
    EXPECT_EQ(log.find("owner@"), std::string::npos);
}

}  // namespace
}  // namespace secondstep::testing
