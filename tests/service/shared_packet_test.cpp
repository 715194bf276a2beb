// Texts travel with the question or the verdict behind them, but nobody waits for one that is ready.

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <future>
#include <thread>

#include "secondstepd/once.h"
#include "secondstepd/translation.h"
#include "service/client.h"
#include "service/in_process_service.h"

namespace secondstep::testing {
namespace {

using Shape = InProcessService::Shape;

TEST(SharedPacket, ATurnIsOne) {
    InProcessService service;
    const auto enrolled = service.installation.enroll_self();
    Client client(service.path());
    EXPECT_EQ(client.log_in(hello_for(own_name()), {wrong_code(enrolled.key), code_of(enrolled.key)}),
              Verdict::accepted);
    EXPECT_EQ(client.shown().size(), 2U) << "the hint, the refusal";
    EXPECT_EQ(client.packets(), 3);
}

TEST(SharedPacket, IsSentBeforeWhatTakesLongAndNotBeforeALookup) {
    using dialogue::Work;
    const auto work = [](Work::Kind kind) { return dialogue::Step(Work{.kind = kind, .job = nullptr}); };
    EXPECT_TRUE(service::takes_long(dialogue::Wait{}));
    EXPECT_TRUE(service::takes_long(work(Work::Kind::scrypt)));
    EXPECT_TRUE(service::takes_long(work(Work::Kind::sending)));
    EXPECT_FALSE(service::takes_long(work(Work::Kind::lookup)));
    EXPECT_FALSE(service::takes_long(dialogue::Show{}));
    EXPECT_FALSE(service::takes_long(dialogue::Ask{}));
    EXPECT_FALSE(service::takes_long(dialogue::Background{}));
    EXPECT_FALSE(service::takes_long(dialogue::End{}));
}

wire::Hello renewal() {
    wire::Hello hello = hello_for(own_name());
    hello.purpose = Purpose::manage;
    hello.task = Task::recovery_codes;
    return hello;
}

// Somebody whose recovery codes were renewed: with their next code they are told, and then new ones are hashed.
struct RenewedBefore {
    RenewedBefore() {
        EXPECT_EQ(Client(service.path()).log_in(renewal(), {code_of(enrolled.key), "saved"}),
                  Verdict::accepted);
    }
    static Shape one_hash_at_a_time() {
        Shape shape;
        shape.scrypts = {.threads = 1, .queue = 8};
        return shape;
    }
    void answer_with_the_next_code(Client& client) const {
        client.send(renewal());
        ASSERT_TRUE(client.next_question());
        client.answer(code_of(enrolled.key, 1));
    }
    InProcessService service{one_hash_at_a_time()};
    Installation::Enrolled enrolled = service.installation.enroll_self();
};

void expect_news_now_and_codes_later(Client& client, const std::function<void()>& open_the_gate) {
    const wire::Message news = client.receive();
    ASSERT_TRUE(std::holds_alternative<wire::Show>(news));
    EXPECT_NE(std::get<wire::Show>(news).text.text().find("ecovery codes"), std::string::npos);
    EXPECT_FALSE(client.has_unread()) << "the rest waits for the hashes";
    open_the_gate();
    ASSERT_TRUE(client.next_question());
    EXPECT_EQ(client.shown().size(), 1U) << "the codes, with the question whether they are saved";
}

TEST(SharedPacket, ATextDoesNotWaitForAWorker) {
    RenewedBefore world;
    std::promise<void> gate;
    ASSERT_TRUE(world.service.occupy_scrypts([open = gate.get_future().share()] { open.wait(); }));
    Client client(world.service.path());
    world.answer_with_the_next_code(client);
    expect_news_now_and_codes_later(client, [&] { gate.set_value(); });
}

// Recovery codes are made of nothing before it opens.
class GatedRandomness final : public Randomness {
  public:
    void fill(MutableByteView out) override {
        if (out.size() == 32) opened_.wait();  // the pepper
        real_.fill(out);
    }
    void open() { gate_.set_value(); }

  private:
    SystemRandomness real_;
    std::promise<void> gate_;
    std::shared_future<void> opened_ = gate_.get_future().share();
};

TEST(SharedPacket, ATextDoesNotWaitForWhatASingleDialogueDoesItself) {
    RenewedBefore world;
    GatedRandomness randomness;
    std::array<int, 2> ends{};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()), 0);
    Client client{UniqueFd(ends[0])};
    const UniqueFd theirs(ends[1]);
    const auto settings = world.service.context().settings.get();
    std::jthread once([&] {
        dialogue::Ports ports = service::ports_of(*settings, world.service.context());
        ports.randomness = &randomness;
        static_cast<void>(service::serve_once(theirs.get(), *settings, ports, service::Timeouts{}));
    });
    world.answer_with_the_next_code(client);
    expect_news_now_and_codes_later(client, [&] { randomness.open(); });
    client.answer("saved");
    EXPECT_FALSE(client.next_question());
    EXPECT_EQ(client.verdict(), Verdict::accepted);
}

}  // namespace
}  // namespace secondstep::testing
