#include "account_password.h"

#include <security/pam_appl.h>

#include <cstdlib>
#include <cstring>

#include "base/text.h"
#include "prompt.h"

namespace secondstep::tool {

namespace {

constexpr char pam_service[] = "secondstep";

// libpam wipes nothing; the module that asked wipes and frees what it was given.
char* copy_for_pam(const Secret& typed) {
    auto* text = static_cast<char*>(std::calloc(typed.size() + 1, 1));
    if (text != nullptr && !typed.empty()) std::memcpy(text, typed.bytes().data(), typed.size());
    return text;
}

int answer(const pam_message& message, pam_response& response, Output& screen) {
    const std::string text = message.msg == nullptr ? "" : printable(message.msg, 1024);
    if (message.msg_style == PAM_TEXT_INFO || message.msg_style == PAM_ERROR_MSG) {
        screen.line(text);
        return PAM_SUCCESS;
    }
    const auto typed = ask(screen, text, message.msg_style == PAM_PROMPT_ECHO_ON);
    if (!typed) return PAM_CONV_ERR;
    response.resp = copy_for_pam(*typed);
    return response.resp == nullptr ? PAM_BUF_ERR : PAM_SUCCESS;
}

void discard(pam_response* responses, int count) {
    for (int i = 0; i < count; ++i) {
        if (responses[i].resp == nullptr) continue;
        ::explicit_bzero(responses[i].resp, std::strlen(responses[i].resp));
        std::free(responses[i].resp);
    }
    std::free(responses);
}

int converse(int count, const pam_message** messages, pam_response** responses, void* screen) {
    if (count <= 0 || count > PAM_MAX_NUM_MSG) return PAM_CONV_ERR;
    auto* given =
        static_cast<pam_response*>(std::calloc(static_cast<std::size_t>(count), sizeof(pam_response)));
    if (given == nullptr) return PAM_BUF_ERR;
    for (int i = 0; i < count; ++i) {
        const int result = answer(*messages[i], given[i], *static_cast<Output*>(screen));
        if (result == PAM_SUCCESS) continue;
        discard(given, count);
        return result;
    }
    *responses = given;
    return PAM_SUCCESS;
}

Exit result_of(pam_handle_t* pam, int result) {
    switch (result) {
        case PAM_SUCCESS:
        case PAM_NEW_AUTHTOK_REQD:  // old, but his
            return Exit::done;
        case PAM_AUTH_ERR:
        case PAM_USER_UNKNOWN:
        case PAM_MAXTRIES:
        case PAM_PERM_DENIED:
        case PAM_ACCT_EXPIRED:
        case PAM_CONV_ERR:
        case PAM_AUTHTOK_ERR:  // nothing was typed
            return complain(Exit::refused,
                            std::string("nothing was changed: ") + ::pam_strerror(pam, result));
        default:
            return complain(Exit::unavailable,
                            std::string("the password could not be checked: ") + ::pam_strerror(pam, result));
    }
}

}  // namespace

Exit check_account_password(const std::string& user, Output& screen) {
    const pam_conv conversation{converse, &screen};
    pam_handle_t* pam = nullptr;
    int result = ::pam_start(pam_service, user.c_str(), &conversation, &pam);
    if (result != PAM_SUCCESS) return complain(Exit::unavailable, "PAM cannot be used here");
    result = ::pam_authenticate(pam, 0);
    if (result == PAM_SUCCESS) result = ::pam_acct_mgmt(pam, 0);
    const Exit status = result_of(pam, result);
    ::pam_end(pam, result);
    return status;
}

}  // namespace secondstep::tool
