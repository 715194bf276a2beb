#include "migration/formats/pskc.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.h"
#include "encoding/hex.h"
#include "migration/formats/gathered_accounts.h"
#include "migration/formats/pskc_key.h"

namespace secondstep::tool {

using pskc_reader::XmlDocument;

namespace {

std::string user_of(const PskcKey& from) {
    const std::string of_key = from.text_at({"UserId"});
    return user_of_distinguished_name(of_key.empty() ? from.in_device("UserId") : of_key);
}

// "Acme 987654321"
std::string device_of(const PskcKey& from) {
    const std::string maker = from.in_device("Manufacturer");
    const std::string serial = from.in_device("SerialNo");
    return printable(maker + (maker.empty() || serial.empty() ? "" : " ") + serial, 64);
}

void name_token(ImportedToken& token, const PskcKey& from, const std::string& user) {
    token.name = device_of(from);
    token.id = from.id();
    token.serial = printable(from.in_device("SerialNo"), 64);
    if (token.serial.empty()) token.serial = token.id;
    token.token.issuer = otp::fit_for_label(from.text_at({"Issuer"}));
    token.token.account = otp::fit_for_label(user);
}

void remark(ImportedAccount& account, const PskcKey& from) {
    if (from.drifts())
        account.remarks.emplace_back(
            "The device's clock differs (TimeDrift); Secondstep does not learn that. If "
            "its codes are refused, raise window in secondstep.conf.");
    std::string end = from.text_at({"Policy", "ExpiryDate"});
    if (end.empty()) end = from.text_at({"ExpiryDate"});
    const bool is_date = end.size() <= 40 && end.find_first_not_of("0123456789-+:.TZ") == std::string::npos;
    if (!end.empty())
        account.remarks.push_back("The key ends" + (is_date ? " on " + end : "") +
                                  " by its file; Secondstep knows no such end.");
}

void take_key(GatheredAccounts& gathered, std::string place, const PskcKey& from) {
    auto described = from.describe();
    if (!described) return gathered.refuse(std::move(place), std::move(described.error().detail));
    ImportedToken token = token_of(std::move(*described));
    const std::string user = user_of(from);
    name_token(token, from, user);
    if (ImportedAccount* account = gathered.add(user, std::move(place), std::move(token)))
        remark(*account, from);
}

// "tokens.xml: key number 3"; its Id is a text of the file, and stays in it.
std::string place_of_key(std::string_view file, std::size_t number) {
    return printable(file) + ": key number " + std::to_string(number);
}

bool is_one_of(const XmlElement& element, PskcNames names) {
    return std::ranges::find(names, element.name()) != names.end();
}

void take_keys(GatheredAccounts& gathered, std::string_view file, const XmlElement& container,
               const PskcEncryption* encryption) {
    std::size_t number = 0;
    for (const XmlElement& package : container.children()) {
        if (!is_one_of(package, {"KeyPackage", "Device"})) continue;
        for (const XmlElement& key : package.children()) {
            if (is_one_of(key, {"Key", "Secret"}))
                take_key(gathered, place_of_key(file, ++number), {package, key, encryption});
        }
    }
}

Error in_file(std::string_view file, Error error) {
    error.detail = printable(file) + ": " + error.detail;
    return error;
}

Result<XmlElement> container_of(const Result<XmlDocument>& document) {
    if (!document) return std::unexpected(document.error());
    const XmlElement root = document->root();
    if (is_one_of(root, {"KeyContainer", "SecretContainer"})) return root;
    if (root.name() == "Tokens")
        return fail(Errc::invalid,
                    "the XML is a token file of SafeNet (Aladdin), not PSKC: ask its vendor for PSKC");
    return fail(Errc::invalid, "the XML is no KeyContainer of RFC 6030");
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

Result<PskcProtection> protection_of_pskc(const Result<XmlDocument>& document) {
    const auto container = container_of(document);
    if (!container) return std::unexpected(container.error());
    return PskcEncryption::protection_of(*container);
}

Result<Reading> read_pskc(const Result<XmlDocument>& document, std::string_view file,
                          const PskcUnlock& unlock) {
    const auto container = container_of(document);
    if (!container) return std::unexpected(in_file(file, container.error()));
    const auto protection = PskcEncryption::protection_of(*container);
    if (!protection) return std::unexpected(in_file(file, protection.error()));
    std::optional<PskcEncryption> encryption;
    if (*protection != PskcProtection::none) {
        auto opened = PskcEncryption::open(*container, unlock);
        if (!opened) return std::unexpected(in_file(file, std::move(opened.error())));
        encryption = std::move(*opened);
    }
    GatheredAccounts gathered;
    take_keys(gathered, file, *container, encryption ? &*encryption : nullptr);
    return std::move(gathered).take();
}

}  // namespace secondstep::tool
