#include "app_exports/free_otp_plus.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "app_exports/entry_layout.h"
#include "base/text.h"

namespace secondstep::tool {

namespace {

using Kind = JsonValue::Kind;

constexpr std::string_view app = "FreeOTP+";
constexpr EntryLayout layout{.key = {},
                             .issuer = "issuerExt",
                             .account = "label",
                             .type = "type",
                             .algorithm = "algo",
                             .digits = "digits",
                             .period = "period",
                             .counter = {}};
constexpr std::string_view counter_remark =
    "FreeOTP+ counts one lower than others: if a code is refused, the one after it is right.";

// nullopt: no array of -128 to 127.
std::optional<Secret> bytes_of(JsonValue array) {
    if (!array.is(Kind::array)) return std::nullopt;
    Secret bytes;
    for (const JsonValue element : array) {
        const auto byte = parse_number<std::int8_t>(element.word());
        if (!byte || bytes.size() > otp::longest_key) return std::nullopt;
        bytes.push_back(static_cast<char>(*byte));
    }
    return bytes;
}

// "10299" => "10300"; what is no counter of the app becomes a word that is none of anybody's.
std::string next_counter(std::string_view stored) {
    if (stored.empty()) return {};
    const auto number = parse_number<std::int64_t>(stored);
    const bool counts = number && *number >= -1 && *number < std::numeric_limits<std::int64_t>::max();
    return counts ? std::to_string(*number + 1) : "?";
}

std::string_view first_said(JsonValue given, std::string_view otherwise) {
    return given.word().empty() ? otherwise : given.word();
}

void add(ExportEntries& entries, JsonValue token) {
    otp::KeyFields fields = fields_of(token, layout);
    fields.issuer = first_said(token["issuerAlt"], first_said(token["issuerExt"], token["issuerInt"].word()));
    fields.account = first_said(token["labelAlt"], fields.account);
    const auto key = bytes_of(token["secret"]);
    if (!key) return entries.refuse({fields.issuer, fields.account}, "the key is no list of bytes");
    fields.key = otp::KeyBytes{key->bytes()};
    // What makes Steam's letters is the portal's name, whatever the person calls it.
    if (lowercase_ascii(token["issuerExt"].word()) == "steam" && fields.digits == "5")
        fields.encoder = "steam";
    const std::string counter = next_counter(token["counter"].word());
    fields.counter = counter;
    entries.add(fields, lowercase_ascii(fields.type) == "hotp" ? counter_remark : std::string_view{});
}

}  // namespace

bool is_free_otp_plus(JsonValue root) {
    return root["tokens"].is(Kind::array) && root["tokenOrder"].is(Kind::array);
}

Result<AppExport> read_free_otp_plus(JsonValue root, const Secret*) {
    ExportEntries entries(app);
    for (const JsonValue token : root["tokens"])
        add(entries, token);
    return std::move(entries).take();
}

}  // namespace secondstep::tool
