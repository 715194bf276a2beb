#include "check/sshd_program.h"

#include <unistd.h>

#include <array>
#include <chrono>

#include "people/invoker.h"
#include "process/program_output.h"

namespace secondstep::tool {

namespace {

constexpr std::chrono::seconds patience_with_sshd{5};

// A comma would begin another word of the specification.
bool fits(const SshdLogin& login) {
    for (const std::string* word : {&login.user, &login.host, &login.address, &login.local_address})
        if (word->empty() || word->find_first_of(", \t\n=") != std::string::npos) return false;
    return true;
}

// Words of sshd, which it has in English only; its status is the same for all of them.
SshdProgram::Refusal refusal_in(std::string_view error) {
    const auto has = [error](std::string_view words) { return error.find(words) != std::string_view::npos; };
    if (has("no hostkeys available") || has("privilege separation")) return SshdProgram::Refusal::not_here;
    // "/etc/ssh/sshd_config: line 3: Bad configuration option: x", "... line 3: Directive 'X' is not allowed"
    const std::size_t line = error.find(" line ");
    const bool has_number = line != std::string_view::npos && error.size() > line + 6 &&
                            error[line + 6] >= '1' && error[line + 6] <= '9';
    return has_number ? SshdProgram::Refusal::configuration : SshdProgram::Refusal::unknown;
}

}  // namespace

std::optional<SshdProgram> SshdProgram::find(const CheckedPath& config) {
    constexpr std::array<const char*, 3> places{"/usr/sbin/sshd", "/usr/bin/sshd", "/usr/local/sbin/sshd"};
    if (::geteuid() != 0 || (config.named_by_call && invoker().became_root_from)) return std::nullopt;
    for (const char* place : places)
        if (::access(place, X_OK) == 0) return SshdProgram(place, config.path);
    return std::nullopt;
}

std::optional<std::string> SshdProgram::ask(const std::string& mode, const SshdLogin& login) {
    const std::string whom = "user=" + login.user + ",host=" + login.host + ",addr=" + login.address +
                             ",laddr=" + login.local_address + ",lport=" + login.local_port;
    const auto said = process::output_of({program_, mode, "-f", config_, "-C", whom}, patience_with_sshd);
    if (said && said->status == 0) return said->out;
    refusal_ = said ? refusal_in(said->err) : Refusal::not_here;
    return std::nullopt;
}

std::optional<std::string> SshdProgram::settings_for(const SshdLogin& login) {
    if (refusal_ != Refusal::none || !fits(login)) return std::nullopt;
    auto said = ask("-T", login);
    // Since 9.3, without host keys.
    if (!said && refusal_ == Refusal::not_here) {
        said = ask("-G", login);
        refusal_ = said ? Refusal::none : Refusal::not_here;
    }
    return said;
}

}  // namespace secondstep::tool
