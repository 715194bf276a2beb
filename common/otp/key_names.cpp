#include "otp/key_names.h"

#include "base/text.h"
#include "encoding/percent.h"
#include "otp/key_description.h"

namespace secondstep::otp {
namespace {

// Where the issuer ends; not in the middle of "https://".
std::size_t dividing_colon(std::string_view label) {
    std::size_t colon = label.find(':');
    while (colon != std::string_view::npos && label.substr(colon + 1).starts_with("//"))
        colon = label.find(':', colon + 1);
    return colon;
}

std::string decoded(std::string_view text) {
    const auto plain = percent_decoded(text);
    return std::string(plain ? plain->text() : text);
}

bool is_the_same_name(std::string_view a, std::string_view b) {
    return lowercase_ascii(fit_for_label(a)) == lowercase_ascii(fit_for_label(b));
}

KeyNames put_together(std::string_view in_label, std::string_view account, std::string_view issuer) {
    KeyNames names{std::string(trimmed(issuer)), std::string(trimmed(account)), {}};
    if (names.issuer.empty()) {
        names.issuer = trimmed(in_label);
    } else if (!trimmed(in_label).empty() && !is_the_same_name(in_label, issuer)) {
        names.label_issuer = fit_for_label(in_label);
    }
    return names;
}

// Whether `label` repeats the issuer in front, which may have a ':' of its own.
bool repeats(std::string_view label, std::string_view issuer) {
    return !issuer.empty() && label.size() > issuer.size() && label[issuer.size()] == ':' &&
           lowercase_ascii(label.substr(0, issuer.size())) == lowercase_ascii(issuer);
}

}  // namespace

KeyNames names_of_label(std::string_view label, std::string_view issuer) {
    issuer = trimmed(issuer);
    label = trimmed(label);
    if (repeats(label, issuer)) return put_together(issuer, label.substr(issuer.size() + 1), issuer);
    const std::size_t colon = dividing_colon(label);
    if (colon == std::string_view::npos) return put_together({}, label, issuer);
    return put_together(label.substr(0, colon), label.substr(colon + 1), issuer);
}

KeyNames names_of_encoded_label(std::string_view label, std::string_view issuer) {
    const std::string plain = decoded(label);
    const std::size_t colon = dividing_colon(label);
    if (repeats(trimmed(plain), trimmed(issuer)) || colon == std::string_view::npos)
        return names_of_label(plain, issuer);
    return put_together(decoded(label.substr(0, colon)), decoded(label.substr(colon + 1)), issuer);
}

}  // namespace secondstep::otp
