#pragma once

#include <gtest/gtest.h>

#include <cstdint>

#include "account/code_gate.h"
#include "account/verify.h"
#include "unit/account/sample_account.h"

namespace secondstep::testing {

inline const Source home = address("192.0.2.7");
inline const Source stranger = address("203.0.113.9");
inline const OtpAnswer wrong_code{Secret::copy_of(std::string_view("xxxxxx"))};  // never the code of any step

// One account, its clock, and verify() with the outcome put back as a store would.
class Verify : public ::testing::Test {
  protected:
    Reason answer(const Answer& given, const Source& source = home) {
        const VerifyResult result =
            verify(credential_, state_, source, given, limits_, attempt_, now_).value();
        state_ = result.next;
        return result.reason;
    }
    Answer totp(std::int64_t steps = 0) { return totp_answer(credential_, now_, steps); }
    static Answer wrong() { return OtpAnswer{wrong_code.digits.clone()}; }
    void fail_times(int times, const Source& source) {
        for (int i = 0; i < times; ++i) {
            while (code_gate(state_, source, now_) == Gate::waiting)
                now_ += std::chrono::minutes(1);
            EXPECT_EQ(answer(wrong(), source), Reason::wrong);
        }
    }
    std::uint64_t step() { return otp::time_step(now_, otp::thirty_seconds()); }

    Credential credential_ = sample_credential();
    State state_ = enrolled_state();
    VerifyLimits limits_;
    AttemptId attempt_{7, 7, 7};
    UnixTime now_ = at(0);
};

}  // namespace secondstep::testing
