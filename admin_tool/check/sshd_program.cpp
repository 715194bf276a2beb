#include "check/sshd_program.h"

#include <unistd.h>

#include <array>
#include <chrono>

#include "people/invoker.h"
#include "process/program_output.h"

namespace secondstep::tool {

namespace {

constexpr std::chrono::seconds patience{5};

// A comma would begin another word of the specification.
bool fits(const SshdLogin& login) {
    for (const std::string* word : {&login.user, &login.host, &login.address, &login.local_address})
        if (word->empty() || word->find_first_of(", \t\n=") != std::string::npos) return false;
    return true;
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
    const auto said = process::output_of({program_, mode, "-f", config_, "-C", whom}, patience);
    if (said && said->status == 0) return said->out;
    const bool not_here = !said || said->err.find("no hostkeys available") != std::string::npos ||
                          said->err.find("privilege separation") != std::string::npos;
    refusal_ = not_here ? Refusal::not_here : Refusal::configuration;
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
