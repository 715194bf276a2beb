#include "support/pam_host.h"

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <stdexcept>

namespace secondstep::testing {
namespace {

constexpr char service[] = "secondstep-test";

bool is_prompt(int style) {
    return style == PAM_PROMPT_ECHO_OFF || style == PAM_PROMPT_ECHO_ON;
}

}  // namespace

Conversation typing(std::vector<std::string> texts) {
    return [texts = std::move(texts), next = std::size_t{0}](const Heard& heard) mutable {
        if (!is_prompt(heard.style) || next == texts.size()) return Said{};
        return Said{.text = texts[next++]};
    };
}

PamHost::PamHost(const std::string& stack, std::optional<std::string> user, Conversation conversation)
    : conversation_(std::move(conversation)) {
    std::ofstream(directory_.file(service)) << stack << "\n";
    // libpam looks for this too, and logs when it is missing.
    std::ofstream(directory_.file("other")) << "auth required pam_deny.so\naccount required pam_deny.so\n";
    functions_ = {.conv = converse, .appdata_ptr = this};
    const int code = ::pam_start_confdir(service, user ? user->c_str() : nullptr, &functions_,
                                         directory_.path().c_str(), &handle_);
    if (code != PAM_SUCCESS) throw std::runtime_error("pam_start_confdir: " + std::to_string(code));
}

PamHost::~PamHost() {
    ::pam_end(handle_, last_);
}

void PamHost::set(int item, const std::string& value) {
    if (::pam_set_item(handle_, item, value.c_str()) != PAM_SUCCESS) throw std::runtime_error("pam_set_item");
}

std::string PamHost::get(int item) const {
    const void* value = nullptr;
    if (::pam_get_item(handle_, item, &value) != PAM_SUCCESS || value == nullptr) return {};
    return static_cast<const char*>(value);
}

std::vector<std::string> PamHost::prompts() const {
    std::vector<std::string> texts;
    for (const Heard& heard : heard_) {
        if (is_prompt(heard.style)) texts.push_back(heard.text);
    }
    return texts;
}

int PamHost::converse(int count, const pam_message** messages, pam_response** responses, void* self) {
    return static_cast<PamHost*>(self)->answer(count, messages, responses);
}

int PamHost::answer(int count, const pam_message* const* messages, pam_response** responses) {
    if (count != 1) return PAM_CONV_ERR;
    heard_.push_back({.style = messages[0]->msg_style, .text = messages[0]->msg});
    Said said = conversation_(heard_.back());
    // PAM's contract: the module frees both with free(3).
    auto* response = static_cast<pam_response*>(std::calloc(1, sizeof(pam_response)));
    if (said.text) response->resp = ::strdup(said.text->c_str());
    if (wipes_ && said.text) ::explicit_bzero(said.text->data(), said.text->size());
    *responses = response;
    return said.code;
}

}  // namespace secondstep::testing
