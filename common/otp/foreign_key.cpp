#include "otp/foreign_key.h"

#include <array>
#include <utility>

#include "base/text.h"

namespace secondstep::otp {
namespace {

// Beginnings of what other apps are set up with; none of them is a key that somebody else can use.
constexpr std::array<std::pair<std::string_view, std::string_view>, 13> languages{{
    {"phonefactor:", "Microsoft Authenticator alone"},
    {"mspassword:", "Microsoft Authenticator alone"},
    {"duo:", "Duo Mobile alone"},
    {"oktaverify:", "Okta Verify alone"},
    {"com.okta.", "Okta Verify alone"},
    {"otpauth://pipush", "privacyIDEA's push app alone"},
    {"otpauth://push", "an app that asks by push"},
    {"pushauth:", "an app that asks by push"},
    {"com.rsa.", "RSA SecurID alone"},
    {"zohoauth:", "Zoho OneAuth alone"},
    {"yandexauth:", "Yandex Key alone"},
    {"steammobile:", "the Steam app alone"},
    {"fido:", "passkeys"},
}};

}  // namespace

std::optional<std::string> why_no_key(std::string_view text) {
    text = trimmed(text);
    for (const auto& [beginning, whose] : languages) {
        if (begins_with(text, beginning))
            return "this is for " + std::string(whose) +
                   ": choose \"other authenticator app\" (or \"I want to use a different app\") on the page that "
                   "shows it";
    }
    if (begins_with(text, "http:") || begins_with(text, "https:"))
        return "this is the address of a web page, not a key: the key is what the page shows for an authenticator "
               "app";
    if (text.starts_with('{') || text.starts_with("[{") || text.starts_with("[\"") || text.starts_with("[\n"))
        return "this is JSON, as apps export it: give the file with --export";
    if (text.starts_with("<?xml") || text.starts_with("<Key"))
        return "this is XML, as makers of tokens deliver it: secondstep import pskc reads that";
    return std::nullopt;
}

}  // namespace secondstep::otp
