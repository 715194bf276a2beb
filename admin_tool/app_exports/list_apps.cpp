#include "app_exports/list_apps.h"

#include <array>
#include <utility>

#include "app_exports/entry_layout.h"

namespace secondstep::tool {

namespace {

using Kind = JsonValue::Kind;

constexpr EntryLayout and_otp_layout{.key = "secret",
                                     .issuer = "issuer",
                                     .account = "label",
                                     .type = "type",
                                     .algorithm = "algorithm",
                                     .digits = "digits",
                                     .period = "period",
                                     .counter = "counter"};
constexpr EntryLayout raivo_layout{.key = "secret",
                                   .issuer = "issuer",
                                   .account = "account",
                                   .type = "kind",
                                   .algorithm = "algorithm",
                                   .digits = "digits",
                                   .period = "timer",
                                   .counter = "counter"};
constexpr EntryLayout stratum_layout{.key = "Secret",
                                     .issuer = "Issuer",
                                     .account = "Username",
                                     .type = "Type",
                                     .algorithm = "Algorithm",
                                     .digits = "Digits",
                                     .period = "Period",
                                     .counter = "Counter"};
constexpr EntryLayout last_pass_layout{.key = "secret",
                                       .issuer = "issuerName",
                                       .account = "userName",
                                       .type = {},
                                       .algorithm = "algorithm",
                                       .digits = "digits",
                                       .period = "timeStep",
                                       .counter = {}};

using Meanings = std::array<std::pair<std::string_view, std::string_view>, 5>;
constexpr Meanings stratum_types{
    {{"1", "hotp"}, {"2", "totp"}, {"3", "motp"}, {"4", "steam"}, {"5", "yandex"}}};
constexpr Meanings stratum_algorithms{{{"0", "sha1"}, {"1", "sha256"}, {"2", "sha512"}, {}, {}}};

// A number without a meaning stays one, and is refused by whoever reads it.
std::string_view meaning_of(std::string_view number, const Meanings& meanings) {
    for (const auto& [known, word] : meanings) {
        if (known == number) return word;
    }
    return number;
}

JsonValue first_of(JsonValue list) {
    return list.is(Kind::array) ? *list.begin() : JsonValue();
}

}  // namespace

bool is_and_otp(JsonValue root) {
    const JsonValue first = first_of(root);
    return first["secret"].is_said() && first["label"].is_said() && first["type"].is_said();
}

Result<AppExport> read_and_otp(JsonValue root, const Secret*) {
    ExportEntries entries("andOTP");
    for (const JsonValue entry : root) {
        otp::KeyFields fields = fields_of(entry, and_otp_layout);
        // Before 0.6 there was no issuer, but a label "Example Corp - alice".
        constexpr std::string_view dash = " - ";
        const auto between = fields.account.find(dash);
        if (!entry["issuer"].is_said() && between != std::string_view::npos) {
            fields.issuer = fields.account.substr(0, between);
            fields.account.remove_prefix(between + dash.size());
        }
        entries.add(fields);
    }
    return std::move(entries).take();
}

bool is_raivo(JsonValue root) {
    const JsonValue first = first_of(root);
    return first["secret"].is_said() && first["kind"].is_said() && first["timer"].is_said();
}

Result<AppExport> read_raivo(JsonValue root, const Secret*) {
    return read_list("Raivo", root, raivo_layout);
}

bool is_stratum(JsonValue root) {
    return root["Authenticators"].is(Kind::array);
}

Result<AppExport> read_stratum(JsonValue root, const Secret*) {
    ExportEntries entries("Stratum");
    for (const JsonValue entry : root["Authenticators"]) {
        otp::KeyFields fields = fields_of(entry, stratum_layout);
        fields.type = meaning_of(fields.type, stratum_types);
        fields.algorithm = meaning_of(fields.algorithm, stratum_algorithms);
        entries.add(fields);
    }
    return std::move(entries).take();
}

bool is_last_pass(JsonValue root) {
    return root["version"].is_said() && first_of(root["accounts"])["timeStep"].is_said();
}

Result<AppExport> read_last_pass(JsonValue root, const Secret*) {
    return read_list("LastPass Authenticator", root["accounts"], last_pass_layout);
}

}  // namespace secondstep::tool
