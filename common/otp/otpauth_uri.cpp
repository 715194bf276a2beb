#include "otp/otpauth_uri.h"

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "encoding/base32.h"
#include "encoding/percent.h"

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

Result<void> check(const OtpauthUri& uri) {
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

void append_label(Secret& out, const OtpauthUri& uri) {
    out.append(scheme);
    out.append(std::holds_alternative<TotpMoving>(uri.moving) ? "totp/" : "hotp/");
    append_encoded(out, uri.issuer);
    if (!uri.issuer.empty()) out.push_back(':');
    append_encoded(out, uri.account);
}

void append_moving(Secret& out, const std::variant<TotpMoving, HotpMoving>& moving) {
    if (const auto* hotp = std::get_if<HotpMoving>(&moving)) {
        append_parameter(out, "counter", std::to_string(hotp->counter));
    } else if (const auto* totp = std::get_if<TotpMoving>(&moving); totp->period != thirty_seconds()) {
        append_parameter(out, "period", std::to_string(totp->period.value().count()));
    }
}

std::string_view text_of(const std::optional<Secret>& value) {
    return value ? value->text() : std::string_view{};
}

// What stands after the '?', decoded and not yet understood.
struct Parameters {
    std::optional<Secret> secret;
    std::optional<Secret> issuer;
    std::optional<Secret> algorithm;
    std::optional<Secret> digits;
    std::optional<Secret> period;
    std::optional<Secret> counter;

    std::optional<Secret>* find(std::string_view name) {
        if (name == "secret") return &secret;
        if (name == "issuer") return &issuer;
        if (name == "algorithm") return &algorithm;
        if (name == "digits") return &digits;
        if (name == "period") return &period;
        if (name == "counter") return &counter;
        return nullptr;
    }
};

Result<void> add_parameter(Parameters& parameters, std::string_view text) {
    const std::size_t equals = std::min(text.find('='), text.size());
    const auto name = percent_decoded(text.substr(0, equals));
    auto value = percent_decoded(text.substr(std::min(equals + 1, text.size())));
    if (!name || !value) return invalid("a '%' is not followed by two hexadecimal digits");
    // In lower case: apps differ in whether "Secret" is "secret", so the two together are a repetition.
    const std::string known_as = lowercase_ascii(name->text());
    std::optional<Secret>* const place = parameters.find(known_as);
    if (place == nullptr) return {};
    if (place->has_value()) return invalid("the parameter " + known_as + " is there twice");
    *place = std::move(*value);
    return {};
}

Result<Parameters> parse_parameters(std::string_view query) {
    Parameters parameters;
    for (const std::string_view text : split(query, '&')) {
        if (auto added = add_parameter(parameters, text); !added)
            return std::unexpected(std::move(added.error()));
    }
    return parameters;
}

// One number, or `absent` when the parameter is not there.
template <typename Number>
Result<Number> number_of(std::string_view name, const std::optional<Secret>& value, Number absent) {
    if (!value) return absent;
    const auto number = parse_number<Number>(value->text());
    if (!number) return invalid("the parameter " + std::string(name) + " is not a number");
    return *number;
}

Result<Digits> parse_digits(const Parameters& parameters) {
    const auto number = number_of<unsigned>("digits", parameters.digits, six_digits().value());
    return number ? Digits::create(*number) : std::unexpected(number.error());
}

Result<Period> parse_period(const Parameters& parameters) {
    const auto number = number_of<std::uint32_t>("period", parameters.period, 30);
    return number ? Period::create(std::chrono::seconds(*number)) : std::unexpected(number.error());
}

// Both are checked whatever the type is: some apps write the period into hotp URIs too.
Result<std::variant<TotpMoving, HotpMoving>> parse_moving(bool is_hotp, const Parameters& parameters) {
    const auto period = parse_period(parameters);
    if (!period) return std::unexpected(period.error());
    const auto counter = number_of<std::uint64_t>("counter", parameters.counter, 0);
    if (!counter) return std::unexpected(counter.error());
    if (!is_hotp) return TotpMoving{*period};
    if (!parameters.counter) return invalid("a hotp URI needs a counter");
    return HotpMoving{*counter};
}

Result<Secret> parse_key(const Parameters& parameters) {
    if (!parameters.secret) return invalid("the secret is missing");
    auto key = base32_decode(parameters.secret->text());
    if (key && key->empty()) return invalid("the secret is empty");
    return key;
}

Result<Algorithm> parse_algorithm(const Parameters& parameters) {
    if (!parameters.algorithm) return Algorithm::sha1;
    const auto algorithm = algorithm_from_text(parameters.algorithm->text());
    if (!algorithm) return invalid("the algorithm is none of SHA1, SHA256, SHA512");
    return *algorithm;
}

std::string_view without_outer_spaces(std::string_view text) {
    while (text.starts_with(' '))
        text.remove_prefix(1);
    while (text.ends_with(' '))
        text.remove_suffix(1);
    return text;
}

struct Names {
    std::string issuer;
    std::string account;
};

// label = accountname / issuer (":" / "%3A") *"%20" accountname
Result<Names> parse_names(std::string_view label, const Parameters& parameters) {
    const auto plain = percent_decoded(label);
    if (!plain) return invalid("a '%' is not followed by two hexadecimal digits");
    const std::string_view text = plain->text();
    const std::size_t colon = text.find(':');
    const bool has_issuer = colon != std::string_view::npos;
    const std::string_view in_label =
        without_outer_spaces(has_issuer ? text.substr(0, colon) : std::string_view{});
    const std::string_view account = without_outer_spaces(has_issuer ? text.substr(colon + 1) : text);
    const std::string_view parameter = without_outer_spaces(text_of(parameters.issuer));
    if (!in_label.empty() && !parameter.empty() && in_label != parameter) {
        return invalid("the issuer of the label and the parameter issuer differ");
    }
    return Names{std::string(in_label.empty() ? parameter : in_label), std::string(account)};
}

// "totp/LABEL?QUERY" in its three parts.
struct Parts {
    bool is_hotp;
    std::string_view label;
    std::string_view query;
};

Result<Parts> split_uri(std::string_view text) {
    if (text.size() > longest_uri) return invalid("longer than 4096 bytes");
    if (!begins_with(text, scheme)) return invalid("does not begin with otpauth://");
    if (text.find('#') != std::string_view::npos) return invalid("has a fragment ('#')");
    text.remove_prefix(scheme.size());
    const std::size_t slash = text.find('/');
    const std::size_t question = text.find('?');
    if (slash >= question || question == std::string_view::npos)
        return invalid("not of the form TYPE/LABEL?PARAMETERS");
    const std::string type = lowercase_ascii(text.substr(0, slash));
    if (type != "totp" && type != "hotp") return invalid("the type is neither totp nor hotp");
    return Parts{type == "hotp", text.substr(slash + 1, question - slash - 1), text.substr(question + 1)};
}

}  // namespace

std::string fit_for_label(std::string_view name) {
    std::string fit = printable(name, longest_name);
    std::ranges::replace(fit, ':', ' ');
    return std::string(without_outer_spaces(fit));
}

Result<Secret> to_text(const OtpauthUri& uri) {
    if (auto good = check(uri); !good) return std::unexpected(std::move(good.error()));
    Secret out;
    append_label(out, uri);
    out.append("?secret=");
    out.append(base32_encode(uri.key.bytes()).text());
    if (!uri.issuer.empty()) append_parameter(out, "issuer", uri.issuer);
    if (uri.algorithm != Algorithm::sha1) append_parameter(out, "algorithm", uppercase_name(uri.algorithm));
    if (uri.digits != six_digits()) append_parameter(out, "digits", std::to_string(uri.digits.value()));
    append_moving(out, uri.moving);
    return out;
}

Result<OtpauthUri> parse_otpauth_uri(std::string_view text) {
    const auto parts = split_uri(text);
    if (!parts) return std::unexpected(parts.error());
    const auto parameters = parse_parameters(parts->query);
    if (!parameters) return std::unexpected(parameters.error());
    auto names = parse_names(parts->label, *parameters);
    if (!names) return std::unexpected(std::move(names.error()));
    auto key = parse_key(*parameters);
    if (!key) return std::unexpected(std::move(key.error()));
    const auto algorithm = parse_algorithm(*parameters);
    if (!algorithm) return std::unexpected(algorithm.error());
    const auto digits = parse_digits(*parameters);
    if (!digits) return std::unexpected(digits.error());
    const auto moving = parse_moving(parts->is_hotp, *parameters);
    if (!moving) return std::unexpected(moving.error());
    OtpauthUri uri{
        std::move(names->issuer), std::move(names->account), std::move(*key), *algorithm, *digits, *moving};
    if (auto good = check(uri); !good) return std::unexpected(std::move(good.error()));
    return uri;
}

}  // namespace secondstep::otp
