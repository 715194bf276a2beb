#pragma once

#include <map>
#include <string>

#include "pam_change/addition.h"
#include "pam_change/equivalence.h"
#include "pam_change/service_text.h"
#include "stacks/pam_stack.h"

namespace secondstep::testing {

// The files of a PAM directory that is in memory alone.
class StackFixture {
  public:
    void put(const std::string& name, const std::string& text) { files_["/pam/" + name] = text; }
    [[nodiscard]] const std::string& text(const std::string& name) const { return files_.at("/pam/" + name); }
    [[nodiscard]] tool::Stack stack(const std::string& service) const {
        return tool::read_stack("/pam", service, [this](const std::string& path) {
            const auto found = files_.find(path);
            return found == files_.end() ? std::nullopt : std::optional(found->second);
        });
    }
    [[nodiscard]] tool::Stack stack_with(const std::string& service, const std::string& text) const {
        StackFixture other = *this;
        other.put(service, text);
        return other.stack(service);
    }

  private:
    std::map<std::string, std::string> files_;
};

// Debian's with sssd, RHEL's, openSUSE's and Arch's, each with the service sshd.
[[nodiscard]] inline std::map<std::string, StackFixture> distributions() {
    std::map<std::string, StackFixture> all;
    StackFixture& debian = all["Debian"];
    debian.put("sshd",
               "# PAM configuration for the Secure Shell service\n\n@include common-auth\n\n"
               "account    required     pam_nologin.so\n@include common-account\n");
    debian.put("common-auth",
               "auth [success=2 default=ignore] pam_unix.so nullok\n"
               "auth [success=1 default=ignore] pam_sss.so use_first_pass\n"
               "auth requisite pam_deny.so\nauth required pam_permit.so\n");
    debian.put("common-account",
               "account [success=1 new_authtok_reqd=done default=ignore] pam_unix.so\n"
               "account requisite pam_deny.so\naccount required pam_permit.so\n");
    StackFixture& rhel = all["RHEL"];
    rhel.put("sshd",
             "#%PAM-1.0\nauth       substack     password-auth\nauth       include      postlogin\n"
             "account    required     pam_nologin.so\naccount    include      password-auth\n");
    rhel.put(
        "password-auth",
        "auth required pam_env.so\nauth [default=1 ignore=ignore success=ok] pam_localuser.so\n"
        "auth sufficient pam_unix.so nullok\nauth sufficient pam_sss.so forward_pass\n"
        "auth required pam_deny.so\naccount required pam_unix.so\n"
        "account sufficient pam_localuser.so\n"
        "account [default=bad success=ok user_unknown=ignore] pam_sss.so\naccount required pam_permit.so\n");
    rhel.put("postlogin", "session optional pam_umask.so silent\n");
    StackFixture& suse = all["openSUSE"];
    suse.put("sshd",
             "auth requisite pam_nologin.so\nauth include common-auth\naccount include common-account\n");
    suse.put("common-auth",
             "auth required pam_env.so\nauth sufficient pam_unix.so try_first_pass\n"
             "auth required pam_sss.so use_first_pass\n");
    suse.put("common-account", "account required pam_unix.so try_first_pass\n");
    StackFixture& arch = all["Arch"];
    arch.put("sshd", "auth      include   system-remote-login\naccount   include   system-remote-login\n");
    arch.put(
        "system-remote-login",
        "auth required pam_faillock.so preauth\nauth [success=1 default=bad] pam_unix.so try_first_pass\n"
        "auth [default=die] pam_faillock.so authfail\nauth optional pam_permit.so\n"
        "auth required pam_env.so\naccount required pam_unix.so\n");
    return all;
}

}  // namespace secondstep::testing
