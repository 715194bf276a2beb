#include "app_exports/aegis.h"

#include <bit>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "app_exports/entry_layout.h"
#include "app_exports/export_cipher.h"
#include "base/text.h"
#include "encoding/base64.h"
#include "encoding/hex.h"
#include "otp/kdf.h"

namespace secondstep::tool {

namespace {

using Kind = JsonValue::Kind;

constexpr std::string_view app = "Aegis";
constexpr EntryLayout layout{.key = "info.secret",
                             .issuer = "issuer",
                             .account = "name",
                             .type = "type",
                             .algorithm = "info.algo",
                             .digits = "info.digits",
                             .period = "info.period",
                             .counter = "info.counter"};
constexpr std::uint64_t most_work = std::uint64_t{1} << 22U;  // N * r * p
constexpr std::size_t most_slots = 8;
constexpr std::string_view password_slot = "1";

std::unexpected<Error> damaged(std::string_view what) {
    return fail(Errc::invalid, "it looks like an encrypted export of Aegis, but " + std::string(what) +
                                   " is missing or damaged");
}

// A cipher text with what opens it.
struct Sealed {
    Secret cipher_text;
    Secret nonce;
    Secret tag;
};

Result<Sealed> sealed_with(Result<Secret> cipher_text, JsonValue parameters) {
    auto nonce = otp::hex_decode(parameters["nonce"].word());
    auto tag = otp::hex_decode(parameters["tag"].word());
    if (!cipher_text || !nonce || !tag || nonce->empty() || tag->empty())
        return damaged("a part of its encryption");
    return Sealed{std::move(*cipher_text), std::move(*nonce), std::move(*tag)};
}

Result<Secret> open(const Secret& key, const Sealed& sealed) {
    return open_aes_256_gcm(key, {sealed.nonce.bytes(), sealed.tag.bytes()}, sealed.cipher_text.bytes());
}

std::unexpected<Error> too_much_work() {
    return fail(Errc::invalid,
                "to open it scrypt would need 16 times the work of a file that Aegis wrote, or 256 MiB: "
                "it was changed");
}

Result<otp::ScryptCost> cost_of(JsonValue slot) {
    const auto n = parse_number<std::uint64_t>(slot["n"].word());
    const auto r = parse_number<std::uint32_t>(slot["r"].word());
    const auto p = parse_number<std::uint32_t>(slot["p"].word());
    if (!n || !r || !p || *n < 2 || !std::has_single_bit(*n) || *r == 0 || *p == 0)
        return damaged("scrypt's N, r or p");
    if (*n > most_work || *r > most_work / *n || *p > most_work / *n / *r) return too_much_work();
    return otp::ScryptCost{*n, *r, *p};
}

// The master key, when the password is that of this slot.
Result<Secret> key_in(JsonValue slot, const Secret& password) {
    const auto cost = cost_of(slot);
    if (!cost) return std::unexpected(cost.error());
    const auto salt = otp::hex_decode(slot["salt"].word());
    if (!salt || salt->empty()) return damaged("a salt");
    const auto sealed = sealed_with(otp::hex_decode(slot["key"].word()), slot["key_params"]);
    if (!sealed) return std::unexpected(sealed.error());
    const auto key = otp::scrypt(password.bytes(), salt->bytes(), *cost, 32);
    if (!key && key.error().code == Errc::invalid) return too_much_work();
    return key ? open(*key, *sealed) : std::unexpected(key.error());
}

std::vector<JsonValue> password_slots(JsonValue root) {
    std::vector<JsonValue> found;
    for (const JsonValue slot : root["header"]["slots"]) {
        if (slot["type"].word() == password_slot) found.push_back(slot);
    }
    return found;
}

Result<Secret> master_key(JsonValue root, const Secret& password) {
    const auto slots = password_slots(root);
    if (slots.size() > most_slots) return damaged("the list of its passwords");
    for (const JsonValue slot : slots) {
        auto key = key_in(slot, password);
        if (key || key.error().code != Errc::not_allowed) return key;
    }
    return fail(Errc::not_allowed, "the password is wrong");
}

Result<Secret> opened(JsonValue root, const Secret& password) {
    const auto key = master_key(root, password);
    if (!key) return std::unexpected(key.error());
    const auto sealed = sealed_with(otp::base64_decode(root["db"].word()), root["header"]["params"]);
    if (!sealed) return std::unexpected(sealed.error());
    auto content = open(*key, *sealed);
    if (!content && content.error().code == Errc::not_allowed)
        return fail(Errc::invalid, "the password is right, and the content was changed or cut");
    return content;
}

Result<AppExport> read_content(JsonValue content) {
    const auto version = parse_number<unsigned>(content["version"].word());
    if (!version) return damaged("the version of its content");
    if (*version > 3) return newer_version(app);
    return read_list(app, content["entries"], layout);
}

}  // namespace

bool is_aegis(JsonValue root) {
    return root["header"].is(Kind::object) && root["db"].is_said();
}

bool is_encrypted_aegis(JsonValue root) {
    return root["db"].is(Kind::string) && !password_slots(root).empty();
}

Result<AppExport> read_aegis(JsonValue root, const Secret* password) {
    if (root["version"].word() != "1") return newer_version(app);
    if (!root["db"].is(Kind::string)) return read_content(root["db"]);
    if (!is_encrypted_aegis(root))
        return fail(Errc::unsupported,
                    "it can be opened on the telephone alone, because no password is set: let Aegis "
                    "export it with a password, or not encrypted");
    if (password == nullptr) return fail(Errc::not_allowed, "it is encrypted with a password");
    const auto content = opened(root, *password);
    if (!content) return std::unexpected(content.error());
    const auto document = JsonDocument::parse(content->text());
    return document ? read_content(document->root()) : std::unexpected(document.error());
}

}  // namespace secondstep::tool
