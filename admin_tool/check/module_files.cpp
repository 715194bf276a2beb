#include "check/module_files.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/file.h"
#include "paths.h"
#include "stacks/judgement/stack_findings.h"

namespace secondstep::tool {

namespace {

constexpr std::size_t largest_program = 64UL * 1024 * 1024;

// What the loader takes at least.
bool begins_as_a_library(int file) {
    std::array<char, 4> begin{};
    return ::pread(file, begin.data(), begin.size(), 0) == 4 && begin == std::array{'\x7f', 'E', 'L', 'F'};
}

// "secondstep-version=": the mark without its version.
std::string_view mark_of_any_version() {
    const std::string_view mark = paths::version_mark;
    return mark.substr(0, mark.find('=') + 1);
}

Remark of_another_version(const std::string& file, const std::string& what,
                          const std::optional<std::string>& version) {
    const std::string which = version ? "version " + *version : "an older version";
    return {.level = Remark::Level::warning,
            .file = file,
            .line = 0,
            .text = "this " + what + " is of " + which + ", and this tool of " + paths::version +
                    ": logins may go another way than is said here",
            .now = {},
            .mend = "install module, service and tool of one version, and restart secondstepd",
            .finding = Finding::module_version};
}

template <typename Take>
void for_each_module(Stack& stack, Take take) {
    for (std::vector<StackLine>* lines : {&stack.lines, &stack.instead})
        for (StackLine& line : *lines)
            if (line.kind == StackLine::Kind::module) take(line);
}

}  // namespace

std::optional<std::string> version_in(const std::string& file) {
    const UniqueFd opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    if (opened.get() < 0) return std::nullopt;
    const Result<Bytes> content = read_whole(opened.get(), largest_program);
    if (!content) return std::nullopt;
    const std::string_view mark = mark_of_any_version();
    const auto found =
        std::ranges::search(*content, mark, {}, [](auto byte) { return static_cast<char>(byte); });
    if (found.empty()) return std::nullopt;
    std::string version;
    for (auto at = found.end(); at != content->end() && *at != decltype(*at){0} && version.size() < 40; ++at)
        version += static_cast<char>(*at);
    return version;
}

Remarks service_program_remarks(const std::string& file) {
    struct stat status{};
    if (::stat(file.c_str(), &status) != 0) return {};
    const auto version = version_in(file);
    if (version == paths::version) return {};
    return {of_another_version(file, "service", version)};
}

ModuleFiles::Found ModuleFiles::look_at(const std::string& file) {
    struct stat status{};
    if (::stat(file.c_str(), &status) != 0) {
        const bool absent = errno == ENOENT || errno == ENOTDIR || errno == ELOOP;
        return {absent ? Found::Kind::missing : Found::Kind::cannot_tell, file};
    }
    if (!S_ISREG(status.st_mode)) return {Found::Kind::missing, file};
    const UniqueFd opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    if (opened.get() < 0) return {Found::Kind::cannot_tell, file};
    return {begins_as_a_library(opened.get()) ? Found::Kind::there : Found::Kind::missing, file};
}

// "$ISA" stands for what was chosen when libpam was built.
ModuleFiles::Found ModuleFiles::find(const std::string& path) const {
    if (path.find("$ISA") != std::string::npos) return {};
    if (path.starts_with('/')) return look_at(path);
    Found found;
    for (const std::string& directory : directories_) {
        const Found here = look_at(std::string(directory).append("/").append(path));
        if (here.kind == Found::Kind::there) return here;
        const bool first = &directory == &directories_.front();
        if (first || here.kind == Found::Kind::cannot_tell) found = here;
    }
    return found;
}

void ModuleFiles::mark_missing(Stack& stack) const {
    for_each_module(stack, [this](StackLine& line) {
        line.is_missing = line.is_missing || find(line.path).kind == Found::Kind::missing;
    });
}

Remarks ModuleFiles::versions(const std::vector<Stack>& services) const {
    std::vector<std::string> seen;
    Remarks out;
    for (Stack stack : services) {
        for_each_module(stack, [&](const StackLine& line) {
            if (line.module != second_step_module) return;
            const Found found = find(line.path);
            if (found.kind != Found::Kind::there || std::ranges::find(seen, found.file) != seen.end()) return;
            seen.push_back(found.file);
            const auto version = version_in(found.file);
            if (version != paths::version) out.push_back(of_another_version(found.file, "module", version));
        });
    }
    return out;
}

}  // namespace secondstep::tool
