// The built program, seen from outside while it waits for the first byte of its picture.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>

#include "base/file.h"

namespace secondstep {
namespace {

constexpr uid_t nobody = 65534;

class BuiltReader : public ::testing::Test {
  protected:
    void SetUp() override {
        std::array<int, 2> in{};
        std::array<int, 2> out{};
        ASSERT_EQ(::pipe2(in.data(), O_CLOEXEC), 0);
        ASSERT_EQ(::pipe2(out.data(), O_CLOEXEC), 0);
        // Opened here: nobody may not get to it.
        const UniqueFd program(::open(SECONDSTEP_QR_READER, O_RDONLY | O_CLOEXEC));
        reader_ = ::fork();
        if (reader_ == 0) {
            ::dup2(in[0], STDIN_FILENO);
            ::dup2(out[1], STDOUT_FILENO);
            if (::getuid() == 0) static_cast<void>(::setresuid(nobody, nobody, nobody));
            char name[] = "secondstep-qr-reader";
            char* const words[] = {name, nullptr};
            char* const environment[] = {nullptr};
            ::fexecve(program.get(), words, environment);
            ::_exit(127);
        }
        picture_ = UniqueFd(in[1]);
        answer_ = UniqueFd(out[0]);
        ::close(in[0]);
        ::close(out[1]);
    }
    void TearDown() override {
        if (reader_ <= 0) return;
        ::kill(reader_, SIGKILL);
        ::waitpid(reader_, nullptr, 0);
    }

    [[nodiscard]] std::string proc(const std::string& name) const {
        std::ifstream file("/proc/" + std::to_string(reader_) + "/" + name);
        std::stringstream text;
        text << file.rdbuf();
        return text.str();
    }
    // Until it is locked up, which nothing announces; a reader that never is makes the test fail.
    [[nodiscard]] bool is_locked_up() const {
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{10};
        while (std::chrono::steady_clock::now() < end) {
            if (proc("status").find("Seccomp:\t2\n") != std::string::npos) return true;
            std::this_thread::yield();
        }
        return false;
    }

    pid_t reader_ = -1;
    UniqueFd picture_;
    UniqueFd answer_;
};

TEST_F(BuiltReader, IsLockedUpBeforeTheFirstByteOfThePicture) {
    ASSERT_TRUE(is_locked_up());
    EXPECT_NE(proc("status").find("NoNewPrivs:\t1\n"), std::string::npos);
    const std::string limits = proc("limits");
    EXPECT_NE(limits.find("Max open files            0                    0"), std::string::npos) << limits;
    EXPECT_NE(limits.find("Max file size             0                    0"), std::string::npos) << limits;
    EXPECT_NE(limits.find("Max core file size        0                    0"), std::string::npos) << limits;
    EXPECT_NE(limits.find("Max address space         671088640            671088640"), std::string::npos)
        << limits;
    // What a process that may not be looked into has in /proc is root's (PR_SET_DUMPABLE).
    struct stat status{};
    ASSERT_EQ(::stat(("/proc/" + std::to_string(reader_) + "/mem").c_str(), &status), 0);
    EXPECT_EQ(status.st_uid, 0U);
}

TEST_F(BuiltReader, AnswersWhenThePictureIsThere) {
    ASSERT_TRUE(is_locked_up());
    picture_ = UniqueFd();  // nothing comes
    std::array<char, 16> answer{};
    EXPECT_EQ(::read(answer_.get(), answer.data(), answer.size()), 5);
    EXPECT_EQ(std::string(answer.data(), 5), std::string("SQR1\1", 5));
    int status = -1;
    EXPECT_EQ(::waitpid(std::exchange(reader_, -1), &status, 0) > 0, true);
    EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace secondstep
