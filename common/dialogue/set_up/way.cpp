#include "dialogue/set_up/way.h"

#include <algorithm>

namespace secondstep::dialogue {
namespace {

constexpr unsigned most_asked = 3;

std::optional<Way> only_way(const messages::Ways& offered) {
    if (offered.app || offered.mail == offered.sms) return std::nullopt;
    return offered.mail ? Way::mail : Way::sms;
}

}  // namespace

messages::Ways ways_of(const Policy& policy) {
    const auto allows = [&policy](Method method) {
        return std::ranges::find(policy.methods, to_text(method)) != policy.methods.end();
    };
    return {.app = allows(Method::totp) || allows(Method::hotp),
            .mail = allows(Method::mail),
            .sms = allows(Method::sms)};
}

std::optional<Way> way_of(const Secret& typed, const messages::Ways& offered) {
    if (offered.app && says(typed, "q")) return Way::picture;
    if (offered.app && says(typed, "t")) return Way::text;
    if (offered.mail && says(typed, "m")) return Way::mail;
    if (offered.sms && says(typed, "s")) return Way::sms;
    return std::nullopt;
}

Script<std::optional<Way>> ask_way(Talk& talk, messages::Ways offered, std::string prompt) {
    if (const auto way = only_way(offered)) co_return way;
    for (unsigned asked = 0; asked < most_asked; ++asked) {
        Reply reply = co_await talk.ask_aloud(prompt);
        const std::optional<Secret> typed = text_of(std::move(reply));
        if (!typed) co_return std::nullopt;
        if (const auto way = way_of(*typed, offered)) co_return way;
    }
    co_return std::nullopt;
}

}  // namespace secondstep::dialogue
