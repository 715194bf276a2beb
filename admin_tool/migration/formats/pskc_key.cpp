#include "migration/formats/pskc_key.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <utility>

#include "base/text.h"
#include "encoding/base64.h"
#include "migration/formats/gathered_accounts.h"
#include "migration/formats/pskc_understood.h"
#include "migration/formats/spelled_key.h"

namespace secondstep::tool {
namespace {

std::unexpected<Error> unusable(std::string why) {
    return fail(Errc::invalid, std::move(why));
}

// Attributes changed their names from draft to draft, and elements theirs.
std::string attribute(const XmlElement& element, PskcNames names) {
    for (const std::string_view name : names) {
        if (const auto value = element.attribute(name)) return std::string(trimmed(*value));
    }
    return "";
}

std::optional<XmlElement> child(const XmlElement& element, PskcNames names) {
    for (const std::string_view name : names) {
        if (const auto found = element.child(name)) return found;
    }
    return std::nullopt;
}

// "TIME_INTERVAL" and "TimeInterval"
bool is_same_name(std::string_view a, std::string_view b) {
    const auto bare = [](std::string_view name) {
        std::string letters = lowercase_ascii(name);
        std::erase(letters, '_');
        return letters;
    };
    return bare(a) == bare(b);
}

bool is_decimal(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// A number that was not written as one. RFC 6030 has four or eight bytes, the first one the highest; what
// some make of it is the number's digits. (Eight bytes that are all digits are no counter: it would be over
// 10^18.)
std::optional<std::uint64_t> number_of_bytes(ByteView bytes) {
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (is_decimal(text)) return parse_number<std::uint64_t>(text);
    if (bytes.empty() || bytes.size() > 8) return std::nullopt;
    std::uint64_t value = 0;
    for (const std::uint8_t byte : bytes)
        value = value << 8 | byte;
    return value;
}

// "300", or in base64 as in the drafts: eight bytes, or the digits.
std::optional<std::uint64_t> number_of_text(std::string_view text) {
    if (const auto number = parse_number<std::uint64_t>(text)) return number;
    const auto bytes = otp::base64_decode(text);
    return bytes ? number_of_bytes(bytes->bytes()) : std::nullopt;
}

// The last word of "urn:ietf:params:xml:ns:keyprov:pskc:hotp" and "http://www.ietf.org/keyprov/pskc#hotp".
std::string last_word(std::string_view algorithm) {
    const std::size_t end = algorithm.find_last_of(":#/");
    return lowercase_ascii(end == std::string_view::npos ? algorithm : algorithm.substr(end + 1));
}

// What has this shape is the name of an algorithm, and no text of somebody's that got there.
bool is_identifier(std::string_view text) {
    constexpr std::size_t longest = 100;
    static constexpr std::string_view others = ".:/#-_";
    if (text.size() > longest) return false;
    if (!begins_with(text, "urn:") && !begins_with(text, "http://") && !begins_with(text, "https://"))
        return false;
    return std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               others.find(c) != std::string_view::npos;
    });
}

// The value that is not written down, where there is one: RFC 6030's PlainValue, or the drafts' Value.
std::optional<Secret> plain_text(const XmlElement& element) {
    const auto plain = child(element, {"PlainValue", "Value"});
    return plain ? std::optional(plain->text()) : std::nullopt;
}

bool is_encrypted(const XmlElement& element, const PskcEncryption* encryption) {
    if (element.child("EncryptedValue")) return true;
    return encryption != nullptr && encryption->is_of_a_draft() && element.child("Value").has_value();
}

bool has_mac(const XmlElement& element) {
    return child(element, {"ValueMAC", "ValueDigest"}).has_value();
}

}  // namespace

std::string PskcKey::text_at(PskcNames path) const {
    const auto found = key_.descendant(path);
    return found ? printable(found->text().text()) : "";
}

std::string PskcKey::in_device(std::string_view name) const {
    const auto device = child(package_, {"DeviceInfo", "DeviceId"});
    const auto found = device ? device->child(name) : std::nullopt;
    return found ? printable(found->text().text()) : "";
}

std::string PskcKey::id() const {
    return printable(attribute(key_, {"Id", "KeyId", "SecretId"}), 64);
}

// Data/NAME, or the Data whose Name it is.
std::optional<XmlElement> PskcKey::data(std::string_view name) const {
    for (const XmlElement& data : key_.children("Data")) {
        if (const auto found = data.child(name)) return found;
        if (is_same_name(attribute(data, {"Name", "name"}), name)) return data;
    }
    return std::nullopt;
}

Result<std::optional<std::uint64_t>> PskcKey::number(std::string_view name) const {
    const auto element = data(name);
    if (!element) return std::nullopt;
    std::optional<std::uint64_t> number;
    // The drafts' counters may stand beside an encrypted key, plain and without a MAC.
    if (is_encrypted(*element, encryption_) && (element->child("EncryptedValue") || has_mac(*element))) {
        if (encryption_ == nullptr)
            return unusable(std::string(name) + " is encrypted, and the file says nothing of a key.");
        const auto decrypted = encryption_->decrypt(*element);
        if (!decrypted) return unusable(std::string(name) + ": " + decrypted.error().detail + ".");
        number = number_of_bytes(decrypted->bytes());
    } else if (const auto text = plain_text(*element)) {
        number = number_of_text(text->text());
    }
    if (!number) return unusable(std::string(name) + " is not a number.");
    return *number;
}

Result<std::string> PskcKey::method() const {
    const std::string algorithm = attribute(key_, {"Algorithm", "KeyAlgorithm", "SecretAlgorithm"});
    std::string word = last_word(algorithm);
    if (word == "hotp" || word == "totp") return word;
    if (word == "pin") return unusable("It is a PIN, and Secondstep has none.");
    if (algorithm.empty()) return unusable("The file does not say what kind of key it is.");
    if (!is_identifier(algorithm)) return unusable("Its algorithm is neither hotp nor totp.");
    return unusable("Its algorithm is " + algorithm + ", and Secondstep has hotp and totp.");
}

Result<std::string> PskcKey::digits() const {
    auto format = key_.descendant({"AlgorithmParameters", "ResponseFormat"});
    if (!format) format = key_.descendant({"Usage", "ResponseFormat"});
    if (!format) return "";
    const std::string encoding = lowercase_ascii(attribute(*format, {"Encoding", "Format", "format"}));
    if (!encoding.empty() && encoding != "decimal") return unusable("Its codes are not decimal numbers.");
    const std::string check = lowercase_ascii(attribute(*format, {"CheckDigits", "CheckDigit"}));
    if (!check.empty() && check != "false" && check != "0") return unusable("Its codes have a check digit.");
    return attribute(*format, {"Length", "length"});
}

std::string PskcKey::suite() const {
    const auto suite = key_.descendant({"AlgorithmParameters", "Suite"});
    if (!suite) return "";
    std::string text(suite->text().text());
    return text.empty() ? attribute(*suite, {"hashalgo"}) : text;
}

// A PIN for the device alone is the owner's affair; one that becomes part of the code cannot be checked here.
Result<void> PskcKey::check() const {
    const auto policy = key_.descendant({"Policy", "PINPolicy"});
    const std::string mode = policy ? attribute(*policy, {"PINUsageMode"}) : "";
    if (mode.empty() || mode == "Local") return {};
    return unusable("A PIN is part of its codes, and Secondstep has none.");
}

std::string PskcKey::why_no_secret() const {
    if (key_.child("KeyReference") || key_.child("KeyProfileId"))
        return "Its key is derived from one that only the vendor has, and is not in the file.";
    return "It has no Secret.";
}

Result<otp::DescribedKey> PskcKey::describe() const {
    if (const auto good = check_understood(key_); !good) return std::unexpected(good.error());
    if (const auto good = check(); !good) return std::unexpected(good.error());
    if (const auto kind = method(); !kind) return std::unexpected(kind.error());
    const auto secret = data("Secret");
    if (!secret) return unusable(why_no_secret());
    if (is_encrypted(*secret, encryption_)) {
        if (encryption_ == nullptr)
            return unusable("Secret is encrypted, and the file says nothing of a key.");
        const auto bytes = encryption_->decrypt(*secret);
        if (!bytes) return unusable("Secret: " + bytes.error().detail + ".");
        return describe_with(otp::KeyBytes{bytes->bytes()});
    }
    const auto text = plain_text(*secret);
    if (!text) return unusable("Its Secret has no value.");
    const auto key = SpelledKey::of(text->text());
    if (!key) return std::unexpected(key.error());
    auto described = describe_with(key->written());
    if (described) std::ranges::copy(key->remarks(), std::back_inserter(described->remarks));
    return described;
}

Result<otp::DescribedKey> PskcKey::describe_with(const otp::WrittenKey& written) const {
    const auto kind = method();
    const auto length = digits();
    if (!length) return std::unexpected(length.error());
    const bool is_timed = *kind == "totp";
    const auto moving = number(is_timed ? "TimeInterval" : "Counter");
    if (!moving) return std::unexpected(moving.error());
    const std::string value = *moving ? std::to_string(**moving) : "";
    const std::string hash = suite();
    auto described = otp::describe({.key = written,
                                    .type = *kind,
                                    .algorithm = hash,
                                    .digits = *length,
                                    .period = is_timed ? std::string_view(value) : std::string_view{},
                                    .counter = is_timed ? std::string_view{} : std::string_view(value)});
    if (!described) return unusable(sentence_of(described.error()));
    remark_on_length(*described, hash);
    const auto begin = is_timed ? number("Time") : std::optional<std::uint64_t>{};
    if (!begin || (*begin && **begin != 0))
        described->remarks.push_back(
            {"The file has a Time other than 0: perhaps the device does not count from 1970.", true});
    return described;
}

bool PskcKey::drifts() const {
    const auto drift = number("TimeDrift");
    return !drift || drift->value_or(0) != 0;
}

}  // namespace secondstep::tool
