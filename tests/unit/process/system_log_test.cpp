#include "process/system_log.h"

#include <gmock/gmock.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/file.h"
#include "support/temporary_directory.h"

namespace secondstep::testing {
namespace {

using process::LogChannel;
using process::SystemLog;
using ::testing::EndsWith;
using ::testing::HasSubstr;

// A syslog daemon that reads when it is told to.
class SystemLogTest : public ::testing::Test {
  protected:
    SystemLogTest() {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path_.copy(address.sun_path, sizeof(address.sun_path) - 1);
        if (::bind(daemon_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0)
            throw std::runtime_error("bind");
    }
    [[nodiscard]] std::vector<std::string> read() const {
        std::vector<std::string> lines;
        std::array<char, 4096> room{};
        for (;;) {
            const ssize_t size = ::recv(daemon_.get(), room.data(), room.size(), MSG_DONTWAIT);
            if (size < 0) return lines;
            lines.emplace_back(room.data(), static_cast<std::size_t>(size));
        }
    }
    TemporaryDirectory directory_;
    std::string path_ = directory_.file("log");
    UniqueFd daemon_{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
};

TEST_F(SystemLogTest, WaitsForNobodyAndSaysHowManyLinesWereLeftOut) {
    SystemLog log(LogChannel::syslog(path_, "secondstep-relay"));
    for (int i = 0; i < 10'000; ++i)
        log.write(LogChannel::Level::info, std::to_string(i));
    const std::size_t taken = read().size();
    ASSERT_GT(taken, 0U);
    ASSERT_LT(taken, 10'000U) << "the control: syslog(3) would wait here for ever";
    log.write(LogChannel::Level::error, "the next");
    const auto lines = read();
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_THAT(lines.front(),
                HasSubstr(": " + std::to_string(10'000 - taken) + " lines were not logged here"));
    EXPECT_TRUE(lines.back().starts_with("<83>")) << lines.back();
    EXPECT_THAT(lines.back(), HasSubstr(" secondstep-relay["));
    EXPECT_THAT(lines.back(), EndsWith(": the next"));
    log.write(LogChannel::Level::info, "and so on");
    EXPECT_EQ(read().size(), 1U);
}

TEST_F(SystemLogTest, WaitsNoLongerThanItIsAllowedTo) {
    SystemLog log(LogChannel::syslog(path_, "secondstep-courier"), std::chrono::milliseconds{20});
    LogChannel filling = LogChannel::syslog(path_);
    while (filling.send(LogChannel::Level::info, "full")) {
    }
    log.write(LogChannel::Level::info, "left out");
    static_cast<void>(read());
    log.write(LogChannel::Level::info, "the next");
    EXPECT_EQ(read().size(), 2U);
}

TEST_F(SystemLogTest, LeavesOutWhatNobodyListensTo) {
    SystemLog log(LogChannel::syslog(directory_.file("nobody"), "secondstep-relay"),
                  std::chrono::milliseconds{20});
    log.write(LogChannel::Level::info, "a line");
}

}  // namespace
}  // namespace secondstep::testing
