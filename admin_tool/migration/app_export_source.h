#pragma once

#include <string>
#include <string_view>

#include "access/own_account.h"
#include "console/exit_status.h"
#include "migration/formats/imported_account.h"
#include "otp/key_description.h"

namespace secondstep::tool {

// The key that is meant of the app's export that the call names (--choose N, --password-file FILE); see
// app_export_file.h. Stops after saying why there is none.
[[nodiscard]] OrExit<otp::DescribedKey> key_of_app_export(const Call& call, const std::string& path);

// That key as the token of `user`. What Secondstep cannot check at a login is an Unusable.
[[nodiscard]] Reading read_app_key(otp::DescribedKey described, std::string_view user, std::string_view file);

}  // namespace secondstep::tool
