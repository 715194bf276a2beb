#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace secondstep::tool {

// While it lives, files are opened with the rights of whoever called sudo or pkexec: a help desk that may run
// one verb as root must not read with it what root alone may read. Does nothing where the tool was not
// started that way. For the few verbs that one would hand out by sudo; what an administrator alone runs
// (enroll --bulk, import) reads with root's rights, which /etc/users.oath needs.
class CallersRights {
  public:
    CallersRights();
    CallersRights(const CallersRights&) = delete;
    CallersRights& operator=(const CallersRights&) = delete;
    ~CallersRights();

    // Behind an error: " (opened with the rights of hanna, who called sudo)", or nothing.
    [[nodiscard]] std::string explained() const;

  private:
    bool taken_ = false;
    std::vector<gid_t> groups_;  // root's own
    gid_t group_ = 0;
};

}  // namespace secondstep::tool
