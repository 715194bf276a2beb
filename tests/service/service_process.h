#pragma once

#include "installation.h"
#include "support/logged_process.h"

namespace secondstep::testing {

// The built secondstepd.
class ServiceProcess : public LoggedProcess {
  public:
    explicit ServiceProcess(Start start);
    // In the foreground with the installation's configuration; returns when it is ready.
    explicit ServiceProcess(const Installation& installation);
};

}  // namespace secondstep::testing
