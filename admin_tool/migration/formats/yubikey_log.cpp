#include "migration/formats/yubikey_log.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "migration/formats/key_cell.h"

namespace secondstep::tool {
namespace {

constexpr std::size_t fields_of_log = 18;
constexpr std::string_view counted_event = "OATH-HOTP";
constexpr auto other_events = std::to_array<std::string_view>(
    {"LOGGING START", "Yubico OTP", "Static Password", "Static Password: Short", "Static Password: Scan Code",
     "Challenge-Response: Yubico OTP", "Challenge-Response: HMAC-SHA1", "Configuration Update",
     "Configuration Swap"});

std::string_view field(const CsvReader::Record& record, std::size_t at) {
    return at < record.fields.size() ? trimmed(record.fields[at]) : std::string_view{};
}

bool is_number(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

Result<otp::DescribedKey> described(const CsvReader::Record& record) {
    const auto key = read_key_cell(field(record, 5), otp::KeySpelling::hexadecimal);
    if (!key) return std::unexpected(key.error());
    return described_with(*key, {.type = "hotp", .digits = field(record, 11), .counter = field(record, 12)});
}

}  // namespace

bool begins_yubikey_log(const CsvReader::Record& first) {
    const std::string_view event = field(first, 0);
    if (event == counted_event) return first.fields.size() == fields_of_log;
    return std::ranges::find(other_events, event) != other_events.end();
}

bool begins_short_yubikey_log(const CsvReader::Record& first) {
    constexpr std::string_view shape = "2013-12-12T08:41:07";
    const std::string_view time = field(first, 5);
    return first.fields.size() == 7 && is_number(field(first, 0)) && time.size() == shape.size() &&
           time[10] == 'T' && time[13] == ':' && time[16] == ':';
}

void take_yubikey_record(GatheredAccounts& gathered, std::string place, const CsvReader::Record& record) {
    const std::string_view event = field(record, 0);
    if (event == other_events.front()) return;
    if (event != counted_event || record.fields.size() != fields_of_log)
        return gathered.refuse(std::move(place),
                               "What was programmed there is no OATH-HOTP, and makes no codes that can be "
                               "checked here.");
    if (!field(record, 3).empty())
        return gathered.refuse(
            std::move(place),
            "The YubiKey types an identifier before each code, which no login takes: program it "
            "again with OATH Token Identifier off.");
    auto key = described(record);
    if (!key) return gathered.refuse(std::move(place), sentence_of(key.error()));
    ImportedToken token = token_of(std::move(*key));
    token.name = printable("YubiKey slot " + std::string(field(record, 2)), 64);
    token.id = "line-" + std::to_string(record.line);
    gathered.add({}, std::move(place), std::move(token));
}

}  // namespace secondstep::tool
