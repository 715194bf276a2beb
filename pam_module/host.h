#pragma once

#include <security/pam_modules.h>

#include <optional>
#include <string>
#include <string_view>

#include "base/secret.h"
#include "base/token.h"

namespace secondstep::module {

// The program that loaded us, through libpam. Its conversation may do anything: fail, answer with NULL,
// return a text nobody asked for, change the items. Every response is wiped and freed,
// whatever becomes of it.
class Host {
  public:
    explicit Host(pam_handle_t* handle) noexcept : handle_(handle) {}

    // Who logs in; the program is asked for the name when it has not said it yet. Returns nullopt if it did
    // not tell.
    [[nodiscard]] std::optional<std::string> ask_user() const;
    // The same without asking.
    [[nodiscard]] std::string user() const;
    [[nodiscard]] std::string service() const;
    [[nodiscard]] std::string remote_host() const;
    [[nodiscard]] std::string terminal() const;

    // What an earlier module asked for. Returns nullopt if there is none.
    [[nodiscard]] std::optional<Secret> password() const;
    // For the next module's use_first_pass or try_first_pass. False: out of memory.
    [[nodiscard]] bool set_password(Secret password) const;

    // What an authentication of the present PAM_USER ended with, for the account phase of this handle: with
    // pam_set_data, never in the environment (sshd copies that into the session). Wiped when it is replaced
    // and at the end. Where there is no memory for it, there is no proof.
    void keep_proof(const Token& proof) const;
    void forget_proof() const;
    [[nodiscard]] Token proof() const;  // empty: there is none, or it is of somebody else
    // True once for this handle (sshd establishes credentials in two processes, the second a copy).
    [[nodiscard]] bool is_first_session() const;

    // A program that cannot show texts (Apache) can still ask, so a failure is nobody's concern.
    void show_info(std::string_view text) const;
    void show_error(std::string_view text) const;
    // What was typed. Returns nullopt for NULL, end of input, or a conversation that failed. At most `max` +
    // 1 bytes are kept: whoever has more than `max` knows that it was too long.
    [[nodiscard]] std::optional<Secret> ask(const std::string& prompt, bool echo, std::size_t max) const;

    // One line to authpriv. `priority` is syslog's.
    void log(int priority, const std::string& text) const noexcept { log(priority, text.c_str()); }
    void log(int priority, const char* text) const noexcept;

  private:
    pam_handle_t* handle_;
};

}  // namespace secondstep::module
