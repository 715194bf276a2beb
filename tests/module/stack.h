#pragma once

#include <string>

namespace secondstep::testing {

// The module that was built, as a PAM stack names it.
inline const std::string module_path = SECONDSTEP_MODULE_PATH;

// Both phases through the module alone, so that PAM_IGNORE comes out as PAM_PERM_DENIED (which the module
// itself never answers) and everything else as it is.
inline std::string module_alone(const std::string& arguments) {
    return "auth required " + module_path + " " + arguments + "\naccount required " + module_path + " " +
           arguments;
}
inline constexpr int ignored = 6;  // PAM_PERM_DENIED, see above

// What a site writes: the module may step aside.
inline std::string module_then_permit(const std::string& arguments) {
    return "auth [success=ok ignore=ignore default=die] " + module_path + " " + arguments +
           "\nauth required pam_permit.so" + "\naccount required " + module_path + " " + arguments +
           "\naccount required pam_permit.so";
}

}  // namespace secondstep::testing
