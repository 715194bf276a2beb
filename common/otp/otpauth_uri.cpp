#include "otp/otpauth_uri.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "base/text.h"
#include "encoding/base32.h"
#include "otp/key_fields.h"
#include "otp/key_names.h"
#include "otp/key_symbols.h"
#include "otp/uri_parameters.h"

namespace secondstep::otp {
namespace {

constexpr std::size_t longest_name = 255;
constexpr std::size_t longest_uri = 4096;
constexpr std::string_view scheme = "otpauth://";

std::unexpected<Error> invalid(std::string why) {
    return fail(Errc::invalid, "otpauth URI: " + std::move(why));
}

// RFC 3986 section 2.3
bool is_unreserved(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

void append_encoded(Secret& out, std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    for (const char c : text) {
        const auto byte = static_cast<std::uint8_t>(c);
        if (is_unreserved(c)) {
            out.push_back(c);
        } else {
            out.append(std::string{'%', digits[byte >> 4], digits[byte & 0x0f]});
        }
    }
}

Result<void> check_name(std::string_view what, std::string_view name) {
    const std::string subject(what);
    if (name.size() > longest_name) return invalid(subject + " is longer than 255 bytes");
    if (!is_valid_utf8(name)) return invalid(subject + " is not valid UTF-8");
    if (has_control_characters(name)) return invalid(subject + " has control characters");
    if (name.find(':') != std::string_view::npos) return invalid(subject + " has a ':'");
    // Apps take spaces after the ':' of the label for layout, so such a name would come back as another.
    if (name.starts_with(' ') || name.ends_with(' '))
        return invalid(subject + " begins or ends with a space");
    return {};
}

Result<void> check(const KeyDescription& uri) {
    if (uri.key.empty()) return invalid("the key is empty");
    if (uri.key.size() > longest_key) return invalid("the key is longer than 128 bytes");
    if (uri.account.empty()) return invalid("the account is empty");
    if (auto account = check_name("the account", uri.account); !account) return account;
    return check_name("the issuer", uri.issuer);
}

void append_parameter(Secret& out, std::string_view name, std::string_view value) {
    out.push_back('&');
    out.append(name);
    out.push_back('=');
    append_encoded(out, value);
}

std::string uppercase_name(Algorithm algorithm) {
    std::string name(to_text(algorithm));
    name.replace(0, 3, "SHA");
    return name;
}

void append_label(Secret& out, const KeyDescription& uri) {
    out.append(scheme);
    out.append(std::holds_alternative<TotpMoving>(uri.moving) ? "totp/" : "hotp/");
    append_encoded(out, uri.issuer);
    if (!uri.issuer.empty()) out.push_back(':');
    append_encoded(out, uri.account);
}

// Steam's letters are said so that an app which does not know them refuses the key, instead of showing six
// digits that nobody takes; and six digits where the issuer alone would mean those letters.
void append_form(Secret& out, const KeyDescription& key) {
    const bool is_default = key.form == CodeForm(six_digits());
    if (is_default && lowercase_ascii(key.issuer) != "steam") return;
    append_parameter(out, "digits", std::to_string(key.form.symbols()));
    if (key.form.is_steam()) append_parameter(out, "encoder", "steam");
}

void append_moving(Secret& out, const Moving& moving) {
    if (const auto* hotp = std::get_if<HotpMoving>(&moving)) {
        append_parameter(out, "counter", std::to_string(hotp->counter));
    } else if (const auto* totp = std::get_if<TotpMoving>(&moving);
               totp->period != StepLength(thirty_seconds())) {
        append_parameter(out, "period", std::to_string(totp->period.value().count()));
    }
}

std::string_view text_of(const std::optional<Secret>& value) {
    return value ? value->text() : std::string_view{};
}

// "totp/LABEL?QUERY" in its three parts.
struct Parts {
    std::string_view type;
    std::string_view label;
    std::string_view query;
};

// A label may have a '?' of its own.
std::size_t beginning_of_query(std::string_view text) {
    const std::size_t first = text.find('?');
    for (std::size_t at = first; at != std::string_view::npos; at = text.find('?', at + 1)) {
        if (UriParameters::begin_in(text.substr(at + 1))) return at;
    }
    return first;
}

Result<Parts> split_uri(std::string_view text) {
    if (text.size() > longest_uri) return invalid("longer than 4096 bytes");
    if (!begins_with(text, scheme)) return invalid("does not begin with otpauth://");
    text.remove_prefix(scheme.size());
    // Its key would become part of a name, and be shown.
    const std::string lower = lowercase_ascii(text);
    if (lower.find("otpauth:") != std::string::npos || lower.find("otpauth%3a") != std::string::npos)
        return invalid("there is a second address behind it: give each on a line of its own");
    // Of "=" in the source of a mail, which is quoted-printable, its "3D" would become key.
    if (lower.find("=3d") != lower.rfind("=3d"))
        return invalid("it was copied out of the source of a mail: copy what the mail shows");
    const std::size_t question = beginning_of_query(text);
    if (question == std::string_view::npos) return invalid("has no parameters, and so no key");
    const std::string_view path = text.substr(0, question);
    const std::size_t slash = std::min(path.find('/'), path.size());
    const std::string_view label = path.substr(std::min(slash + 1, path.size()));
    return Parts{path.substr(0, slash), label, text.substr(question + 1)};
}

// "issuer=Acme;digits=8": what divides parameters was lost on the way, and a parameter became a name.
void remark_on_names(std::string_view label, std::string_view issuer, std::vector<Remark>& remarks) {
    constexpr std::array<std::string_view, 5> names{"digits", "period", "algorithm", "secret", "counter"};
    const std::string text = lowercase_ascii(label) + " " + lowercase_ascii(issuer);
    for (const std::string_view name : names) {
        const std::size_t at = text.find(name);
        if (at == std::string::npos) continue;
        const std::string_view behind = std::string_view(text).substr(at + name.size());
        if (!behind.starts_with('=') && !behind.starts_with(':') && !behind.starts_with("%3d") &&
            !behind.starts_with("%253d"))
            continue;
        remarks.push_back({"A name in it holds what looks like the parameter " + std::string(name) +
                               ": perhaps its codes are other ones.",
                           true});
        return;
    }
}

void remark_on_size(std::size_t bytes, std::vector<Remark>& remarks) {
    if (bytes >= shortest_usual_key) return;
    remarks.push_back(
        {"The key has only " + std::to_string(bytes * 8) + " bits: was it copied whole?", true});
}

}  // namespace

Result<Secret> to_uri(const KeyDescription& key) {
    if (auto good = check(key); !good) return std::unexpected(std::move(good.error()));
    Secret out;
    append_label(out, key);
    out.append("?secret=");
    out.append(base32_encode(key.key.bytes()).text());
    if (!key.issuer.empty()) append_parameter(out, "issuer", key.issuer);
    if (key.algorithm != Algorithm::sha1) append_parameter(out, "algorithm", uppercase_name(key.algorithm));
    append_form(out, key);
    append_moving(out, key.moving);
    return out;
}

bool is_otpauth_uri(std::string_view text) {
    return begins_with(text, "otpauth:");
}

Result<DescribedKey> parse_otpauth_uri(std::string_view text) {
    const auto parts = split_uri(text);
    if (!parts) return std::unexpected(parts.error());
    auto parameters = UriParameters::parse(parts->query);
    if (!parameters) return invalid(parameters.error().detail);
    if (text_of(parameters->secret).empty()) return invalid("the secret is missing");
    if (parts->type.empty()) return invalid("the type is missing");
    const KeyNames names = names_of_encoded_label(parts->label, text_of(parameters->issuer));
    auto described = describe({.key = Base32Text{text_of(parameters->secret)},
                               .type = parts->type,
                               .encoder = text_of(parameters->encoder),
                               .algorithm = text_of(parameters->algorithm),
                               .digits = text_of(parameters->digits),
                               .period = text_of(parameters->period),
                               .counter = text_of(parameters->counter),
                               .issuer = names.issuer,
                               .account = names.account});
    if (!described) return invalid(described.error().detail);
    described->label_issuer = names.label_issuer;
    remark_on_names(parts->label, text_of(parameters->issuer), described->remarks);
    remark_on_size(described->key.key.size(), described->remarks);
    if (!text_of(parameters->encoder).empty() && !described->key.form.is_steam())
        described->remarks.push_back(
            {"It has the parameter encoder, with a value that is not known here: perhaps its "
             "codes are other ones.",
             true});
    described->remarks.insert(described->remarks.begin(), parameters->remarks.begin(),
                              parameters->remarks.end());
    return described;
}

}  // namespace secondstep::otp
