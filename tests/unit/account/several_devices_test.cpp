// Accounts with several devices: which one it was, and what one code is good for.

#include "unit/account/verify_fixture.h"

namespace secondstep {
namespace {

using testing::at;
using testing::home;

class SeveralDevices : public testing::Verify {
  protected:
    SeveralDevices() { add(2, "tablet"); }
    void add(std::uint8_t number, const std::string& name) {
        credential_.authenticators.push_back(testing::sample_authenticator(number));
        credential_.authenticators.back().name = name;
    }
    OtpAnswer code_of_device(std::size_t i, std::int64_t steps = 0) const {
        const Authenticator& device = credential_.authenticators.at(i);
        const auto step = otp::time_step(now_, device.period);
        return {
            testing::code_of(device, static_cast<std::uint64_t>(static_cast<std::int64_t>(step) + steps))};
    }
    VerifyResult judge(const OtpAnswer& given) {
        VerifyResult result =
            verify(credential_, state_, home, OtpAnswer{given.digits.clone()}, limits_, attempt_, now_)
                .value();
        state_ = result.next;
        return result;
    }
};

TEST_F(SeveralDevices, AreToldApartByTheirCodes) {
    const VerifyResult by_tablet = judge(code_of_device(1));
    EXPECT_EQ(by_tablet.reason, Reason::right);
    EXPECT_EQ(by_tablet.device, credential_.authenticators[1].id);
    const VerifyResult by_phone = judge(code_of_device(0));
    EXPECT_EQ(by_phone.reason, Reason::right) << "each has steps of its own";
    EXPECT_EQ(by_phone.device, credential_.authenticators[0].id);
    EXPECT_EQ(judge(code_of_device(1)).reason, Reason::replayed);
    EXPECT_EQ(judge(code_of_device(1)).device, std::nullopt);
}

TEST_F(SeveralDevices, AreNotNamedUnlessTheCodeIsAccepted) {
    EXPECT_EQ(judge({Secret::copy_of(std::string_view("xxxxxx"))}).device, std::nullopt);
    testing::Verify::fail_times(10, home);
    const VerifyResult held = judge(code_of_device(1));
    EXPECT_EQ(held.reason, Reason::throttled);
    EXPECT_EQ(held.device, std::nullopt);
}

// An import may bring one key under two names.
TEST_F(SeveralDevices, WithOneKeyDoNotAcceptACodeTwice) {
    credential_.authenticators[1].key = credential_.authenticators[0].key.clone();
    EXPECT_EQ(judge(code_of_device(0)).reason, Reason::right);
    EXPECT_EQ(judge(code_of_device(0)).reason, Reason::replayed);
    EXPECT_EQ(judge(code_of_device(1)).reason, Reason::replayed);
    EXPECT_EQ(judge(code_of_device(0, 1)).reason, Reason::right);
    EXPECT_EQ(find_use(state_, credential_.authenticators[0].id)->last_success, now_);
    EXPECT_EQ(find_use(state_, credential_.authenticators[1].id)->last_success, UnixTime{})
        << "which of the two it was cannot be told; the first is named";
}

TEST_F(SeveralDevices, WithOneKeyThatCountDoNotAcceptACodeTwice) {
    credential_.method = Method::hotp;
    credential_.authenticators[1].key = credential_.authenticators[0].key.clone();
    const auto code = [&](std::uint64_t counter) {
        return OtpAnswer{testing::code_of(credential_.authenticators[0], counter)};
    };
    EXPECT_EQ(judge(code(3)).reason, Reason::right);
    EXPECT_EQ(judge(code(3)).reason, Reason::replayed);
    EXPECT_EQ(judge(code(4)).reason, Reason::right);
}

TEST_F(SeveralDevices, ACodeOfOneThatWasRemovedIsWrong) {
    const OtpAnswer code = code_of_device(0);
    state_ = state_without_device(state_, {});
    credential_.authenticators.erase(credential_.authenticators.begin());
    EXPECT_EQ(judge(code).reason, Reason::wrong);
    EXPECT_EQ(judge(code_of_device(0)).reason, Reason::right) << "the tablet's";
}

}  // namespace
}  // namespace secondstep
