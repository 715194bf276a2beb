#include "process/program_output.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

#include "base/file.h"
#include "process/child.h"

namespace secondstep::process {

namespace {

using std::chrono::steady_clock;

constexpr std::size_t longest = 65536;
constexpr std::array<const char*, 4> directories_of_the_system{"/usr/sbin", "/usr/bin", "/sbin", "/bin"};

struct Pipe {
    UniqueFd reader;
    UniqueFd writer;
    static Result<Pipe> create() {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fail_errno("pipe", errno);
        return Pipe{UniqueFd(ends[0]), UniqueFd(ends[1])};
    }
};

class FileActions {
  public:
    FileActions() { ::posix_spawn_file_actions_init(&actions_); }
    FileActions(const FileActions&) = delete;
    FileActions& operator=(const FileActions&) = delete;
    ~FileActions() { ::posix_spawn_file_actions_destroy(&actions_); }
    void open(int fd, const char* path) {
        ::posix_spawn_file_actions_addopen(&actions_, fd, path, O_RDONLY, 0);
    }
    void duplicate(int from, int to) { ::posix_spawn_file_actions_adddup2(&actions_, from, to); }
    [[nodiscard]] const posix_spawn_file_actions_t* get() const { return &actions_; }

  private:
    posix_spawn_file_actions_t actions_{};
};

// By a name alone: where the system's programs are, whatever the caller's PATH says. Never in the current directory, where
// posix_spawn(3) would look: root may be in one that is somebody else's.
Result<std::string> path_of(const std::string& program) {
    if (program.contains('/')) return program;
    for (const char* directory : directories_of_the_system) {
        std::string path = std::string(directory) + '/' + program;
        if (::access(path.c_str(), X_OK) == 0) return path;
    }
    return fail_errno(program, ENOENT);
}

Result<pid_t> start(const std::vector<std::string>& words, const Pipe& out, const Pipe& err) {
    const Result<std::string> program = path_of(words.front());
    if (!program) return std::unexpected(program.error());
    FileActions actions;
    actions.open(STDIN_FILENO, "/dev/null");
    actions.duplicate(out.writer.get(), STDOUT_FILENO);
    actions.duplicate(err.writer.get(), STDERR_FILENO);
    std::vector<char*> arguments;
    arguments.reserve(words.size() + 1);
    // posix_spawn takes char* const* for historical reasons and changes nothing.
    for (const std::string& word : words)
        arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
    char* environment[] = {path, nullptr};
    pid_t child = 0;
    const int error =
        ::posix_spawn(&child, program->c_str(), actions.get(), nullptr, arguments.data(), environment);
    if (error != 0) return fail_errno(words.front(), error);
    return child;
}

std::chrono::milliseconds until(steady_clock::time_point end) {
    return std::chrono::ceil<std::chrono::milliseconds>(end - steady_clock::now());
}

// False: the end.
bool take_some(int fd, std::string& text) {
    std::array<char, 4096>
        some;  // NOLINT(cppcoreguidelines-pro-type-member-init): only what came is looked at
    const ssize_t size = ::read(fd, some.data(), some.size());
    if (size < 0 && errno == EINTR) return true;
    if (size <= 0) return false;
    const auto taken = std::min(static_cast<std::size_t>(size), longest - text.size());
    text.append(some.data(), taken);
    return true;
}

// False: it was not done in time.
bool take_all(const Pipe& out, const Pipe& err, steady_clock::time_point end, ProgramOutput& output) {
    std::array<pollfd, 2> waiting{pollfd{out.reader.get(), POLLIN, 0}, pollfd{err.reader.get(), POLLIN, 0}};
    while (waiting[0].fd >= 0 || waiting[1].fd >= 0) {
        const auto left = until(end).count();
        if (left <= 0) return false;
        if (::poll(waiting.data(), waiting.size(), static_cast<int>(left)) < 0 && errno != EINTR)
            return false;
        if (waiting[0].revents != 0 && !take_some(out.reader.get(), output.out)) waiting[0].fd = -1;
        if (waiting[1].revents != 0 && !take_some(err.reader.get(), output.err)) waiting[1].fd = -1;
    }
    return true;
}

}  // namespace

Result<ProgramOutput> output_of(const std::vector<std::string>& words, std::chrono::milliseconds patience) {
    auto out = Pipe::create();
    if (!out) return std::unexpected(out.error());
    auto err = Pipe::create();
    if (!err) return std::unexpected(err.error());
    const auto child = start(words, *out, *err);
    if (!child) return std::unexpected(child.error());
    out->writer = UniqueFd();
    err->writer = UniqueFd();
    ProgramOutput output;
    const auto end = steady_clock::now() + patience;
    if (!take_all(*out, *err, end, output)) ::kill(*child, SIGKILL);
    // It may have closed its output and still run.
    const Result<int> status = status_of(*child, until(end));
    if (until(end).count() <= 0) return fail(Errc::timed_out, words.front() + " does not end");
    if (!status) return fail(status.error().code, words.front() + ": " + status.error().detail);
    output.status = WIFEXITED(*status) ? WEXITSTATUS(*status) : -1;
    return output;
}

}  // namespace secondstep::process
