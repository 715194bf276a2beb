#pragma once

#include <dirent.h>
#include <grp.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/text.h"

extern char** environ;

// For programs that stand in for a reader of strangers' files: their standard input says what they are to do.
namespace secondstep::testing {

inline void write_all(ByteView bytes) {
    while (!bytes.empty()) {
        const ssize_t size = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
        if (size <= 0) ::_exit(3);
        bytes = bytes.subspan(static_cast<std::size_t>(size));
    }
}

inline std::string descriptors() {
    std::string list;
    DIR* const directory = ::opendir("/proc/self/fd");
    while (const dirent* const entry = ::readdir(directory)) {
        const std::string name = entry->d_name;
        if (name != "." && name != ".." && std::stoi(name) != ::dirfd(directory)) list += " " + name;
    }
    return list;
}

inline std::string who_and_what() {
    sigset_t blocked;
    ::sigprocmask(SIG_BLOCK, nullptr, &blocked);
    return "uid " + std::to_string(::getuid()) + " " + std::to_string(::geteuid()) + " gid " +
           std::to_string(::getgid()) + " groups " +
           std::to_string(::getuid() == ::geteuid() ? ::getgroups(0, nullptr) : -1) + " environment " +
           (*environ == nullptr ? "empty" : *environ) + " descriptors" + descriptors() + " blocked " +
           std::to_string(sigismember(&blocked, SIGTERM));
}

[[noreturn]] inline void wait_for_ever() {
    for (;;)
        ::pause();
}

// `answer` writes a good answer that holds this text. The exit status.
inline int misbehave(const std::function<void(const std::string&)>& answer) {
    std::array<char, 64> input{};
    const ssize_t size = ::read(STDIN_FILENO, input.data(), input.size());
    const std::string_view wish(input.data(), static_cast<std::size_t>(size > 0 ? size : 0));
    if (wish == "who") answer(who_and_what());
    if (wish == "hang") wait_for_ever();
    if (wish == "die") ::raise(SIGSYS);
    if (wish == "too long") ::raise(SIGXCPU);
    if (wish == "garbage") write_all(as_bytes("otpauth://totp/a?secret=JBSWY3DPEHPK3PXP"));
    if (wish == "talk for ever")
        for (;;)
            answer(std::string(8000, 'x'));
    if (!wish.starts_with("answer and ")) return 0;
    answer("text");
    if (wish == "answer and hang") wait_for_ever();
    if (wish == "answer and die") ::raise(SIGKILL);
    if (wish == "answer and say more") write_all(as_bytes("x"));
    return wish == "answer and fail" ? 1 : 0;
}

}  // namespace secondstep::testing
