#include "app_exports/two_fas.h"

#include <cstdint>
#include <utility>

#include "app_exports/entry_layout.h"
#include "app_exports/export_cipher.h"
#include "base/text.h"
#include "encoding/base64.h"

namespace secondstep::tool {

namespace {

using Kind = JsonValue::Kind;

constexpr std::string_view app = "2FAS";
constexpr EntryLayout layout{.key = "secret",
                             .issuer = "otp.issuer",
                             .account = "otp.account",
                             .type = "otp.tokenType",
                             .algorithm = "otp.algorithm",
                             .digits = "otp.digits",
                             .period = "otp.period",
                             .counter = "otp.counter"};
constexpr std::uint32_t iterations = 10'000;
constexpr std::size_t tag_size = 16;

Result<AppExport> read_services(JsonValue services) {
    if (!services.is(Kind::array)) return no_list(app);
    ExportEntries entries(app);
    for (const JsonValue service : services) {
        otp::KeyFields fields = fields_of(service, layout);
        if (fields.issuer.empty()) fields.issuer = service["name"].word();
        if (fields.account.empty()) fields.account = at(service, "otp.label").word();
        entries.add(fields);
    }
    return std::move(entries).take();
}

std::unexpected<Error> damaged() {
    return fail(Errc::invalid, "it looks like an encrypted backup of 2FAS, but a part of it is damaged");
}

Result<Secret> opened(std::string_view encrypted, const Secret& password) {
    const auto parts = split(encrypted, ':');
    if (parts.size() != 3) return damaged();
    const auto cipher_text = otp::base64_decode(parts[0]);
    const auto salt = otp::base64_decode(parts[1]);
    const auto nonce = otp::base64_decode(parts[2]);
    if (!cipher_text || !salt || !nonce || cipher_text->size() < tag_size) return damaged();
    const auto key = pbkdf2_sha256(password, salt->bytes(), iterations);
    if (!key) return std::unexpected(key.error());
    const ByteView all = cipher_text->bytes();
    return open_aes_256_gcm(*key, {nonce->bytes(), all.last(tag_size)}, all.first(all.size() - tag_size));
}

}  // namespace

bool is_two_fas(JsonValue root) {
    return root["schemaVersion"].is_said() &&
           (root["services"].is_said() || root["servicesEncrypted"].is_said());
}

bool is_encrypted_two_fas(JsonValue root) {
    return !root["servicesEncrypted"].word().empty();
}

Result<AppExport> read_two_fas(JsonValue root, const Secret* password) {
    const auto schema = parse_number<unsigned>(root["schemaVersion"].word());
    if (!schema || *schema > 4) return newer_version(app);
    if (!is_encrypted_two_fas(root)) return read_services(root["services"]);
    if (password == nullptr) return fail(Errc::not_allowed, "it is encrypted with a password");
    const auto services = opened(root["servicesEncrypted"].word(), *password);
    if (!services) return std::unexpected(services.error());
    const auto document = JsonDocument::parse(services->text());
    return document ? read_services(document->root()) : std::unexpected(document.error());
}

}  // namespace secondstep::tool
