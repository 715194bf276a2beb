#include "host.h"

#include <security/pam_ext.h>

#include <cstdlib>
#include <cstring>
#include <memory>

namespace secondstep::module {
namespace {

// What a conversation gave back: wiped and freed on every path, an exception included.
class Response {
  public:
    Response() noexcept = default;
    Response(const Response&) = delete;
    Response& operator=(const Response&) = delete;
    ~Response() {
        if (raw_ == nullptr) return;
        if (raw_->resp != nullptr) ::explicit_bzero(raw_->resp, std::strlen(raw_->resp));
        // The conversation made both with malloc(3): that is PAM's contract.
        std::free(raw_->resp);
        std::free(raw_);
    }

    [[nodiscard]] pam_response** place() noexcept { return &raw_; }
    [[nodiscard]] const char* text() const noexcept { return raw_ == nullptr ? nullptr : raw_->resp; }

  private:
    pam_response* raw_ = nullptr;
};

const void* item(const pam_handle_t* handle, int type) noexcept {
    const void* found = nullptr;
    return ::pam_get_item(handle, type, &found) == PAM_SUCCESS ? found : nullptr;
}

std::string text_item(const pam_handle_t* handle, int type) {
    const auto* text = static_cast<const char*>(item(handle, type));
    return text == nullptr ? std::string{} : std::string(text);
}

// One message per call: some programs look at the first only, sshd refuses more than 32.
bool converse(const pam_handle_t* handle, int style, const char* text, Response& response) {
    const auto* conversation = static_cast<const pam_conv*>(item(handle, PAM_CONV));
    if (conversation == nullptr || conversation->conv == nullptr) return false;
    const pam_message message{.msg_style = style, .msg = text};
    const pam_message* messages = &message;
    return conversation->conv(1, &messages, response.place(), conversation->appdata_ptr) == PAM_SUCCESS;
}

// In memory of ours that is wiped: it may be a key, or recovery codes.
void show(const pam_handle_t* handle, int style, std::string_view text) {
    Secret shown = Secret::copy_of(text);
    shown.push_back('\0');
    Response response;
    static_cast<void>(converse(handle, style, shown.text().data(), response));
}

constexpr char proof_name[] = "secondstep proof";
constexpr char session_name[] = "secondstep session";

struct KeptProof {
    std::string user;
    Token proof;  // wipes itself
};

// libpam calls it when the data is replaced and in pam_end. The module is never unloaded (-z nodelete), so it
// is still there then.
void wipe_kept_proof(pam_handle_t* /*handle*/, void* data, int /*status*/) noexcept {
    delete static_cast<KeptProof*>(data);
}

}  // namespace

void Host::keep_proof(const Token& proof) const {
    auto kept = std::make_unique<KeptProof>(KeptProof{user(), proof});
    if (::pam_set_data(handle_, proof_name, kept.get(), wipe_kept_proof) == PAM_SUCCESS)
        static_cast<void>(kept.release());  // libpam's now
}

void Host::forget_proof() const {
    const void* data = nullptr;
    if (::pam_get_data(handle_, proof_name, &data) != PAM_SUCCESS || data == nullptr) return;
    // Replacing what is there needs no memory, so it cannot fail.
    ::pam_set_data(handle_, proof_name, nullptr, nullptr);
}

bool Host::is_first_session() const {
    const void* data = nullptr;
    if (::pam_get_data(handle_, session_name, &data) == PAM_SUCCESS && data != nullptr) return false;
    // What it points to is never read or freed.
    return ::pam_set_data(handle_, session_name, const_cast<char*>(session_name), nullptr) == PAM_SUCCESS;
}

Token Host::proof() const {
    const void* data = nullptr;
    if (::pam_get_data(handle_, proof_name, &data) != PAM_SUCCESS || data == nullptr) return {};
    const auto* kept = static_cast<const KeptProof*>(data);
    return kept->user == user() ? kept->proof : Token{};
}

std::optional<std::string> Host::ask_user() const {
    const char* name = nullptr;
    if (::pam_get_user(handle_, &name, nullptr) != PAM_SUCCESS || name == nullptr) return std::nullopt;
    return name;
}

std::string Host::user() const {
    return text_item(handle_, PAM_USER);
}
std::string Host::service() const {
    return text_item(handle_, PAM_SERVICE);
}
std::string Host::remote_host() const {
    return text_item(handle_, PAM_RHOST);
}
std::string Host::terminal() const {
    return text_item(handle_, PAM_TTY);
}

std::optional<Secret> Host::password() const {
    const auto* text = static_cast<const char*>(item(handle_, PAM_AUTHTOK));
    if (text == nullptr) return std::nullopt;
    return Secret::copy_of(text);
}

bool Host::set_password(Secret password) const {
    password.push_back('\0');
    return ::pam_set_item(handle_, PAM_AUTHTOK, password.bytes().data()) == PAM_SUCCESS;
}

void Host::show_info(std::string_view text) const {
    show(handle_, PAM_TEXT_INFO, text);
}
void Host::show_error(std::string_view text) const {
    show(handle_, PAM_ERROR_MSG, text);
}

std::optional<Secret> Host::ask(const std::string& prompt, bool echo, std::size_t max) const {
    Response response;
    const int style = echo ? PAM_PROMPT_ECHO_ON : PAM_PROMPT_ECHO_OFF;
    if (!converse(handle_, style, prompt.c_str(), response) || response.text() == nullptr)
        return std::nullopt;
    return Secret::copy_of(std::string_view(response.text(), ::strnlen(response.text(), max + 1)));
}

void Host::log(int priority, const char* text) const noexcept {
    ::pam_syslog(handle_, priority, "%s", text);
}

}  // namespace secondstep::module
