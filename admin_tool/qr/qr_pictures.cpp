#include "qr/qr_pictures.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "base/file.h"
#include "process/child.h"
#include "process/privileges.h"
#include "qr/picture_refusal.h"
#include "qr/reader/answer.h"
#include "tool_paths.h"
#include "wire/deadline.h"
#include "wire/descriptor.h"

namespace secondstep::tool {

namespace {

constexpr int not_startable = 127;

Result<void> check_file(const Picture& picture) {
    struct stat status{};
    if (::fstat(picture.fd, &status) != 0) return fail_errno(picture.name, errno);
    if (S_ISDIR(status.st_mode)) return fail(Errc::invalid, picture.name + " is a directory, not a picture.");
    if (S_ISREG(status.st_mode) && static_cast<std::uintmax_t>(status.st_size) > picture.most_bytes) {
        return refused(qr_reader::Refusal::too_large, picture);
    }
    return {};
}

// What root's reader runs as; nothing for everybody else, who has no other ids to take.
Result<std::optional<process::Ids>> ids_to_take() {
    if (::geteuid() != 0) return std::nullopt;
    const auto nobody = process::ids_of("nobody");
    if (!nobody) {
        return fail(
            nobody.error().code,
            "There is no account nobody with ids of its own, and root's pictures are read as nobody.");
    }
    return *nobody;
}

// All that the child needs, got before fork(2): between that and exec only system calls are safe.
struct Start {
    UniqueFd program;
    UniqueFd picture;
    UniqueFd answer;
    std::optional<process::Ids> ids;
    std::string bound;
    std::string processor;
    pid_t parent;
};

// Also when the parent died before it could be said.
bool end_with(pid_t parent) {
    return ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 && ::getppid() == parent;
}

// Of a caller that had closed its own, /dev/null may be 2 at once; so it is opened last.
bool put_descriptors(const Start& start) {
    if (::dup2(start.picture.get(), STDIN_FILENO) < 0 || ::dup2(start.answer.get(), STDOUT_FILENO) < 0) {
        return false;
    }
    const int nothing = ::open("/dev/null", O_WRONLY);
    return nothing >= 0 && ::dup2(nothing, STDERR_FILENO) >= 0 &&
           ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) == 0;
}

[[noreturn]] void become_reader(Start& start) {
    char name[] = "secondstep-qr-reader";
    char most[] = "--most";
    char processor[] = "--processor";
    char* const words[] = {name, most, start.bound.data(), processor, start.processor.data(), nullptr};
    char* const environment[] = {nullptr};
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    // Other ids forget what was said about the parent's death, so that comes after them.
    if (put_descriptors(start) && (!start.ids || process::take_ids(*start.ids)) && end_with(start.parent)) {
        // By its descriptor: nobody may not get through all directories that lead to a build tree.
        ::syscall(SYS_execveat, start.program.get(), "", words, environment, AT_EMPTY_PATH);
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
    Result<Secret> take_answer(const wire::Deadline& deadline) {
        Secret answer;
        Secret part(16384);
        for (;;) {
            if (!deadline.await(answer_.get(), POLLIN)) return fail(Errc::timed_out, "");
            const ssize_t size = ::read(answer_.get(), part.bytes().data(), part.size());
            if (size == 0) return answer;
            if (size < 0 && errno != EINTR && errno != EAGAIN) return fail_errno("Reading the answer", errno);
            if (size > 0) answer.append(part.bytes().first(static_cast<std::size_t>(size)));
            if (answer.size() > qr_reader::longest_answer)
                return fail(Errc::io, "The QR reader answers without end.");
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

Result<UniqueFd> open_above_standard(const std::string& path) {
    UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd.valid()) return fail_errno("The QR reader " + path + " cannot be started", errno);
    return wire::above_standard(std::move(fd));
}

Result<Start> prepare(const std::string& reader, const Picture& picture) {
    auto program = open_above_standard(reader);
    if (!program) return std::unexpected(program.error());
    UniqueFd input(::fcntl(picture.fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
    if (!input.valid()) return fail_errno(picture.name, errno);
    const auto ids = ids_to_take();
    if (!ids) return std::unexpected(ids.error());
    return Start{.program = std::move(*program),
                 .picture = std::move(input),
                 .answer = UniqueFd(),
                 .ids = *ids,
                 .bound = std::to_string(picture.most_bytes),
                 .processor = std::to_string(picture.processor.count()),
                 .parent = ::getpid()};
}

Result<Reader> start_reader(Start start) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fail_errno("pipe", errno);
    UniqueFd mine(ends[0]);
    auto its = wire::above_standard(UniqueFd(ends[1]));
    if (!its) return std::unexpected(its.error());
    start.answer = std::move(*its);
    const pid_t pid = ::fork();
    if (pid < 0) return fail_errno("Starting the QR reader", errno);
    if (pid == 0) become_reader(start);
    return Reader(pid, std::move(mine));
}

std::unexpected<Error> killed(const Picture& picture, int signal) {
    if (signal == SIGXCPU || signal == SIGALRM) return takes_too_long(picture);
    return fail(Errc::io, "The QR reader was killed by signal " + std::to_string(signal) + " while it read " +
                              picture.name + ": a picture from somebody else may have been made for that. " +
                              other_ways_than_a_picture);
}

Result<std::vector<Secret>> verify(const Picture& picture, int status, const Secret& bytes) {
    if (WIFSIGNALED(status)) return killed(picture, WTERMSIG(status));
    if (WEXITSTATUS(status) == not_startable) {
        return fail(Errc::io, "The QR reader cannot be started: run secondstep doctor.");
    }
    std::optional<qr_reader::Answer> answer = qr_reader::decode(bytes.bytes());
    if (WEXITSTATUS(status) != 0 || !answer) {
        return fail(Errc::io,
                    "The QR reader failed while it read " + picture.name + ". " + other_ways_than_a_picture);
    }
    if (!*answer) return refused(answer->error(), picture);
    return std::move(**answer);
}

}  // namespace

std::string qr_reader_program() {
    std::array<char, PATH_MAX> path{};
    const ssize_t size = ::readlink("/proc/self/exe", path.data(), path.size());
    if (size <= 0 || static_cast<std::size_t>(size) == path.size()) return tool_paths::qr_reader_program;
    const std::string_view tool(path.data(), static_cast<std::size_t>(size));
    return std::string(tool.substr(0, tool.rfind('/') + 1)) + tool_paths::qr_reader_from_tool;
}

Result<std::vector<Secret>> read_qr_codes(const std::string& reader, const Picture& picture,
                                          std::chrono::milliseconds patience) {
    if (const auto usable = check_file(picture); !usable) return std::unexpected(usable.error());
    auto start = prepare(reader, picture);
    if (!start) return std::unexpected(start.error());
    auto running = start_reader(std::move(*start));
    if (!running) return std::unexpected(running.error());
    const wire::Deadline deadline(patience);
    const auto bytes = running->take_answer(deadline);
    if (!bytes && bytes.error().code == Errc::timed_out) return takes_too_long(picture);
    if (!bytes) return std::unexpected(bytes.error());
    const Result<int> status = running->wait(deadline.remaining());
    if (!status && status.error().code == Errc::timed_out) return takes_too_long(picture);
    if (!status) return std::unexpected(status.error());
    return verify(picture, *status, *bytes);
}

}  // namespace secondstep::tool
