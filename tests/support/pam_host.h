#pragma once

#include <security/pam_appl.h>

#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "support/temporary_directory.h"

namespace secondstep::testing {

// What a module wanted of the conversation: `style` is PAM's (PAM_PROMPT_ECHO_OFF ...).
struct Heard {
    int style;
    std::string text;
};

// What the conversation does about it: its return code, and the text typed (nothing: NULL).
struct Said {
    int code = PAM_SUCCESS;
    std::optional<std::string> text = {};
};

using Conversation = std::function<Said(const Heard&)>;

// Types one text after the other at the prompts, then NULL. Texts shown are acknowledged.
[[nodiscard]] Conversation typing(std::vector<std::string> texts);

// A program that logs people in: a PAM stack of its own in a private directory (pam_start_confdir), so
// neither /etc/pam.d nor privileges are needed.
class PamHost {
  public:
    // `stack`: the lines of a PAM service file. `user` without a value: the program does not know it yet.
    PamHost(const std::string& stack, std::optional<std::string> user, Conversation conversation);
    PamHost(const PamHost&) = delete;
    PamHost& operator=(const PamHost&) = delete;
    ~PamHost();

    int authenticate(int flags = 0) { return last_ = ::pam_authenticate(handle_, flags); }
    int account(int flags = 0) { return last_ = ::pam_acct_mgmt(handle_, flags); }
    int set_credentials(int flags = PAM_ESTABLISH_CRED) { return last_ = ::pam_setcred(handle_, flags); }

    void set(int item, const std::string& value);
    [[nodiscard]] std::string get(int item) const;
    [[nodiscard]] pam_handle_t* handle() const { return handle_; }

    // The text of a reply is wiped here as soon as it was handed over.
    void wipe_replies() { wipes_ = true; }

    [[nodiscard]] const std::vector<Heard>& heard() const { return heard_; }
    [[nodiscard]] std::vector<std::string> prompts() const;  // the questions alone

    // PAM's conversation function; `self` is a PamHost.
    static int converse(int count, const pam_message** messages, pam_response** responses, void* self);

  private:
    int answer(int count, const pam_message* const* messages, pam_response** responses);

    TemporaryDirectory directory_;
    Conversation conversation_;
    std::vector<Heard> heard_;
    pam_conv functions_{};
    pam_handle_t* handle_ = nullptr;
    int last_ = PAM_SUCCESS;
    bool wipes_ = false;
};

}  // namespace secondstep::testing
