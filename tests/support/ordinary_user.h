#pragma once

#include <unistd.h>

#include <stdexcept>

namespace secondstep::testing {

// While one of these lives, a test that runs as root has the effective uid of nobody.
class OrdinaryUser {
  public:
    OrdinaryUser() : is_root_(::geteuid() == 0) {
        if (is_root_ && ::seteuid(nobody) != 0) throw std::runtime_error("seteuid");
    }
    OrdinaryUser(const OrdinaryUser&) = delete;
    OrdinaryUser& operator=(const OrdinaryUser&) = delete;
    ~OrdinaryUser() {
        if (is_root_ && ::seteuid(0) != 0) ::_exit(1);
    }

  private:
    static constexpr uid_t nobody = 65534;
    bool is_root_;
};

}  // namespace secondstep::testing
