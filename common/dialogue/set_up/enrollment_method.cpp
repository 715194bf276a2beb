#include "dialogue/set_up/enrollment_method.h"

#include <algorithm>

namespace secondstep::dialogue {
namespace {

constexpr unsigned most_asked = 3;

std::optional<EnrollmentMethod> only_method(const messages::EnrollmentMethods& offered) {
    if (offered.app || offered.mail == offered.sms) return std::nullopt;
    return offered.mail ? EnrollmentMethod::mail : EnrollmentMethod::sms;
}

}  // namespace

messages::EnrollmentMethods methods_of(const Policy& policy) {
    const auto allows = [&policy](Method method) {
        return std::ranges::find(policy.methods, to_text(method)) != policy.methods.end();
    };
    return {.app = allows(Method::totp) || allows(Method::hotp),
            .mail = allows(Method::mail),
            .sms = allows(Method::sms)};
}

std::optional<EnrollmentMethod> method_of(const Secret& typed, const messages::EnrollmentMethods& offered) {
    if (offered.app && says(typed, "q")) return EnrollmentMethod::picture;
    if (offered.app && says(typed, "t")) return EnrollmentMethod::text;
    if (offered.mail && says(typed, "m")) return EnrollmentMethod::mail;
    if (offered.sms && says(typed, "s")) return EnrollmentMethod::sms;
    return std::nullopt;
}

Script<std::optional<EnrollmentMethod>> ask_method(Talk& talk, messages::EnrollmentMethods offered,
                                                   std::string prompt) {
    if (const auto method = only_method(offered)) co_return method;
    for (unsigned asked = 0; asked < most_asked; ++asked) {
        Reply reply = co_await talk.ask_aloud(prompt);
        const std::optional<Secret> typed = text_of(std::move(reply));
        if (!typed) co_return std::nullopt;
        if (const auto method = method_of(*typed, offered)) co_return method;
    }
    co_return std::nullopt;
}

}  // namespace secondstep::dialogue
