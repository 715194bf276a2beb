#include "migration/formats/oath_users.h"
#include "files/text_lines.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <utility>

#include "base/text.h"
#include "encoding/hex.h"
#include "migration/formats/gathered_accounts.h"
#include "migration/formats/key_cell.h"
#include "otp/key_fields.h"

namespace secondstep::tool {
namespace {

constexpr std::size_t most_bytes = std::size_t{64} << 20;
constexpr std::size_t longest_line = 1024;
// What pam_oath's window= is said to be "typically" goes up to 50.
constexpr otp::TimeStep widest_window = 100;

// In the words of the file.
struct Type {
    bool is_timed = false;
    std::string_view period{};
    std::string_view digits{};
};

// type, user, PIN, key, counter, last code, its time; those that are not there are empty.
using Fields = std::array<std::string_view, 7>;

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\v' || c == '\f' || c == '\r';
}

// What stands behind the seventh, mod_authn_otp writes an address there, is passed over.
Fields fields_of(std::string_view line) {
    Fields fields;
    for (std::string_view& field : fields) {
        while (!line.empty() && is_blank(line.front()))
            line.remove_prefix(1);
        const auto end = std::ranges::find_if(line, is_blank);
        field = line.substr(0, static_cast<std::size_t>(end - line.begin()));
        line.remove_prefix(field.size());
    }
    return fields;
}

std::unexpected<Error> invalid(std::string why) {
    return fail(Errc::invalid, std::move(why));
}

// "HOTP/T60/8" in its two parts; "HOTP/E" has only the first.
Result<Type> type_of(std::string_view text) {
    constexpr std::string_view name = "HOTP";
    if (!text.starts_with(name)) return invalid("It does not begin with HOTP.");
    text.remove_prefix(name.size());
    if (text.empty()) return Type{};
    const std::size_t slash = std::min(text.find('/', 1), text.size());
    const std::string_view moving = text.starts_with('/') ? text.substr(1, slash - 1) : std::string_view{};
    Type type{.is_timed = moving.starts_with('T')};
    if (type.is_timed) type.period = moving.substr(1);
    if (moving != "E" && type.period.empty())
        return invalid("Its type is not HOTP, HOTP/E, or HOTP/T and a period in seconds.");
    if (slash == text.size()) return type;
    type.digits = text.substr(slash + 1);
    if (type.digits.empty()) return invalid("Its type has no number of digits behind the last /.");
    return type;
}

// A negative counter is 0 for liboath.
Result<std::uint64_t> counter_of(std::string_view text) {
    if (text.empty()) return 0;
    if (const auto counter = parse_number<std::uint64_t>(text)) return *counter;
    if (parse_number<std::int64_t>(text)) return 0;
    return invalid("The counter is not a number.");
}

std::optional<int> two_digits(std::string_view text, std::size_t at) {
    return parse_number<int>(text.substr(at, 2));
}

// "2026-11-28T00:47:20L" as this host's clock showed it. In the hour that autumn has twice, the second one:
// a floor may be too high for an hour, not too low.
std::optional<UnixTime> local_time_of(std::string_view text) {
    if (text.size() != 20 || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' ||
        text[16] != ':' || text[19] != 'L')
        return std::nullopt;
    const auto year = parse_number<int>(text.substr(0, 4));
    const auto month = two_digits(text, 5);
    const auto day = two_digits(text, 8);
    const auto hour = two_digits(text, 11);
    const auto minute = two_digits(text, 14);
    const auto second = two_digits(text, 17);
    if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
    std::tm parts{};
    parts.tm_year = *year - 1900;
    parts.tm_mon = *month - 1;
    parts.tm_mday = *day;
    parts.tm_hour = *hour;
    parts.tm_min = *minute;
    parts.tm_sec = *second;
    std::tm summer = parts;
    parts.tm_isdst = 0;
    summer.tm_isdst = -1;
    const std::time_t winter_time = std::mktime(&parts);
    const std::time_t usual_time = std::mktime(&summer);
    return from_unix(parts.tm_isdst == 0 ? std::max(winter_time, usual_time) : usual_time);
}

bool is_code_of(const otp::KeyDescription& token, otp::TimeStep step, std::string_view code) {
    const auto computed = otp::hotp(token.key, step, token.form, token.algorithm);
    return computed && computed->text() == code;
}

// The highest step near `middle` whose code is `code`; otherwise `middle`.
otp::TimeStep step_of(const otp::KeyDescription& token, std::string_view code, otp::TimeStep middle) {
    const otp::TimeStep lowest = middle - std::min(middle, widest_window);
    for (otp::TimeStep step = middle + widest_window; step > lowest; --step) {
        if (is_code_of(token, step, code)) return step;
    }
    return middle;
}

std::optional<std::uint64_t> timed_floor(const otp::KeyDescription& token, const Fields& fields,
                                         UnixTime now) {
    const auto* timed = std::get_if<otp::TotpMoving>(&token.moving);
    if (timed == nullptr || fields[5].empty()) return std::nullopt;
    // Without a time that can be read it may have been used just now.
    const UnixTime used = local_time_of(fields[6]).value_or(now);
    return step_of(token, fields[5], otp::time_step(used, timed->period));
}

// With a last code the counter is the one that was used; without one it is the next.
Result<std::uint64_t> next_counter(const Fields& fields) {
    const auto counter = counter_of(fields[4]);
    if (!counter) return counter;
    const bool used = !fields[5].empty();
    if (used && *counter == UINT64_MAX) return invalid("The counter is used up.");
    return *counter + (used ? 1 : 0);
}

Result<void> check_pin(std::string_view pin) {
    if (pin == "-" || pin == "+") return {};
    return invalid(
        "It has a PIN, and Secondstep has none: without it the account would be weaker than before.");
}

Result<ImportedToken> token_of(const Fields& fields, UnixTime now) {
    if (fields[3].empty()) return invalid("It has fewer than four fields: type, user, PIN, key.");
    const auto type = type_of(fields[0]);
    if (!type) return std::unexpected(type.error());
    if (const auto pin = check_pin(fields[2]); !pin) return std::unexpected(pin.error());
    const auto next = next_counter(fields);
    if (!next) return std::unexpected(next.error());
    const auto key = read_key_cell(fields[3], otp::KeySpelling::hexadecimal);
    if (!key) return std::unexpected(key.error());
    // Digits alone, as liboath reads them.
    if (!std::ranges::all_of(fields[3], otp::is_hex_digit)) return invalid("The key is not hexadecimal.");
    const std::string counter = std::to_string(*next);
    auto made = described_with(*key, {.type = type->is_timed ? "totp" : "hotp",
                                      .digits = type->digits,
                                      .period = type->period,
                                      .counter = counter,
                                      .account = fields[1]});
    if (!made) return invalid(sentence_of(made.error()));
    ImportedToken token = tool::token_of(std::move(*made));
    if (type->is_timed) token.floor = timed_floor(token.token, fields, now);
    return token;
}

void take_line(GatheredAccounts& gathered, std::string place, std::string_view line, UnixTime now) {
    if (line.size() > longest_line) {
        gathered.refuse(std::move(place), "The line is longer than 1024 bytes.");
        return;
    }
    const Fields fields = fields_of(line);
    if (fields[0].empty() || fields[0].starts_with('#')) return;
    auto token = token_of(fields, now);
    if (token) {
        gathered.add(fields[1], std::move(place), std::move(*token));
    } else {
        gathered.refuse(std::move(place), std::move(token.error().detail));
    }
}

}  // namespace

Result<Reading> read_oath_users(std::string_view text, std::string_view file, UnixTime now) {
    if (text.size() > most_bytes) return fail(Errc::too_large, printable(file) + ": over 64 MiB");
    GatheredAccounts gathered;
    TextLines lines(text);
    while (const auto line = lines.next())
        take_line(gathered, place_of(file, line->number), line->text, now);
    return std::move(gathered).take();
}

}  // namespace secondstep::tool
