#include "check/running_service.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>
#include <vector>

#include "policy/config.h"
#include "support/temporary_directory.h"
#include "unit/wire/listener.h"
#include "wire/message.h"

namespace secondstep::tool {

namespace {

constexpr std::string_view standing = R"({"version":"0.0.9","configuration":"7"})";

// Answers as services of `version` do, each connection's first packet: a newer hello with misconfigured, and its own
// with how it stands.
class ServiceOfVersion {
  public:
    explicit ServiceOfVersion(std::uint8_t version)
        : listener_(directory_.file("s")), thread_([this, version] { serve(version); }) {}
    [[nodiscard]] std::optional<RunningService> seen() {
        const auto config = parse_config("socket = " + directory_.file("s") + "\n", "c");
        auto found = running_service(*config);
        thread_.join();
        return found;
    }
    std::vector<std::uint8_t> heard;

  private:
    void serve(std::uint8_t version) {
        for (bool understood = false; !understood;) {
            const UniqueFd peer = listener_.accept();
            Bytes room(wire::max_message);
            if (::recv(peer.get(), room.data(), room.size(), 0) <= 0) return;
            heard.push_back(room[0]);
            understood = room[0] <= version;
            const Result<Secret> said =
                understood ? wire::encode(wire::Show{wire::Style::data, Secret::copy_of(standing)}, version)
                           : wire::encode(wire::End{.verdict = Verdict::misconfigured}, version);
            ::send(peer.get(), said->bytes().data(), said->size(), MSG_NOSIGNAL);
        }
    }
    testing::TemporaryDirectory directory_;
    testing::Listener listener_;
    std::jthread thread_;
};

TEST(RunningService, OfAnOlderVersionOfTheProtocolSaysThatItIsOlder) {
    if (::geteuid() != 0) GTEST_SKIP() << "it tells root alone";
    for (const std::uint8_t version : {std::uint8_t{1}, std::uint8_t{2}, wire::protocol_version}) {
        ServiceOfVersion service(version);
        const auto seen = service.seen();
        ASSERT_TRUE(seen) << +version;
        EXPECT_EQ(seen->version, "0.0.9");
        EXPECT_EQ(seen->configuration, "7");
        EXPECT_EQ(service.heard.back(), version);
    }
}

}  // namespace

}  // namespace secondstep::tool
