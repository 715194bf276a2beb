// A module that answers as its arguments say, as pam_debug does, and tells the program that it was reached: all its
// arguments are the text of a message.
#include <security/pam_modules.h>

#include <cstdlib>
#include <span>
#include <string>

#include "oracle/pam_codes.h"

namespace {

using secondstep::testing::answer_in;

int answer(pam_handle_t* handle, int count, const char** arguments, std::string_view event) {
    const std::span all(arguments, static_cast<std::size_t>(count));
    const void* item = nullptr;
    if (pam_get_item(handle, PAM_CONV, &item) != PAM_SUCCESS || item == nullptr) return PAM_SYSTEM_ERR;
    const auto* talk = static_cast<const pam_conv*>(item);
    std::string text("reached");
    for (const char* argument : all)
        text += std::string("|") + argument;
    const pam_message message{.msg_style = PAM_TEXT_INFO, .msg = text.c_str()};
    const pam_message* messages = &message;
    pam_response* responses = nullptr;
    talk->conv(1, &messages, &responses, talk->appdata_ptr);
    std::free(responses);  // the conversation allocates it with malloc(3), by contract
    return answer_in(all, event).value_or(PAM_SUCCESS);
}

}  // namespace

extern "C" {

[[gnu::visibility("default")]] int pam_sm_authenticate(pam_handle_t* handle, int /*flags*/, int count,
                                                       const char** arguments) {
    return answer(handle, count, arguments, "auth=");
}

[[gnu::visibility("default")]] int pam_sm_setcred(pam_handle_t* handle, int /*flags*/, int count,
                                                  const char** arguments) {
    return answer(handle, count, arguments, "cred=");
}

[[gnu::visibility("default")]] int pam_sm_acct_mgmt(pam_handle_t* handle, int /*flags*/, int count,
                                                    const char** arguments) {
    return answer(handle, count, arguments, "acct=");
}

}  // extern "C"
