#include "check/sudo_program.h"

#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <system_error>

#include "check/stack_files.h"
#include "check/unread.h"
#include "process/program_output.h"

namespace fs = std::filesystem;

namespace secondstep::tool {

namespace {

constexpr std::chrono::seconds patience_with_sudo{5};

std::optional<std::vector<std::string>> files_of(const std::string& directory) {
    std::vector<std::string> names;
    std::error_code error;
    for (fs::directory_iterator entry(directory, error); !error && entry != fs::directory_iterator();
         entry.increment(error)) {
        std::error_code ignored;
        if (!fs::is_directory(entry->path(), ignored)) names.push_back(entry->path().filename());
    }
    if (error) return std::nullopt;
    return names;
}

std::optional<SudoAsks> asked_by(const std::string& program) {
    if (::geteuid() != 0 || ::access(program.c_str(), X_OK) != 0) return std::nullopt;
    const auto said = process::output_of({program, "-V"}, patience_with_sudo);
    if (!said || said->status != 0) return std::nullopt;
    return asked_by_settings_of_sudo(said->out);
}

}  // namespace

SudoAsking sudo_asking(const SudoHere& sudo, Remarks& unread) {
    const Sudoers read = Sudoers::read(sudo.sudoers, text_of_file, files_of);
    SudoAsking asking{read.for_everybody(), read.for_some()};
    const auto said = asked_by(sudo.program);
    // The files know the line, sudo the truth: of some hosts, or of a directory, they know less.
    if (said && *said != asking.for_everybody.whom) asking.for_everybody = {*said, sudo.sudoers, 0};
    if (said) return asking;
    for (const std::string& file : read.unread())
        unread.push_back(cannot_be_read(file, "whose code sudo asks for was not looked at"));
    return asking;
}

}  // namespace secondstep::tool
