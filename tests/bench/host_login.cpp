#include "host_login.h"

#include <security/pam_appl.h>

#include <cstdlib>
#include <cstring>

namespace secondstep::bench {
namespace {

using Clock = std::chrono::steady_clock;

struct Person {
    std::string answer;
    Clock::time_point answered = Clock::now();
};

int answer_all(int count, const pam_message** messages, pam_response** responses, void* data) {
    auto* person = static_cast<Person*>(data);
    auto* replies =
        static_cast<pam_response*>(std::calloc(static_cast<std::size_t>(count), sizeof(pam_response)));
    if (replies == nullptr) return PAM_BUF_ERR;
    for (int i = 0; i < count; ++i) {
        const int style = messages[i]->msg_style;
        if (style == PAM_PROMPT_ECHO_OFF || style == PAM_PROMPT_ECHO_ON) {
            replies[i].resp = ::strdup(person->answer.c_str());
        }
    }
    *responses = replies;
    person->answered = Clock::now();
    return PAM_SUCCESS;
}

}  // namespace

LoginResult log_in(const std::string& confdir, const std::string& service, const std::string& user,
                   const std::string& answer, const std::string& rhost) {
    Person person{.answer = answer};
    const pam_conv conversation{answer_all, &person};
    pam_handle_t* handle = nullptr;
    const auto begin = Clock::now();
    if (::pam_start_confdir(service.c_str(), user.c_str(), &conversation, confdir.c_str(), &handle) !=
        PAM_SUCCESS) {
        return {PAM_SYSTEM_ERR, {}, {}, {}};
    }
    ::pam_set_item(handle, PAM_RHOST, rhost.c_str());
    const auto asked = Clock::now();
    const int code = ::pam_authenticate(handle, 0);
    const auto judged = Clock::now();
    ::pam_end(handle, code);
    return {code, judged - asked, judged - person.answered, Clock::now() - begin};
}

}  // namespace secondstep::bench
