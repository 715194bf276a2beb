#pragma once

#include <sys/resource.h>

#include <csignal>

namespace secondstep::testing {

// While it lives this process can write to no file (EFBIG), whoever it is: root does not care for modes.
class FullDisk {
  public:
    FullDisk() : handler_(::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit none{0, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &none);
    }
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;
    ~FullDisk() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        ::signal(SIGXFSZ, handler_);
    }

  private:
    rlimit before_{};
    sighandler_t handler_;
};

}  // namespace secondstep::testing
