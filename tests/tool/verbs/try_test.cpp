#include <gmock/gmock.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>
#include <filesystem>
#include <thread>

#include "tool_world.h"
#include "wire/message.h"

using ::testing::HasSubstr;
using ::testing::Not;

namespace secondstep::testing {

namespace {

// A service that asks once and ends with the verdict of the test.
class OneDialogue {
  public:
    OneDialogue(const std::string& path, Verdict verdict, bool echo = false)
        : listener_(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, path.c_str(), sizeof(address.sun_path) - 1);
        if (::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 ||
            ::listen(listener_.get(), 4) != 0) {
            throw std::runtime_error("bind " + path);
        }
        thread_ = std::jthread([this, verdict, echo] { serve(verdict, echo); });
    }
    wire::Hello hello;
    std::string answer;
    wire::AnswerKind kind = wire::AnswerKind::none;
    void join() { thread_.join(); }

  private:
    static constexpr std::uint8_t version = wire::protocol_version;
    static void send(int fd, const Secret& packet) {
        ASSERT_EQ(::send(fd, packet.bytes().data(), packet.size(), MSG_NOSIGNAL),
                  static_cast<ssize_t>(packet.size()));
    }
    static wire::Message receive(int fd) {
        std::array<std::uint8_t, wire::max_message> buffer{};
        const ssize_t n = ::recv(fd, buffer.data(), buffer.size(), 0);
        auto message = wire::decode({buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(n, 0))});
        if (!message) throw std::runtime_error(message.error().detail);
        return std::move(*message);
    }
    void serve(Verdict verdict, bool echo) {
        const UniqueFd peer(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        hello = std::get<wire::Hello>(receive(peer.get()));
        Secret turn;
        ASSERT_TRUE(
            wire::append(turn, wire::Show{wire::Style::info, Secret::copy_of("Hello there")}, version));
        ASSERT_TRUE(wire::append(turn, wire::Ask{echo, "Verification code: ", 0}, version));
        send(peer.get(), turn);
        const auto reply = receive(peer.get());
        kind = std::get<wire::Answer>(reply).kind;
        answer = std::get<wire::Answer>(reply).text.text();
        send(peer.get(), *wire::encode(wire::End{verdict}));
    }
    UniqueFd listener_;
    std::jthread thread_;
};

class Try : public ToolWorld {
  protected:
    Try() { set_up(); }
};

TEST_F(Try, CarriesTheDialogueAndEndsByItsVerdict) {
    const std::vector<std::pair<Verdict, int>> endings{{Verdict::accepted, 0},     {Verdict::refused, 1},
                                                       {Verdict::not_needed, 6},   {Verdict::unavailable, 4},
                                                       {Verdict::cancelled, 1},    {Verdict::not_allowed, 5},
                                                       {Verdict::misconfigured, 4}};
    for (const auto& [verdict, status] : endings) {
        std::filesystem::remove(file("run/s.sock"));
        OneDialogue service(file("run/s.sock"), verdict);
        const Finished done = tool({"try", me()}, "123456\n");
        service.join();
        EXPECT_EQ(done.status, status) << done.err;
        EXPECT_THAT(done.out, HasSubstr("used up"));
        EXPECT_THAT(done.out, HasSubstr("Hello there\nVerification code: "));
        EXPECT_EQ(service.answer, "123456");
        EXPECT_EQ(service.hello.user, me());
        EXPECT_EQ(service.hello.service, "secondstep-try");
        EXPECT_EQ(service.hello.purpose, Purpose::authenticate);
        EXPECT_FALSE(service.hello.first_factor_passed);
    }
}

TEST_F(Try, SaysThatTheFirstFactorHasPassedOnlyWhenToldTo) {
    OneDialogue service(file("run/s.sock"), Verdict::accepted);
    EXPECT_EQ(tool({"try", me(), "--first-factor"}, "123456\n").status, 0);
    service.join();
    EXPECT_TRUE(service.hello.first_factor_passed);
}

TEST_F(Try, HidesWhatIsTyped) {
    OneDialogue service(file("run/s.sock"), Verdict::accepted);
    ChildProcess child(words({"try", me(), "--service", "sshd"}), ChildProcess::Kind::terminal);
    ASSERT_TRUE(child.wait_for("Verification code: "));
    child.send("424242\n");
    const Finished done = child.finish();
    EXPECT_EQ(done.status, 0);
    EXPECT_THAT(done.out, Not(HasSubstr("424242")));
    service.join();
    EXPECT_EQ(service.hello.service, "sshd");
    EXPECT_EQ(service.answer, "424242");
}

TEST_F(Try, TellsTheEndOfInputFromAnEmptyAnswer) {
    {
        OneDialogue service(file("run/s.sock"), Verdict::cancelled);
        EXPECT_EQ(tool({"try", me()}).status, 1);
        service.join();
        EXPECT_EQ(service.kind, wire::AnswerKind::none);
    }
    std::filesystem::remove(file("run/s.sock"));
    {
        OneDialogue service(file("run/s.sock"), Verdict::refused);
        EXPECT_EQ(tool({"try", me()}, "\n").status, 1);
        service.join();
        EXPECT_EQ(service.kind, wire::AnswerKind::text);
        EXPECT_EQ(service.answer, "");
    }
    std::filesystem::remove(file("run/s.sock"));
    {
        OneDialogue service(file("run/s.sock"), Verdict::refused);
        EXPECT_EQ(tool({"try", me()}, std::string(600, '1') + "\n").status, 1);
        service.join();
        EXPECT_EQ(service.kind, wire::AnswerKind::too_long);
    }
}

TEST_F(Try, GivesScriptsTheVerdict) {
    OneDialogue service(file("run/s.sock"), Verdict::refused);
    const Finished done = tool({"try", me(), "--json"}, "1\n");
    EXPECT_EQ(done.status, 1);
    EXPECT_EQ(nlohmann::json::parse(done.out)["verdict"], "refused");
    service.join();
}

TEST_F(Try, WithoutAServiceIsUnavailable) {
    const Finished done = tool({"try", me()});
    EXPECT_EQ(done.status, 4);
    EXPECT_THAT(done.err, HasSubstr("cannot be reached"));
}

}  // namespace

}  // namespace secondstep::testing
