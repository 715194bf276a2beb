#include "relay/line.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>

#include "base/file.h"
#include "support/temporary_directory.h"

namespace secondstep::relay {
namespace {

using testing::TemporaryDirectory;

constexpr uid_t nobody = 65534;

int listen_at(const std::string& path) {
    const int socket = ::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, path.size());
    if (::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) return -1;
    return ::listen(socket, 4) == 0 ? socket : -1;
}

// A process of that uid that listens, and ends with 0 if the first that connected said nothing, with 1 if it did.
class Listening {
  public:
    Listening(const std::string& path, uid_t uid) {
        std::array<int, 2> ready{};
        if (::pipe2(ready.data(), O_CLOEXEC) != 0) std::abort();
        process_ = ::fork();
        if (process_ == 0) {
            if (::setresuid(uid, uid, uid) != 0) ::_exit(2);
            const int socket = listen_at(path);
            if (socket < 0 || ::write(ready[1], "x", 1) != 1) ::_exit(3);
            const int peer = ::accept(socket, nullptr, nullptr);
            char said = 0;
            ::_exit(::recv(peer, &said, 1, 0) > 0 ? 1 : 0);
        }
        ::close(ready[1]);
        char word = 0;
        is_there_ = ::read(ready[0], &word, 1) == 1;
        ::close(ready[0]);
    }
    Listening(const Listening&) = delete;
    Listening& operator=(const Listening&) = delete;
    ~Listening() {
        if (process_ > 0) static_cast<void>(heard());
    }
    [[nodiscard]] bool is_there() const { return is_there_; }
    [[nodiscard]] bool heard() {
        int status = 0;
        ::waitpid(process_, &status, 0);
        process_ = -1;
        return status != 0;
    }

  private:
    pid_t process_ = -1;
    bool is_there_ = false;
};

class LineToTheRelay : public ::testing::Test {
  protected:
    LineToTheRelay() { ::chmod(directory_.path().c_str(), 0777); }
    [[nodiscard]] Result<void> say_a_code(const IsRelay& is_relay) const {
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{20};
        const auto line = line_to_the_relay(path_, is_relay, until);
        if (!line) return std::unexpected(line.error());
        return (*line)->send(Answer{{}, Secret::copy_of(std::string_view("123456"))}, until);
    }
    TemporaryDirectory directory_;
    const std::string path_ = directory_.file("relay.sock");
};

TEST_F(LineToTheRelay, SaysNothingToWhoIsNotTheRelay) {
    if (::geteuid() != 0) GTEST_SKIP() << "needs another uid";
    Listening impostor(path_, nobody);
    ASSERT_TRUE(impostor.is_there());
    const auto said = say_a_code([](uid_t) { return false; });
    ASSERT_FALSE(said);
    EXPECT_EQ(said.error().code, Errc::untrusted);
    EXPECT_NE(said.error().detail.find("uid 65534 listens at " + path_), std::string::npos)
        << said.error().detail;
    EXPECT_NE(said.error().detail.find("fleet_account"), std::string::npos);
    EXPECT_FALSE(impostor.heard());
}

TEST_F(LineToTheRelay, SaysItToTheAccountOfTheRelay) {
    if (::geteuid() != 0) GTEST_SKIP() << "needs another uid";
    Listening relay(path_, nobody);
    ASSERT_TRUE(relay.is_there());
    EXPECT_TRUE(say_a_code([](uid_t uid) { return uid == nobody; }));
    EXPECT_TRUE(relay.heard());
}

// As systemd does it, whose socket it is.
TEST_F(LineToTheRelay, AsksForNoAccountWhereWhoRunsThisListens) {
    Listening relay(path_, ::geteuid());
    ASSERT_TRUE(relay.is_there());
    EXPECT_TRUE(say_a_code([](uid_t) {
        ADD_FAILURE();
        return false;
    }));
    EXPECT_TRUE(relay.heard());
}

}  // namespace
}  // namespace secondstep::relay
