#pragma once

#include <string_view>

#include "account/credential.h"
#include "account/state.h"
#include "base/error.h"

namespace secondstep {

// A second step as one of two stores has it.
struct SecondStep {
    const Credential& credential;
    const State& state;
};

// All devices of `arriving` are in `there` already, and so is their method.
[[nodiscard]] bool has_all_devices(const Credential& there, const Credential& arriving);

// One person's two second steps, made one: the devices of both, and the newer of the two recovery sets. A device whose name is
// taken gets `from` behind it ("phone, web01"); name, uid and time of enrollment are those of `there`. What is in it already
// is not added again. Errors, with what to do: invalid (another method; codes are sent to two addresses), not_allowed
// (another person's: the uids differ), too_large (more than max_authenticators).
[[nodiscard]] Result<Credential> merged(const SecondStep& there, const SecondStep& arriving,
                                        std::string_view from);

}  // namespace secondstep
