#include "oracle/asked_libpam.h"

#include <dlfcn.h>
#include <security/pam_appl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <span>
#include <stdexcept>

namespace secondstep::testing {
namespace {

using tool::Start;

int listen(int count, const pam_message** messages, pam_response** responses, void* self) {
    auto& said = *static_cast<std::vector<std::string>*>(self);
    for (const pam_message* message : std::span(messages, static_cast<std::size_t>(count)))
        said.emplace_back(message->msg);
    *responses =
        static_cast<pam_response*>(std::calloc(static_cast<std::size_t>(count), sizeof(pam_response)));
    return PAM_SUCCESS;
}

// Looked up and not linked: before 1.4.0 there is none.
using Begin = int (*)(const char* service, const char* user, const pam_conv* talk, const char* directory,
                      pam_handle_t** handle);
Begin pam_start_confdir_here() {
    return reinterpret_cast<Begin>(::dlsym(RTLD_DEFAULT, "pam_start_confdir"));
}

// A program that has begun with a service.
class Program {
  public:
    explicit Program(const Question& question) {
        const char* directory = question.directory.empty() ? nullptr : question.directory.c_str();
        begun_ = pam_start_confdir_here()(question.service.c_str(), "nobody", &talk_, directory, &handle_) ==
                 PAM_SUCCESS;
    }
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;
    ~Program() {
        if (begun_) ::pam_end(handle_, PAM_SUCCESS);
    }
    [[nodiscard]] bool begun() const { return begun_; }

    Answered call(int (*function)(pam_handle_t*, int)) {
        said_.clear();
        const int result = function(handle_, 0);
        return {.result = result, .said = said_};
    }

  private:
    std::vector<std::string> said_;
    pam_conv talk_{.conv = listen, .appdata_ptr = &said_};
    pam_handle_t* handle_ = nullptr;
    bool begun_ = false;
};

Asked ask(const Question& question) {
    Program program(question);
    if (!program.begun()) return {.start = Start::fails};
    Asked asked;
    asked.authentication = program.call(::pam_authenticate);
    bool waits = asked.authentication->result == PAM_INCOMPLETE;
    if (!waits) {
        asked.credentials = program.call(::pam_setcred);
        waits = asked.credentials->result == PAM_INCOMPLETE;
    }
    // Who got "incomplete" has to call the same again, and no other.
    if (waits) {
        Program another(question);
        asked.account = another.call(::pam_acct_mgmt);
    } else {
        asked.account = program.call(::pam_acct_mgmt);
    }
    return asked;
}

// Ends with a signal when it has computed for a while: by its own time, however slow the machine is.
Start start_in_child(const Question& question) {
    const pid_t child = ::fork();
    if (child == 0) {
        const rlimit no_core{};
        ::setrlimit(RLIMIT_CORE, &no_core);
        const itimerval while_it_computes{.it_interval = {}, .it_value = {.tv_sec = 0, .tv_usec = 200'000}};
        ::setitimer(ITIMER_VIRTUAL, &while_it_computes, nullptr);
        ::signal(SIGSEGV, SIG_DFL);
        ::_exit(ask(question).start == Start::works ? 0 : 1);
    }
    int status = 0;
    if (child < 0 || ::waitpid(child, &status, 0) != child) throw std::runtime_error("no child");
    if (WIFSIGNALED(status)) return WTERMSIG(status) == SIGVTALRM ? Start::hangs : Start::crashes;
    return WEXITSTATUS(status) == 0 ? Start::works : Start::fails;
}

std::string to_text(const std::string& call, const std::optional<Answered>& answered) {
    if (!answered) return {};
    std::string text = "  " + call + " -> " + std::to_string(answered->result) + "\n";
    for (const std::string& each : answered->said)
        text += "    " + each + "\n";
    return text;
}

}  // namespace

std::string to_text(const Asked& asked) {
    return "  start " + std::to_string(static_cast<int>(asked.start)) + "\n" +
           to_text("authenticate", asked.authentication) + to_text("setcred", asked.credentials) +
           to_text("acct_mgmt", asked.account);
}

Asked ask_libpam(const Files& files, const Question& question, Start expected) {
    const PretendedFiles pretended(files);
    if (expected == Start::works || expected == Start::fails) return ask(question);
    return {.start = start_in_child(question)};
}

std::string why_not_to_be_asked() {
    if (pam_start_confdir_here() == nullptr)
        return "this libpam has no pam_start_confdir(3): it came with 1.4.0";
    // Debian's libpam looks whether there is one before it includes anything.
    if (!std::filesystem::is_directory("/etc/pam.d")) return "there is no /etc/pam.d";
    const Question question{.service = "x", .directory = "/d"};
    const Files files{{"/d/x", "auth required pam_debug.so auth=success\n"}};
    const Asked asked = ask_libpam(files, question, Start::works);
    const bool answers = asked.authentication && asked.authentication->result == PAM_SUCCESS;
    return answers ? "" : "there is no pam_debug.so (Debian: libpam-modules)";
}

tool::LibpamRules rules_of_this_libpam() {
    Dl_info where{};
    if (::dladdr(reinterpret_cast<const void*>(&::pam_start), &where) == 0) {
        throw std::runtime_error("where is libpam?");
    }
    std::ifstream file(where.dli_fname, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    const auto rules = tool::rules_of_library(bytes);
    if (!rules) throw std::runtime_error(std::string(where.dli_fname) + " is no libpam that is known");
    return *rules;
}

}  // namespace secondstep::testing
