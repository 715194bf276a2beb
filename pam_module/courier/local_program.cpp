#include "courier/local_program.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "courier/message_id.h"
#include "process/child.h"

namespace secondstep::courier {

using delivery::Cause;
using delivery::DeliveryOutcome;
using delivery::Report;
using std::chrono::steady_clock;

namespace {

constexpr std::size_t longest_output = 4096;
constexpr int not_startable = 127;  // what a shell says too

Report failed(Cause cause, std::string detail) {
    return {.outcome = DeliveryOutcome::failed, .cause = cause, .detail = std::move(detail)};
}

struct Pipe {
    UniqueFd read;
    UniqueFd write;
};

Result<Pipe> make_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fail_errno("pipe", errno);
    return Pipe{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

// C strings for execve(2), in memory that is wiped.
class ArgumentVector {
  public:
    explicit ArgumentVector(const std::vector<Secret>& arguments) {
        for (const Secret& argument : arguments) {
            Secret terminated = argument.clone();
            terminated.push_back('\0');
            words_.push_back(std::move(terminated));
        }
        for (Secret& word : words_)
            pointers_.push_back(reinterpret_cast<char*>(word.bytes().data()));
        pointers_.push_back(nullptr);
    }
    [[nodiscard]] char* const* get() const { return pointers_.data(); }

  private:
    std::vector<Secret> words_;
    std::vector<char*> pointers_;
};

[[noreturn]] void become_program(char* const* arguments, int input, int output) {
    // UTF-8: gammu-smsd-inject cuts a text off at the first letter that the locale has not.
    static constexpr std::array<const char*, 3> environment = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin",
                                                               "LC_ALL=C.UTF-8", nullptr};
    ::setpgid(0, 0);                              // so that all it starts can be killed with it
    ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);  // and when this process is killed
    sigset_t none;
    ::sigemptyset(&none);
    ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
    ::signal(SIGPIPE, SIG_DFL);
    if (::dup2(input, STDIN_FILENO) >= 0 && ::dup2(output, STDOUT_FILENO) >= 0 &&
        ::dup2(output, STDERR_FILENO) >= 0) {
        // execve takes no const, and changes nothing.
        ::execve(arguments[0], arguments, const_cast<char* const*>(environment.data()));
    }
    const char* const why = ::strerrordesc_np(errno);
    static_cast<void>(!::write(STDERR_FILENO, why, std::strlen(why)));
    ::_exit(not_startable);
}

// The program while it runs; killed with all its children when it is still running at the end.
class Running {
  public:
    Running(pid_t pid, UniqueFd input, UniqueFd output)
        : pid_(pid),
          process_(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))),
          input_(std::move(input)),
          output_(std::move(output)) {
        for (const int fd : {input_.get(), output_.get()})
            ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
    }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;
    ~Running() {
        if (pid_ < 0) return;
        ::kill(-pid_, SIGKILL);
        ::kill(pid_, SIGKILL);  // if it had not come as far as setpgid
        static_cast<void>(wait());
    }

    // False: the time is over.
    bool feed(std::string_view input, steady_clock::time_point end) {
        for (;;) {
            if (input.empty()) input_ = UniqueFd();
            std::array<pollfd, 3> waiting = {pollfd{process_.get(), POLLIN, 0},
                                             pollfd{output_.get(), POLLIN, 0},
                                             pollfd{input_.get(), POLLOUT, 0}};
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - steady_clock::now());
            if (left.count() <= 0) return false;
            if (::poll(waiting.data(), waiting.size(), static_cast<int>(left.count())) < 0 && errno != EINTR)
                return false;
            if (waiting[1].revents != 0) read_output();
            if (waiting[2].revents != 0) write_input(input);
            if (waiting[0].revents != 0) {
                read_output();
                return true;
            }
        }
    }

    Result<int> wait() { return process::status_of(std::exchange(pid_, -1)); }

    [[nodiscard]] std::string last_line(const Redaction& redaction) const {
        std::string_view text = printed_;
        while (text.ends_with('\n') || text.ends_with('\r'))
            text.remove_suffix(1);
        const std::size_t begin = text.rfind('\n');
        return printable(redaction.of(begin == std::string_view::npos ? text : text.substr(begin + 1)), 200);
    }

  private:
    void read_output() {
        std::array<char, 1024> part{};
        const ssize_t size = ::read(output_.get(), part.data(), part.size());
        if (size > 0) {
            printed_.append(part.data(), static_cast<std::size_t>(size));
            if (printed_.size() > longest_output) printed_.erase(0, printed_.size() - longest_output);
        } else if (size == 0 || errno != EAGAIN) {
            output_ = UniqueFd();  // poll(2) passes over -1
        }
    }
    void write_input(std::string_view& input) {
        const ssize_t size = ::write(input_.get(), input.data(), input.size());
        if (size > 0) input.remove_prefix(static_cast<std::size_t>(size));
        if (size < 0 && errno != EAGAIN && errno != EINTR) input = {};  // it does not want the rest
    }

    pid_t pid_;
    UniqueFd process_;
    UniqueFd input_;
    UniqueFd output_;
    std::string printed_;
};

Report judge(int status, const std::string& said) {
    if (WIFSIGNALED(status)) {
        return failed(Cause::program, "killed by signal " + std::to_string(WTERMSIG(status)) + " " + said);
    }
    const int code = WEXITSTATUS(status);
    const std::string id = message_id_in(said);
    const std::string detail = "exit status " + std::to_string(code) + (said.empty() ? "" : ": ") + said;
    switch (code) {
        case 0:
            return {.outcome = DeliveryOutcome::sent,
                    .cause = Cause::none,
                    .detail = id.empty() ? "" : "id " + id};
        case EX_TEMPFAIL:
            return {.outcome = DeliveryOutcome::deferred, .cause = Cause::none, .detail = detail};
        case EX_NOUSER:
        case EX_NOHOST:
            return failed(Cause::recipient, detail);
        case not_startable:
            return failed(Cause::misconfigured, "the program cannot be started: " + said);
        default:
            return failed(Cause::program, detail);
    }
}

}  // namespace

Report run_program(const std::vector<Secret>& arguments, std::string_view input, const Redaction& redaction,
                   std::chrono::milliseconds limit) {
    const ArgumentVector vector(arguments);
    Result<Pipe> in = make_pipe();
    Result<Pipe> out = make_pipe();
    if (!in || !out) return failed(Cause::program, (in ? out.error() : in.error()).detail);
    ::signal(SIGPIPE, SIG_IGN);  // a program that reads nothing is no reason to die
    const pid_t pid = ::fork();
    if (pid < 0) return failed(Cause::program, fail_errno("fork", errno).error().detail);
    if (pid == 0) become_program(vector.get(), in->read.get(), out->write.get());
    in->read = UniqueFd();
    out->write = UniqueFd();
    Running program(pid, std::move(in->write), std::move(out->read));
    if (!program.feed(input, steady_clock::now() + limit)) {
        return failed(Cause::program,
                      "was killed because it did not end in time " + program.last_line(redaction));
    }
    const Result<int> status = program.wait();
    if (!status) return failed(Cause::program, "nobody can say how it ended: " + status.error().detail);
    return judge(*status, program.last_line(redaction));
}

}  // namespace secondstep::courier
