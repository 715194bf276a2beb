#include "migration/formats/pskc.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.h"
#include "encoding/base64.h"
#include "encoding/hex.h"
#include "migration/formats/gathered_accounts.h"

namespace secondstep::tool {
namespace {

constexpr std::string_view hotp_suffix = ":hotp";
constexpr std::string_view totp_suffix = ":totp";

std::unexpected<Error> unusable(std::string why) {
    return fail(Errc::invalid, std::move(why));
}

// One Key of the file with what stands around it.
struct KeyPackage {
    XmlElement package;
    XmlElement key;
    const PskcEncryption* encryption;  // null: the file is plain
};

std::string text_at(const XmlElement& element, std::initializer_list<std::string_view> path) {
    const auto found = element.descendant(path);
    return found ? printable(found->text().text()) : "";
}

// The value of Data/NAME, bytes as the RFC's section 4.2 encodes them: nothing when it is not there.
Result<std::optional<Secret>> value_of(const KeyPackage& from, std::string_view name, bool is_base64) {
    const auto element = from.key.descendant({"Data", name});
    if (!element) return std::nullopt;
    const auto plain = element->child("PlainValue");
    if (!plain) {
        if (from.encryption == nullptr)
            return unusable(std::string(name) + " is encrypted, and the file says nothing of a key.");
        auto decrypted = from.encryption->decrypt(*element);
        if (!decrypted) return unusable(std::string(name) + ": " + decrypted.error().detail + ".");
        return std::move(*decrypted);
    }
    if (!is_base64) return plain->text();
    auto bytes = otp::base64_decode(plain->text().text());
    if (!bytes) return unusable(std::string(name) + " is not base64.");
    return std::move(*bytes);
}

// Big endian, as an encrypted number is.
std::optional<std::uint64_t> number_of_bytes(ByteView bytes) {
    if (bytes.empty() || bytes.size() > 8) return std::nullopt;
    std::uint64_t value = 0;
    for (const std::uint8_t byte : bytes)
        value = value << 8 | byte;
    return value;
}

Result<std::uint64_t> number_of(const KeyPackage& from, std::string_view name, std::uint64_t when_absent) {
    const auto value = value_of(from, name, false);
    if (!value) return std::unexpected(value.error());
    if (!*value) return when_absent;
    const bool is_plain = from.key.descendant({"Data", name, "PlainValue"}).has_value();
    const auto number =
        is_plain ? parse_number<std::uint64_t>((*value)->text()) : number_of_bytes((*value)->bytes());
    if (!number) return unusable(std::string(name) + " is not a number.");
    return *number;
}

Result<Secret> secret_of(const KeyPackage& from) {
    auto secret = value_of(from, "Secret", true);
    if (!secret) return std::unexpected(std::move(secret.error()));
    if (!*secret) return unusable("It has no Secret.");
    return std::move(**secret);
}

// "HMAC-SHA256", "SHA256", "HmacSHA256".
Result<otp::Algorithm> algorithm_of(const KeyPackage& from) {
    std::string suite = lowercase_ascii(text_at(from.key, {"AlgorithmParameters", "Suite"}));
    std::erase(suite, '-');
    if (suite.starts_with("hmac")) suite.erase(0, 4);
    if (suite.empty()) return otp::Algorithm::sha1;
    const auto algorithm = otp::algorithm_from_text(suite);
    if (!algorithm) return unusable("Its Suite is none of HMAC-SHA1, HMAC-SHA256 and HMAC-SHA512.");
    return *algorithm;
}

Result<otp::Digits> digits_of(const KeyPackage& from) {
    const auto format = from.key.descendant({"AlgorithmParameters", "ResponseFormat"});
    if (!format) return otp::six_digits();
    if (format->attribute("Encoding").value_or("DECIMAL") != "DECIMAL")
        return unusable("Its codes are not decimal numbers.");
    const std::string check = format->attribute("CheckDigits").value_or("false");
    if (check != "false" && check != "0") return unusable("Its codes have a check digit.");
    const auto length = parse_number<unsigned>(format->attribute("Length").value_or("6"));
    const auto digits = length ? otp::Digits::create(*length) : unusable("");
    if (!digits) return unusable("The length of its codes is none of 6, 7 and 8.");
    return digits;
}

// A PIN for the device alone is the owner's affair; one that becomes part of the code cannot be checked here.
Result<void> check_pin(const KeyPackage& from) {
    const auto policy = from.key.descendant({"Policy", "PINPolicy"});
    const std::string mode = policy ? policy->attribute("PINUsageMode").value_or("Local") : "Local";
    if (mode == "Local") return {};
    return unusable("A PIN is part of its codes, and Secondstep has none.");
}

Result<ImportedToken> time_token(const KeyPackage& from, otp::KeyDescription token) {
    const auto seconds = number_of(from, "TimeInterval", 30);
    if (!seconds) return std::unexpected(seconds.error());
    const auto period = otp::Period::create(std::chrono::seconds(std::min<std::uint64_t>(*seconds, 86400)));
    if (!period) return unusable("TimeInterval: " + period.error().detail + ".");
    token.moving = otp::TotpMoving{*period};
    return ImportedToken{std::move(token), {}, std::nullopt};
}

Result<ImportedToken> counter_token(const KeyPackage& from, otp::KeyDescription token) {
    const auto next = number_of(from, "Counter", 0);
    if (!next) return std::unexpected(next.error());
    return hotp_token(std::move(token), *next);
}

Result<bool> is_hotp(const KeyPackage& from) {
    const std::string algorithm = from.key.attribute("Algorithm").value_or("");
    if (algorithm.ends_with(hotp_suffix)) return true;
    if (algorithm.ends_with(totp_suffix)) return false;
    if (algorithm.ends_with(":pin")) return unusable("It is a PIN, and Secondstep has none.");
    return unusable("Its algorithm is neither hotp nor totp.");
}

// Everything but the names.
Result<ImportedToken> token_of(const KeyPackage& from) {
    const auto hotp = is_hotp(from);
    if (!hotp) return std::unexpected(hotp.error());
    if (const auto pin = check_pin(from); !pin) return std::unexpected(pin.error());
    const auto algorithm = algorithm_of(from);
    if (!algorithm) return std::unexpected(algorithm.error());
    const auto digits = digits_of(from);
    if (!digits) return std::unexpected(digits.error());
    auto key = secret_of(from);
    if (!key) return std::unexpected(std::move(key.error()));
    otp::KeyDescription token{.issuer = {},
                              .account = {},
                              .key = std::move(*key),
                              .algorithm = *algorithm,
                              .form = *digits,
                              .moving = otp::TotpMoving{otp::thirty_seconds()}};
    return *hotp ? counter_token(from, std::move(token)) : time_token(from, std::move(token));
}

std::string user_of(const KeyPackage& from) {
    const std::string of_key = text_at(from.key, {"UserId"});
    return user_of_distinguished_name(of_key.empty() ? text_at(from.package, {"DeviceInfo", "UserId"})
                                                     : of_key);
}

// "Acme 987654321"
std::string device_of(const KeyPackage& from) {
    const std::string maker = text_at(from.package, {"DeviceInfo", "Manufacturer"});
    const std::string serial = text_at(from.package, {"DeviceInfo", "SerialNo"});
    return printable(maker + (maker.empty() || serial.empty() ? "" : " ") + serial, 64);
}

void name_token(ImportedToken& token, const KeyPackage& from, const std::string& user) {
    token.name = device_of(from);
    token.token.issuer = otp::fit_for_label(text_at(from.key, {"Issuer"}));
    token.token.account = otp::fit_for_label(user.empty() ? token.name : user);
    if (token.token.account.empty()) token.token.account = "token";
}

void remark(ImportedAccount& account, const KeyPackage& from) {
    const auto drift = number_of(from, "TimeDrift", 0);
    if (!drift || *drift != 0)
        account.remarks.emplace_back(
            "The device's clock differs (TimeDrift); Secondstep does not learn that. If "
            "its codes are refused, raise window in secondstep.conf.");
    const std::string end = text_at(from.key, {"Policy", "ExpiryDate"});
    const bool is_date = end.size() <= 40 && end.find_first_not_of("0123456789-+:.TZ") == std::string::npos;
    if (!end.empty())
        account.remarks.push_back("The key ends" + (is_date ? " on " + end : "") +
                                  " by its file; Secondstep knows no such end.");
}

void take_key(GatheredAccounts& gathered, std::string place, const KeyPackage& from) {
    auto token = token_of(from);
    if (!token) return gathered.refuse(std::move(place), std::move(token.error().detail));
    const std::string user = user_of(from);
    name_token(*token, from, user);
    if (ImportedAccount* account = gathered.add(user, std::move(place), std::move(*token)))
        remark(*account, from);
}

// "tokens.xml: key number 3"; its Id is a text of the file, and stays in it.
std::string place_of_key(std::string_view file, std::size_t number) {
    return printable(file) + ": key number " + std::to_string(number);
}

void take_keys(GatheredAccounts& gathered, std::string_view file, const XmlElement& container,
               const PskcEncryption* encryption) {
    std::size_t number = 0;
    for (const XmlElement& package : container.children("KeyPackage")) {
        for (const XmlElement& key : package.children("Key"))
            take_key(gathered, place_of_key(file, ++number), {package, key, encryption});
    }
}

Error in_file(std::string_view file, Error error) {
    error.detail = printable(file) + ": " + error.detail;
    return error;
}

Result<XmlDocument> container_of(std::string_view text) {
    auto document = XmlDocument::parse(text);
    if (document && document->root().name() != "KeyContainer")
        return fail(Errc::invalid, "the XML is no KeyContainer of RFC 6030");
    return document;
}

bool is_hex_key(std::string_view text) {
    return text.size() == 32 || text.size() == 48 || text.size() == 64;
}

// One attribute of a distinguished name, from `at` on: its type in lower case and its value without escapes.
struct NamePart {
    std::string type;
    std::string value;
};

NamePart take_part(std::string_view& rest) {
    NamePart part;
    const std::size_t equals = std::min(rest.find('='), rest.size());
    part.type = lowercase_ascii(trimmed(rest.substr(0, equals)));
    rest.remove_prefix(std::min(equals + 1, rest.size()));
    while (!rest.empty() && rest.front() != ',' && rest.front() != '+') {
        if (rest.front() == '\\' && rest.size() > 1) {
            rest.remove_prefix(1);
            if (const auto byte = from_hex(rest.substr(0, 2)); byte && byte->size() == 1) {
                part.value += static_cast<char>(byte->front());
                rest.remove_prefix(2);
                continue;
            }
        }
        part.value += rest.front();
        rest.remove_prefix(1);
    }
    if (!rest.empty()) rest.remove_prefix(1);
    part.value = trimmed(part.value);
    return part;
}

}  // namespace

std::string user_of_distinguished_name(std::string_view name) {
    if (name.find('=') == std::string_view::npos) return std::string(trimmed(name));
    std::string common_name;
    while (!name.empty()) {
        NamePart part = take_part(name);
        if (part.type == "uid") return part.value;
        if (part.type == "cn" && common_name.empty()) common_name = std::move(part.value);
    }
    return common_name;
}

Result<Secret> pre_shared_key_of(std::string_view content) {
    std::string_view digits = content;
    while (!digits.empty() && (digits.back() == '\n' || digits.back() == '\r' || digits.back() == ' '))
        digits.remove_suffix(1);
    if (is_hex_key(digits)) {
        if (auto key = otp::hex_decode(digits)) return key;
    }
    if (content.size() == 16 || content.size() == 24 || content.size() == 32) return Secret::copy_of(content);
    return fail(Errc::invalid, "a pre-shared key has 32, 48 or 64 hexadecimal digits, or 16, 24 or 32 bytes");
}

Result<PskcProtection> protection_of_pskc(std::string_view text) {
    const auto document = container_of(text);
    if (!document) return std::unexpected(document.error());
    return PskcEncryption::protection_of(document->root());
}

Result<Reading> read_pskc(std::string_view text, std::string_view file, const PskcUnlock& unlock) {
    const auto document = container_of(text);
    if (!document) return std::unexpected(in_file(file, document.error()));
    const auto protection = PskcEncryption::protection_of(document->root());
    if (!protection) return std::unexpected(in_file(file, protection.error()));
    std::optional<PskcEncryption> encryption;
    if (*protection != PskcProtection::none) {
        auto opened = PskcEncryption::open(document->root(), unlock);
        if (!opened) return std::unexpected(in_file(file, std::move(opened.error())));
        encryption = std::move(*opened);
    }
    GatheredAccounts gathered;
    take_keys(gathered, file, document->root(), encryption ? &*encryption : nullptr);
    return std::move(gathered).take();
}

}  // namespace secondstep::tool
