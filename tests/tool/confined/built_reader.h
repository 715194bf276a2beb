#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <utility>

#include "base/file.h"

namespace secondstep::testing {

// A built reader of strangers' files, seen from outside while it waits for the first byte of its input.
class BuiltReader : public ::testing::Test {
  protected:
    BuiltReader(std::string program, unsigned long memory) : path_(std::move(program)), memory_(memory) {}
    void SetUp() override {
        std::array<int, 2> in{};
        std::array<int, 2> out{};
        ASSERT_EQ(::pipe2(in.data(), O_CLOEXEC), 0);
        ASSERT_EQ(::pipe2(out.data(), O_CLOEXEC), 0);
        // Opened here: nobody may not get to it.
        const UniqueFd program(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
        reader_ = ::fork();
        if (reader_ == 0) {
            ::dup2(in[0], STDIN_FILENO);
            ::dup2(out[1], STDOUT_FILENO);
            constexpr uid_t nobody = 65534;
            if (::getuid() == 0) static_cast<void>(::setresuid(nobody, nobody, nobody));
            char name[] = "reader";
            char* const words[] = {name, nullptr};
            char* const environment[] = {nullptr};
            ::fexecve(program.get(), words, environment);
            ::_exit(127);
        }
        input_ = UniqueFd(in[1]);
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

    void expect_locked_up() const {
        ASSERT_TRUE(is_locked_up());
        EXPECT_NE(proc("status").find("NoNewPrivs:\t1\n"), std::string::npos);
        const std::string limits = proc("limits");
        const std::string memory = std::to_string(memory_);
        for (const std::string& line :
             {std::string("Max open files            0                    0"),
              std::string("Max file size             0                    0"),
              std::string("Max core file size        0                    0"),
              "Max address space         " + memory + std::string(21 - memory.size(), ' ') + memory})
            EXPECT_NE(limits.find(line), std::string::npos) << limits;
        // What a process that may not be looked into has in /proc is root's (PR_SET_DUMPABLE).
        struct stat status{};
        ASSERT_EQ(::stat(("/proc/" + std::to_string(reader_) + "/mem").c_str(), &status), 0);
        EXPECT_EQ(status.st_uid, 0U);
    }
    // What it says to an input of nothing, and that it ends well.
    [[nodiscard]] std::string answer_to_nothing() {
        input_ = UniqueFd();
        std::array<char, 64> answer{};
        const ssize_t size = ::read(answer_.get(), answer.data(), answer.size());
        int status = -1;
        EXPECT_GT(::waitpid(std::exchange(reader_, -1), &status, 0), 0);
        EXPECT_EQ(status, 0);
        return {answer.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
    }

    std::string path_;
    unsigned long memory_;
    pid_t reader_ = -1;
    UniqueFd input_;
    UniqueFd answer_;
};

}  // namespace secondstep::testing
