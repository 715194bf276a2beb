#include "host_login.h"

#include <security/pam_appl.h>

#include <cstdlib>
#include <cstring>

namespace secondstep::bench {
namespace {

int answer_all(int count, const pam_message** messages, pam_response** responses, void* data) {
    auto* replies =
        static_cast<pam_response*>(std::calloc(static_cast<std::size_t>(count), sizeof(pam_response)));
    if (replies == nullptr) return PAM_BUF_ERR;
    for (int i = 0; i < count; ++i) {
        const int style = messages[i]->msg_style;
        if (style == PAM_PROMPT_ECHO_OFF || style == PAM_PROMPT_ECHO_ON) {
            replies[i].resp = ::strdup(static_cast<const std::string*>(data)->c_str());
        }
    }
    *responses = replies;
    return PAM_SUCCESS;
}

}  // namespace

LoginResult log_in(const std::string& confdir, const std::string& service, const std::string& user,
                   const std::string& answer, const std::string& rhost) {
    std::string reply = answer;
    const pam_conv conversation{answer_all, &reply};
    pam_handle_t* handle = nullptr;
    const auto begin = std::chrono::steady_clock::now();
    if (::pam_start_confdir(service.c_str(), user.c_str(), &conversation, confdir.c_str(), &handle) !=
        PAM_SUCCESS) {
        return {PAM_SYSTEM_ERR, {}, {}};
    }
    ::pam_set_item(handle, PAM_RHOST, rhost.c_str());
    const auto asked = std::chrono::steady_clock::now();
    const int code = ::pam_authenticate(handle, 0);
    const auto judged = std::chrono::steady_clock::now();
    ::pam_end(handle, code);
    return {code, judged - asked, std::chrono::steady_clock::now() - begin};
}

}  // namespace secondstep::bench
