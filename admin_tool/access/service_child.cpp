#include "access/service_child.h"

#include <grp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <exception>
#include <new>

#include "base/text.h"
#include "people/people_index.h"

namespace secondstep::tool {

namespace {

struct Ids {
    uid_t uid = 0;
    gid_t gid = 0;
    bool are_others = false;  // not the ones this process has: there is something to drop
};

constexpr std::array ending{SIGINT, SIGQUIT, SIGTERM, SIGHUP};

sigset_t ending_signals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int number : ending)
        sigaddset(&set, number);
    return set;
}

OrExit<Ids> ids_to_take(const Config& config) {
    const auto found = look_up(config.service_account);
    if (!found) return stop(complain(found.error()));
    const bool root = ::geteuid() == 0;
    if (!*found) {
        return stop(complain(Exit::unavailable, "there is no account \"" + config.service_account +
                                                    "\" (service_account): run secondstep setup" +
                                                    (root ? "" : " as root")));
    }
    const Ids ids{(*found)->uid, (*found)->gid, (*found)->uid != ::geteuid()};
    if (ids.are_others && !root)
        return stop(complain(Exit::not_allowed, "the store belongs to the account \"" +
                                                    config.service_account + "\": run as root"));
    return ids;
}

}  // namespace

OrExit<void> may_run_as_service_account(const Config& config) {
    const auto ids = ids_to_take(config);
    if (!ids) return stop(ids.error());
    return {};
}

namespace {

bool take(const Ids& ids) {
    if (::setgroups(1, &ids.gid) != 0) return false;
    if (::setresgid(ids.gid, ids.gid, ids.gid) != 0) return false;
    if (::setresuid(ids.uid, ids.uid, ids.uid) != 0) return false;
    return ::setuid(0) != 0;  // the way back must be closed
}

// Keys and codes are in this process: no core file, no debugger of the same account,
// no end without its parent.
void harden(pid_t parent) {
    ::umask(0077);
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    ::prctl(PR_SET_DUMPABLE, 0);
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (::getppid() != parent) ::_exit(static_cast<int>(Exit::unavailable));
}

Exit guarded(const std::function<Exit()>& work) {
    try {
        return work();
    } catch (const std::exception& problem) {
        return complain(Exit::unavailable, std::string("unexpected problem: ") + problem.what());
    }
}

struct ChildEnd {
    Exit status = Exit::unavailable;
    int signal = 0;
    bool committing = false;
    // For when everything is settled: a Ctrl-C that the terminal sent to both may still wait for this
    // process, and would end it before it has removed the files of an enrollment that did not happen.
    sigset_t mask_before{};
};

// Waits for the child and hands on what ends this process in the meantime: the child decides what is still to
// be finished, the files are put in order afterwards.
ChildEnd wait_for(pid_t child) {
    sigset_t set = ending_signals();
    sigaddset(&set, SIGCHLD);
    ChildEnd end;
    for (;;) {
        int status = 0;
        const pid_t ended = ::waitpid(child, &status, WNOHANG);
        if (ended == child) {
            if (WIFSIGNALED(status)) end.signal = WTERMSIG(status);
            if (WIFEXITED(status)) end.status = static_cast<Exit>(WEXITSTATUS(status));
            return end;
        }
        if (ended < 0 && errno != EINTR) {  // nobody will ever say how it ended
            end.status = complain(fail_errno("waiting for the process that does the work", errno).error());
            return end;
        }
        int number = 0;
        if (::sigwait(&set, &number) == 0 && number != SIGCHLD) ::kill(child, number);
    }
}

// A child that is killed at a prompt for something hidden leaves the terminal mute.
class TerminalModes {
  public:
    TerminalModes() : known_(::tcgetattr(STDIN_FILENO, &modes_) == 0) {}
    void restore() const {
        if (known_) ::tcsetattr(STDIN_FILENO, TCSANOW, &modes_);
    }

  private:
    termios modes_{};
    bool known_;
};

[[noreturn]] void end_child(Exit status) {
    ::_exit(static_cast<int>(status));
}

ChildEnd run_child(const Ids& ids, const Work& work) {
    const CommitMark mark;
    const TerminalModes modes;
    sigset_t blocked = ending_signals();
    sigset_t before;
    sigaddset(&blocked, SIGCHLD);
    ::sigprocmask(SIG_BLOCK, &blocked, &before);
    const pid_t parent = ::getpid();
    const pid_t child = ::fork();
    if (child == 0) {
        if (ids.are_others && !take(ids))
            end_child(complain(Exit::unavailable, "cannot take the ids of the service account"));
        harden(parent);
        ::sigprocmask(SIG_SETMASK, &before, nullptr);
        end_child(guarded([&] { return work(mark); }));
    }
    ChildEnd end;
    if (child < 0) {
        end.status = complain(fail_errno("the process that does the work cannot be started", errno).error());
    } else {
        end = wait_for(child);
    }
    if (end.signal != 0) modes.restore();
    end.committing = mark.is_set();
    end.mask_before = before;
    return end;
}

Exit settle(std::vector<CallerFile>& files, const ChildEnd& end) {
    Exit status = end.signal == 0 ? end.status : Exit::unavailable;
    const bool keep = end.committing || (end.signal == 0 && end.status == Exit::done);
    for (CallerFile& file : files) {
        if (!keep) {
            file.discard();
        } else if (const auto published = file.publish(); !published) {
            status = complain(Exit::refused, published.error().detail);
        } else if (*published == Placed::unconfirmed) {
            complain(Exit::done,
                     printable(file.path()) +
                         " is there, but the disk did not confirm it, and a power cut may undo it");
        }
    }
    return status;
}

[[noreturn]] void die_by(int signal, const sigset_t& mask) {
    ::signal(signal, SIG_DFL);
    ::sigprocmask(SIG_SETMASK, &mask, nullptr);
    ::raise(signal);
    ::_exit(128 + signal);
}

}  // namespace

SharedFlag::SharedFlag() {
    void* page =
        ::mmap(nullptr, sizeof(std::atomic<bool>), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) throw std::bad_alloc();
    shared_ = new (page) std::atomic<bool>(false);
}

SharedFlag::~SharedFlag() {
    ::munmap(shared_, sizeof(std::atomic<bool>));
}

void SharedFlag::set() const {
    shared_->store(true);
}

void SharedFlag::clear() const {
    shared_->store(false);
}

bool SharedFlag::is_set() const {
    return shared_->load();
}

Exit run_as_service_account(const Config& config, std::vector<CallerFile>& files, const Work& work) {
    const auto ids = ids_to_take(config);
    if (!ids) return ids.error();
    const ChildEnd end = run_child(*ids, work);
    const Exit status = settle(files, end);
    if (end.signal != 0) {
        files.clear();
        die_by(end.signal, end.mask_before);
    }
    ::sigprocmask(SIG_SETMASK, &end.mask_before, nullptr);
    return status;
}

Exit run_as_caller(const std::function<Exit()>& work) {
    const ChildEnd end = run_child({}, [&work](const CommitMark&) { return work(); });
    if (end.signal != 0) die_by(end.signal, end.mask_before);
    ::sigprocmask(SIG_SETMASK, &end.mask_before, nullptr);
    return end.status;
}

SignalsHeld::SignalsHeld() {
    const sigset_t set = ending_signals();
    ::sigprocmask(SIG_BLOCK, &set, &before_);
}

SignalsHeld::~SignalsHeld() {
    ::sigprocmask(SIG_SETMASK, &before_, nullptr);
}

bool SignalsHeld::one_is_waiting() {
    sigset_t pending;
    sigemptyset(&pending);
    ::sigpending(&pending);
    return std::ranges::any_of(ending, [&](int number) { return sigismember(&pending, number) == 1; });
}

}  // namespace secondstep::tool
