// Stands in for secondstep-qr-reader: its standard input says what it is to do.
#include <dirent.h>
#include <grp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string>
#include <string_view>

#include "qr/reader/answer.h"

extern char** environ;

namespace {

using namespace secondstep;

void write_all(ByteView bytes) {
    while (!bytes.empty()) {
        const ssize_t size = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
        if (size <= 0) ::_exit(3);
        bytes = bytes.subspan(static_cast<std::size_t>(size));
    }
}

void say(const std::string& text) {
    qr_reader::Contents contents;
    contents.push_back(Secret::copy_of(text));
    write_all(qr_reader::encode(std::move(contents)));
}

std::string descriptors() {
    std::string list;
    DIR* const directory = ::opendir("/proc/self/fd");
    while (const dirent* const entry = ::readdir(directory)) {
        const std::string name = entry->d_name;
        if (name != "." && name != ".." && std::stoi(name) != ::dirfd(directory)) list += " " + name;
    }
    return list;
}

std::string who_and_what() {
    sigset_t blocked;
    ::sigprocmask(SIG_BLOCK, nullptr, &blocked);
    return "uid " + std::to_string(::getuid()) + " " + std::to_string(::geteuid()) + " gid " +
           std::to_string(::getgid()) + " groups " +
           std::to_string(::getuid() == ::geteuid() ? ::getgroups(0, nullptr) : -1) + " environment " +
           (*environ == nullptr ? "empty" : *environ) + " descriptors" + descriptors() + " blocked " +
           std::to_string(sigismember(&blocked, SIGTERM));
}

}  // namespace

int main() {
    std::array<char, 64> input{};
    const ssize_t size = ::read(STDIN_FILENO, input.data(), input.size());
    const std::string_view wish(input.data(), static_cast<std::size_t>(size > 0 ? size : 0));
    if (wish == "who") say(who_and_what());
    if (wish == "hang")
        for (;;)
            ::pause();
    if (wish == "answer and hang") {
        say("text");
        for (;;)
            ::pause();
    }
    if (wish == "die") ::raise(SIGSYS);
    if (wish == "too long") ::raise(SIGXCPU);
    if (wish == "answer and die") {
        say("text");
        ::raise(SIGKILL);
    }
    if (wish == "answer and fail") {
        say("text");
        return 1;
    }
    if (wish == "talk for ever")
        for (;;)
            say(std::string(8000, 'x'));
    if (wish == "garbage") write_all(as_bytes("otpauth://totp/a?secret=JBSWY3DPEHPK3PXP"));
}
