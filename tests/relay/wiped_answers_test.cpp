// What was typed passes through two relays, and stays in the memory of none.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <charconv>
#include <fstream>

#include "relay/frame.h"
#include "relay/played_service.h"
#include "relay/relay_world.h"
#include "relay/speech.h"

namespace secondstep::testing {
namespace {

constexpr std::uintptr_t largest_region = 1U << 28U;

// In how many places of all that a process may write to.
std::size_t places_of(const std::string& text, pid_t process) {
    const std::string folder = "/proc/" + std::to_string(process);
    const UniqueFd memory(::open((folder + "/mem").c_str(), O_RDONLY | O_CLOEXEC));
    std::ifstream maps(folder + "/maps");
    std::size_t places = 0;
    for (std::string line; std::getline(maps, line);) {
        std::uintptr_t begin = 0;
        std::uintptr_t end = 0;
        const char* const last = line.data() + line.size();
        const auto first = std::from_chars(line.data(), last, begin, 16);
        const auto second = std::from_chars(first.ptr + 1, last, end, 16);
        if (std::string_view(second.ptr + 1, 2) != "rw") continue;
        if (end - begin > largest_region) continue;  // of a sanitizer: what it knows of all memory
        std::string content(end - begin, '\0');
        const ssize_t size = ::pread(memory.get(), content.data(), content.size(), static_cast<off_t>(begin));
        if (size <= 0) continue;
        for (std::size_t at = 0; (at = content.find(text, at)) != std::string::npos; ++at)
            ++places;
    }
    return places;
}

TEST(WipedAnswers, AreInNoRelayWhenTheConversationIsOver) {
    if (::geteuid() != 0) GTEST_SKIP() << "who is not root may not look";
    RelayWorld world;
    const RelayWorld::Machine node = world.node("auth1");
    const RelayWorld::Machine host = world.host("web01", {node});
    const PlayedService service(node.socket);
    RelayProcess node_process(node.config);
    node_process.await_line("is ready");
    RelayProcess host_process(host.config);
    host_process.await_line("is asked from now on");
    for (const std::string& typed :
         {std::string("4711-typed-0815"), "4711-typed-0815" + std::string(4000, 'x')}) {
        PacketPeer talk(host.socket);
        talk.send(open_of("alice", "4711-typed-0815 in a hello"));
        static_cast<void>(talk.receive());
        for (int round = 0; round < 3; ++round) {
            talk.send(answer_of(typed));
            EXPECT_EQ(said(talk.receive()), typed);
        }
    }
    PacketPeer another(host.socket);
    another.send(open_of("bob", "something else"));
    EXPECT_EQ(said(another.receive()), "something else");
    EXPECT_EQ(places_of("4711-typed", host_process.pid()), 0U);
    EXPECT_EQ(places_of("4711-typed", node_process.pid()), 0U);
    EXPECT_GT(places_of(relay::previous_protocol, node_process.pid()), 0U)
        << "the control: this finds what is there";
}

}  // namespace
}  // namespace secondstep::testing
