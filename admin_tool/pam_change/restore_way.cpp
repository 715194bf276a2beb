#include "pam_change/restore_way.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <vector>

#include "base/file.h"
#include "base/text.h"
#include "process/program_output.h"
#include "tool_paths.h"

namespace fs = std::filesystem;

namespace secondstep::tool {

namespace {

constexpr const char* timer_unit = "secondstep-pam-catch.timer";
constexpr std::chrono::seconds patience{30};

using Words = std::vector<std::string>;

Result<void> run(const Words& words) {
    const auto done = process::output_of(words, patience);
    if (!done) return std::unexpected(done.error());
    if (done->status == 0) return {};
    return fail(Errc::io,
                words.front() + " did not succeed: " + printable(trimmed(done->err.substr(0, 300))));
}

// sd_booted(3).
bool systemd_runs() {
    std::error_code ignored;
    return fs::is_directory("/run/systemd/system", ignored);
}

bool has_timer() {
    return systemd_runs() && run({"systemctl", "cat", timer_unit}).has_value();
}

bool at_is_installed() {
    constexpr std::array<const char*, 4> places{"/usr/bin/at", "/bin/at", "/usr/local/bin/at",
                                                "/usr/sbin/at"};
    return std::ranges::any_of(places, [](const char* path) { return ::access(path, X_OK) == 0; });
}

// A job of at(1) that no daemon runs is none.
bool atd_runs() {
    std::error_code error;
    for (fs::directory_iterator entry("/proc", error); !error && entry != fs::directory_iterator();
         entry.increment(error)) {
        if (!parse_number<unsigned>(entry->path().filename().string())) continue;
        std::ifstream stream(entry->path() / "comm");
        std::string command;
        if (std::getline(stream, command) && command == "atd") return true;
    }
    return false;
}

// A copy: the job has to find it when the package is gone, too.
Result<void> keep_program(const std::string& state) {
    UniqueFd program(::open(tool_paths::pam_restore_program, O_RDONLY | O_CLOEXEC));
    if (!program.valid()) return fail_errno(tool_paths::pam_restore_program, errno);
    const auto text = read_whole(program.get(), 1 << 20);
    if (!text) return std::unexpected(text.error());
    const auto directory = open_directory(state);
    if (!directory) return std::unexpected(directory.error());
    const auto placed = write_durably(directory->get(), "restore", *text, 0700);
    return placed ? Result<void>{} : std::unexpected(placed.error());
}

// at(1) keeps the environment and the directory of who calls it, and a job whose directory is gone does not run. It
// counts in whole minutes; a job that comes too early says itself again.
Result<void> arm_at(const std::string& state) {
    if (auto kept = keep_program(state); !kept) return kept;
    return run({"/bin/sh", "-c", "cd / && exec at -M -f \"$1\" now + 11 minutes", "at", state + "/restore"});
}

Result<void> arm_timer() {
    if (auto enabled = run({"systemctl", "enable", "--now", timer_unit}); !enabled) return enabled;
    return run({"systemctl", "is-active", "--quiet", timer_unit});
}

}  // namespace

std::string_view to_text(RestoreWay way) {
    switch (way) {
        case RestoreWay::timer:
            return "timer";
        case RestoreWay::at:
            return "at";
        case RestoreWay::nobody:
            return "nobody";
    }
    return "nobody";
}

std::optional<RestoreWay> restore_way_named(std::string_view word) {
    for (const RestoreWay way : {RestoreWay::timer, RestoreWay::at, RestoreWay::nobody})
        if (to_text(way) == word) return way;
    return std::nullopt;
}

Result<RestoreWay> restore_way_here() {
    const bool program = ::access(tool_paths::pam_restore_program, X_OK) == 0;
    const bool at = at_is_installed();
    if (program && has_timer()) return RestoreWay::timer;
    if (program && at && atd_runs()) return RestoreWay::at;
    std::string why = tool_paths::pam_restore_program;
    why += " is not installed";
    if (program) why = systemd_runs() ? "systemd has no secondstep-pam-catch.timer" : "systemd does not run";
    if (program) why += at ? ", and atd does not run" : ", and at(1) is not installed";
    return fail(Errc::not_found, std::move(why));
}

Result<void> arm(RestoreWay way, const std::string& state) {
    switch (way) {
        case RestoreWay::timer:
            return arm_timer();
        case RestoreWay::at:
            return arm_at(state);
        case RestoreWay::nobody:
            break;
    }
    return {};
}

void disarm(RestoreWay way) {
    if (way == RestoreWay::timer) static_cast<void>(run({"systemctl", "disable", "--now", timer_unit}));
}

}  // namespace secondstep::tool
