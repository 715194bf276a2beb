#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "account/credential.h"
#include "console/arguments.h"
#include "console/exit_status.h"
#include "enrollment/enrollment.h"
#include "qr/qr_choice.h"

namespace secondstep::tool {

// The options of `enroll`, checked.
struct EnrollRequest {
    Method method = Method::totp;
    bool method_given = false;
    otp::Algorithm algorithm = otp::Algorithm::sha1;
    otp::Digits digits = otp::six_digits();
    otp::Period period = otp::thirty_seconds();
    std::uint64_t counter = 0;
    std::optional<delivery::Address> address;  // exactly with mail and sms
    std::optional<std::string> name;
    std::optional<std::string> issuer;
    std::optional<std::string> label;
    QrChoice qr;
    std::optional<std::string> save;
    std::optional<std::string> bulk;
    std::optional<std::string> output;
    bool confirm = true;
    bool add = false;  // a device beside those there are
    bool replace = false;
    bool if_missing = false;
    bool portal_user = false;
    bool other_person = false;
    bool json = false;

    [[nodiscard]] static boost::program_options::options_description options();
    [[nodiscard]] static OrExit<EnrollRequest> from(const Arguments& arguments);

    // Of the caller's, beside what is shown.
    [[nodiscard]] bool makes_files() const { return save || qr.is_file(); }
    // Some apps ignore these and show wrong codes.
    [[nodiscard]] bool is_unusual() const;
    [[nodiscard]] dialogue::EnrollmentOptions draft_options() const;
};

}  // namespace secondstep::tool
