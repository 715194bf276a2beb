#include "parts/confined_call.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <optional>
#include <utility>

#include "base/file.h"
#include "process/child.h"
#include "process/privileges.h"
#include "wire/deadline.h"
#include "wire/descriptor.h"

namespace secondstep::tool {

namespace {

constexpr int not_startable = 127;

// What root's reader runs as; nothing for everybody else, who has no other ids to take.
Result<std::optional<process::Ids>> ids_to_take() {
    if (::geteuid() != 0) return std::nullopt;
    const auto nobody = process::ids_of("nobody");
    if (!nobody) {
        return fail(
            Errc::unsupported,
            "There is no account nobody with ids of its own, and what root is given by others is read "
            "as nobody.");
    }
    return *nobody;
}

// All that the child needs, got before fork(2): between that and exec only system calls are safe.
struct Start {
    UniqueFd program;
    UniqueFd input;
    UniqueFd answer;
    std::optional<process::Ids> ids;
    std::vector<std::string> texts;
    std::vector<char*> words;
    pid_t parent;
};

// Also when the parent died before it could be said.
bool end_with(pid_t parent) {
    return ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 && ::getppid() == parent;
}

// Of a caller that had closed its own, /dev/null may be 2 at once; so it is opened last.
bool put_descriptors(const Start& start) {
    if (::dup2(start.input.get(), STDIN_FILENO) < 0 || ::dup2(start.answer.get(), STDOUT_FILENO) < 0) {
        return false;
    }
    const int nothing = ::open("/dev/null", O_WRONLY);
    return nothing >= 0 && ::dup2(nothing, STDERR_FILENO) >= 0 &&
           ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) == 0;
}

[[noreturn]] void become_reader(const Start& start) {
    char* const environment[] = {nullptr};
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    // Other ids forget what was said about the parent's death, so that comes after them.
    if (put_descriptors(start) && (!start.ids || process::take_ids(*start.ids)) && end_with(start.parent)) {
        // By its descriptor: nobody may not get through all directories that lead to a build tree.
        ::syscall(SYS_execveat, start.program.get(), "", start.words.data(), environment, AT_EMPTY_PATH);
    }
    ::_exit(not_startable);
}

// The reader while it runs; killed when it still does at the end.
class Reader {
  public:
    Reader(pid_t pid, UniqueFd answer) : pid_(pid), answer_(std::move(answer)) {}
    Reader(Reader&& other) noexcept
        : pid_(std::exchange(other.pid_, -1)), answer_(std::move(other.answer_)) {}
    Reader& operator=(Reader&&) = delete;
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;
    ~Reader() {
        if (pid_ < 0) return;
        ::kill(pid_, SIGKILL);
        static_cast<void>(process::status_of(pid_));
    }

    // All it writes, until it closes its end. Errors: timed_out, io.
    Result<Secret> take_answer(const ConfinedCall& call, const wire::Deadline& deadline) {
        Secret answer;
        Secret part(65536);
        for (;;) {
            if (!deadline.await(answer_.get(), POLLIN)) return fail(Errc::timed_out, "");
            const ssize_t size = ::read(answer_.get(), part.bytes().data(), part.size());
            if (size == 0) return answer;
            if (size < 0 && errno != EINTR && errno != EAGAIN) return fail_errno("Reading the answer", errno);
            if (size > 0) answer.append(part.bytes().first(static_cast<std::size_t>(size)));
            if (answer.size() > call.longest_answer)
                return fail(Errc::io, call.name + " answers without end.");
        }
    }

    // As waitpid(2) has it.
    Result<int> wait(std::chrono::milliseconds patience) {
        return process::status_of(std::exchange(pid_, -1), patience);
    }

  private:
    pid_t pid_;
    UniqueFd answer_;
};

Result<UniqueFd> open_above_standard(const ConfinedCall& call) {
    UniqueFd fd(::open(call.program.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd.valid()) return fail_errno(call.name + " cannot be started", errno);
    return wire::above_standard(std::move(fd));
}

// "/usr/libexec/secondstep/secondstep-qr-reader" => "secondstep-qr-reader"
std::string name_of(const std::string& program) {
    return program.substr(program.rfind('/') + 1);
}

Result<Start> prepare(const ConfinedCall& call) {
    auto program = open_above_standard(call);
    if (!program) return std::unexpected(program.error());
    UniqueFd input(::fcntl(call.input, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
    if (!input.valid()) return fail_errno("The input of " + name_of(call.program), errno);
    const auto ids = ids_to_take();
    if (!ids) return std::unexpected(ids.error());
    Start start{.program = std::move(*program),
                .input = std::move(input),
                .answer = UniqueFd(),
                .ids = *ids,
                .texts = call.words,
                .words = {},
                .parent = ::getpid()};
    start.texts.insert(start.texts.begin(), name_of(call.program));
    for (std::string& text : start.texts)
        start.words.push_back(text.data());
    start.words.push_back(nullptr);
    return start;
}

Result<Reader> start_reader(const ConfinedCall& call) {
    auto start = prepare(call);
    if (!start) return std::unexpected(start.error());
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fail_errno("pipe", errno);
    UniqueFd mine(ends[0]);
    auto its = wire::above_standard(UniqueFd(ends[1]));
    if (!its) return std::unexpected(its.error());
    start->answer = std::move(*its);
    const pid_t pid = ::fork();
    if (pid < 0) return fail_errno("Starting " + name_of(call.program), errno);
    if (pid == 0) become_reader(*start);
    return Reader(pid, std::move(mine));
}

}  // namespace

Result<ConfinedAnswer> answer_of(const ConfinedCall& call, std::chrono::milliseconds patience) {
    auto reader = start_reader(call);
    if (!reader) return std::unexpected(reader.error());
    const wire::Deadline deadline(patience);
    auto bytes = reader->take_answer(call, deadline);
    if (!bytes) return std::unexpected(bytes.error());
    const Result<int> status = reader->wait(deadline.remaining());
    if (!status) return std::unexpected(status.error());
    if (WIFEXITED(*status) && WEXITSTATUS(*status) == not_startable)
        return fail(Errc::io, call.name + " cannot be started: run secondstep doctor.");
    return ConfinedAnswer{*status, std::move(*bytes)};
}

}  // namespace secondstep::tool
