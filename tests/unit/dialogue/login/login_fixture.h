#pragma once

#include <gtest/gtest.h>

#include "unit/dialogue/login_world.h"

namespace secondstep::testing {

// A host on which alice is enrolled.
class Login : public ::testing::Test {
  protected:
    Login() { world_.add_enrolled("alice", 1000); }
    LoginWorld world_;
};

}  // namespace secondstep::testing
