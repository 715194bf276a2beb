#include "otp/key_description.h"

#include <algorithm>

#include "base/text.h"

namespace secondstep::otp {
namespace {

constexpr std::size_t longest_name = 255;

// What was written before UTF-8 still is in some labels; every byte is a character there.
std::string from_latin1(std::string_view text) {
    std::string utf8;
    for (const char c : text) {
        const auto byte = static_cast<std::uint8_t>(c);
        if (byte < 0x80) {
            utf8 += c;
        } else {
            utf8 += static_cast<char>(0xc0 | byte >> 6);
            utf8 += static_cast<char>(0x80 | (byte & 0x3f));
        }
    }
    return utf8;
}

}  // namespace

KeyDescription KeyDescription::clone() const {
    return {issuer, account, key.clone(), algorithm, form, moving};
}

bool same(const KeyDescription& a, const KeyDescription& b) {
    return a.issuer == b.issuer && a.account == b.account && equal_in_constant_time(a.key, b.key) &&
           a.algorithm == b.algorithm && a.form == b.form && a.moving == b.moving;
}

std::string label_of(std::string_view issuer, std::string_view account) {
    const bool both = !issuer.empty() && !account.empty();
    return printable(std::string(issuer) + (both ? ": " : "") + std::string(account));
}

std::string label_of(const KeyDescription& key) {
    return label_of(key.issuer, key.account);
}

std::string label_of(const DescribedKey& described) {
    const std::string label = label_of(described.key);
    if (described.label_issuer.empty()) return label;
    return label + " (in its label: " + described.label_issuer + ")";
}

std::string code_described(const KeyDescription& key) {
    const std::string symbols = std::to_string(key.form.symbols());
    std::string text = key.is_counted() ? "hotp, " : "totp, ";
    text += symbols + (key.form.is_steam() ? " letters of Steam" : " digits");
    if (const auto* timed = std::get_if<TotpMoving>(&key.moving))
        text += ", every " + std::to_string(timed->period.value().count()) + " s";
    return text;
}

std::string fit_for_label(std::string_view name) {
    std::string fit = printable(is_valid_utf8(name) ? std::string(name) : from_latin1(name), longest_name);
    for (const std::string_view scheme : {"https://", "http://"}) {
        if (begins_with(fit, scheme)) fit.erase(0, scheme.size());
    }
    std::ranges::replace(fit, ':', ' ');
    // Apps take spaces beside the ':' of a label for layout, so such a name would come back as another.
    return std::string(trimmed(fit));
}

Result<LoginForm> form_for_login(const KeyDescription& key) {
    if (key.form.is_steam())
        return fail(Errc::invalid, "Its codes are Steam's five letters, and Secondstep checks digits alone.");
    const auto digits = Digits::create(key.form.symbols());
    if (!digits)
        return fail(Errc::invalid, "Its codes have " + std::to_string(key.form.symbols()) +
                                       " digits; Secondstep checks codes of 6, 7 or 8.");
    const auto* timed = std::get_if<TotpMoving>(&key.moving);
    if (timed == nullptr) return LoginForm{*digits, thirty_seconds()};
    const auto period = Period::create(timed->period.value());
    if (!period)
        return fail(Errc::invalid, "Its codes last " + std::to_string(timed->period.value().count()) +
                                       " seconds; Secondstep checks codes of 15 to 120 seconds.");
    return LoginForm{*digits, *period};
}

}  // namespace secondstep::otp
