#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "check/sudo_program.h"
#include "paths.h"
#include "policy/config.h"

namespace secondstep::tool {

// A path, and whether the call named it. What the call names is read with the rights of who called sudo or pkexec
// (CallersRights): a help desk that may run one verb as root must not read with it what root alone may read.
struct CheckedPath {
    std::string path;
    bool named_by_call = false;
};

// A file of a PAM directory as it would be, in place of what the disk holds: "/etc/pam.d/sshd" with the line
// that is to be added.
struct ReplacedFile {
    std::string path;                 // one of the pam_directories, '/', and a name
    std::optional<std::string> text;  // nothing: as if there were no such file
};

// An sshd, by the service that it hands to PAM: the name it was started by, or its PAMServiceName.
struct SshdInstance {
    std::string service = "sshd";
    CheckedPath config{.path = "/etc/ssh/sshd_config"};
};

// Programs and libraries that belong to a machine's own stacks.
struct CheckedMachine {
    std::string libpam;  // empty: the one that programs of this machine get
    std::string service_program = paths::service_program;
    SudoHere sudo;
};

// What check() is to look at; as it is made, this machine.
struct CheckRequest {
    explicit CheckRequest(Result<Config> loaded, std::string file)
        : config(std::move(loaded)), config_file(std::move(file)) {}

    Result<Config> config;    // an error is reported, and the stacks are judged by the defaults
    std::string config_file;  // where it stands, for remarks
    // Where services are, as libpam looks for them: a service that the first has is not looked for in the second.
    std::vector<CheckedPath> pam_directories{{.path = "/etc/pam.d"}, {.path = "/usr/lib/pam.d"}};
    std::optional<ReplacedFile> replaced;
    std::vector<SshdInstance> sshds{SshdInstance{}};
    // `config` is what the installed files say, and not a candidate: the service that runs should go by it.
    bool is_installed = true;
    CheckedMachine machine;  // looked at only if is_this_machine()

    // Nothing that the call names: then programs and modules of this machine belong to the stacks, and are looked at.
    [[nodiscard]] bool is_this_machine() const;
};

}  // namespace secondstep::tool
