#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "base/secret.h"
#include "courier/courier_config.h"
#include "courier/credentials.h"

namespace secondstep::courier {

// The HTTP request that hands one text to a gateway: the site's templates with the values in them, each
// written as its place needs it, so that no value can change what the request is.
struct GatewayRequest {
    Secret url;
    bool is_post = false;
    Secret body;
    std::vector<Secret> headers;  // "Name: value", without line end
};

// Errors: invalid (sms_user or sms_password is needed and the credentials file has none).
[[nodiscard]] Result<GatewayRequest> make_request(const SmsConfig& config, const Credentials& credentials,
                                                  const std::string& to, std::string_view text);

}  // namespace secondstep::courier
