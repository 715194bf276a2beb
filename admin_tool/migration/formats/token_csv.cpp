#include "migration/formats/token_csv.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <utility>

#include "base/text.h"
#include "encoding/base32.h"
#include "files/csv.h"
#include "migration/formats/gathered_accounts.h"
#include "migration/formats/text_lines.h"
#include "otp/key_text.h"
#include "otp/otpauth_uri.h"

namespace secondstep::tool {
namespace {

enum Column : std::size_t { user, secret, type, algorithm, digits, period, counter, name };
constexpr std::array<std::string_view, 8> column_names{"user",   "secret", "type",    "algorithm",
                                                       "digits", "period", "counter", "name"};
constexpr std::size_t absent = SIZE_MAX;

// For each column where it stands in a record.
using Positions = std::array<std::size_t, column_names.size()>;

std::unexpected<Error> invalid(std::string why) {
    return fail(Errc::invalid, std::move(why));
}

std::string known_columns() {
    std::string all;
    for (const std::string_view column : column_names)
        all += (all.empty() ? "" : ", ") + std::string(column);
    return all;
}

Result<Positions> positions_of(const CsvReader::Record& header) {
    Positions positions;
    positions.fill(absent);
    for (std::size_t i = 0; i < header.fields.size(); ++i) {
        const std::string_view field = trimmed(header.fields[i]);
        const auto column = std::ranges::find(column_names, lowercase_ascii(field));
        // Not repeated: without a first record of names it may be somebody's key.
        if (column == column_names.end())
            return invalid("column " + std::to_string(i + 1) + " of the first line is not known; known are " +
                           known_columns());
        std::size_t& position = positions[static_cast<std::size_t>(column - column_names.begin())];
        if (position != absent) return invalid("the column " + std::string(*column) + " is there twice");
        position = i;
    }
    for (const Column needed : {user, secret}) {
        if (positions[needed] == absent)
            return invalid("the column " + std::string(column_names[needed]) + " is missing");
    }
    return positions;
}

class Row {
  public:
    Row(const CsvReader::Record& record, const Positions& positions)
        : record_(record), positions_(positions) {}
    [[nodiscard]] std::string_view operator[](Column column) const {
        const std::size_t at = positions_[column];
        return at < record_.fields.size() ? trimmed(record_.fields[at]) : std::string_view{};
    }

  private:
    const CsvReader::Record& record_;
    const Positions& positions_;
};

template <typename Number>
Result<Number> number_of(const Row& row, Column column, Number when_empty) {
    if (row[column].empty()) return when_empty;
    const auto number = parse_number<Number>(row[column]);
    if (!number) return invalid("The column " + std::string(column_names[column]) + " is not a number.");
    return *number;
}

Result<Secret> key_of(const Row& row) {
    auto text = otp::parse_key_text(row[secret]);
    if (!text) return invalid("The secret: " + text.error().detail + ".");
    if (otp::is_otpauth_uri(row[secret]))
        return invalid("The secret is a URI; `import otpauth` reads those.");
    if (text->as_hexadecimal)
        return invalid("The secret may be base32 or hexadecimal: write base32: or hex: in front of it.");
    return std::move(text->described.key.key);
}

Result<otp::Period> period_of(const Row& row) {
    const auto number = number_of<std::uint32_t>(row, period, 30);
    if (!number) return std::unexpected(number.error());
    const auto made = otp::Period::create(std::chrono::seconds(*number));
    if (!made) return invalid("The column period: " + made.error().detail + ".");
    return made;
}

Result<otp::Digits> digits_of(const Row& row) {
    const auto number = number_of<unsigned>(row, digits, 6);
    if (!number) return std::unexpected(number.error());
    const auto made = otp::Digits::create(*number);
    if (!made) return invalid("The column digits: " + made.error().detail + ".");
    return made;
}

Result<std::variant<otp::TotpMoving, otp::HotpMoving>> moving_of(const Row& row) {
    const std::string method = lowercase_ascii(row[type]);
    if (method != "hotp" && method != "totp" && !method.empty())
        return invalid("The column type is neither totp nor hotp.");
    const auto step = period_of(row);
    if (!step) return std::unexpected(step.error());
    const auto next = number_of<std::uint64_t>(row, counter, 0);
    if (!next) return std::unexpected(next.error());
    if (method == "hotp") return otp::HotpMoving{*next};
    return otp::TotpMoving{*step};
}

Result<otp::KeyDescription> uri_of(const Row& row) {
    auto key = key_of(row);
    if (!key) return std::unexpected(std::move(key.error()));
    const auto hash =
        row[algorithm].empty() ? otp::Algorithm::sha1 : otp::algorithm_from_text(row[algorithm]);
    if (!hash) return invalid("The column algorithm is none of sha1, sha256, sha512.");
    const auto length = digits_of(row);
    if (!length) return std::unexpected(length.error());
    const auto moving = moving_of(row);
    if (!moving) return std::unexpected(moving.error());
    return otp::KeyDescription{{}, otp::fit_for_label(row[user]), std::move(*key), *hash, *length, *moving};
}

Result<ImportedToken> token_of(const Row& row) {
    if (row[user].empty()) return invalid("The user is missing.");
    auto uri = uri_of(row);
    if (!uri) return std::unexpected(std::move(uri.error()));
    const auto* hotp = std::get_if<otp::HotpMoving>(&uri->moving);
    ImportedToken token = hotp != nullptr ? hotp_token(std::move(*uri), hotp->counter)
                                          : ImportedToken{std::move(*uri), {}, std::nullopt};
    token.name = printable(row[name], 64);
    return token;
}

void take_record(GatheredAccounts& gathered, std::string place, const CsvReader::Record& record,
                 const Positions& positions) {
    if (!record.problem.empty())
        return gathered.refuse(std::move(place), "It cannot be read: " + record.problem + ".");
    const Row row(record, positions);
    auto token = token_of(row);
    if (!token) return gathered.refuse(std::move(place), std::move(token.error().detail));
    gathered.add(row[user], std::move(place), std::move(*token));
}

void wipe(CsvReader::Record& record) {
    for (std::string& field : record.fields)
        explicit_bzero(field.data(), field.size());
}

void append(Secret& row, std::string_view field) {
    row.append(csv_field(field));
    row.push_back(',');
}

}  // namespace

Result<Reading> read_token_csv(std::string_view text, std::string_view file) {
    CsvReader reader(text);
    auto header = reader.next();
    if (!header) return fail(Errc::invalid, printable(file) + ": nothing to read");
    const auto positions = positions_of(*header);
    wipe(*header);
    if (!positions) return invalid(printable(file) + ": " + positions.error().detail);
    GatheredAccounts gathered;
    while (auto record = reader.next()) {
        take_record(gathered, place_of(file, record->line), *record, *positions);
        wipe(*record);
    }
    return std::move(gathered).take();
}

std::string_view token_csv_header() {
    return "user,secret,type,algorithm,digits,period,counter,name\n";
}

Secret token_csv_row(std::string_view account, const ImportedToken& token) {
    const auto* totp = std::get_if<otp::TotpMoving>(&token.token.moving);
    const auto* hotp = std::get_if<otp::HotpMoving>(&token.token.moving);
    Secret row;
    append(row, account);
    row.append(otp::base32_encode(token.token.key.bytes()).text());
    row.append(totp != nullptr ? ",totp," : ",hotp,");
    append(row, otp::to_text(token.token.algorithm));
    append(row, std::to_string(token.token.form.symbols()));
    append(row, totp != nullptr ? std::to_string(totp->period.value().count()) : "");
    append(row, hotp != nullptr ? std::to_string(hotp->counter) : "");
    row.append(csv_field(token.name));
    row.push_back('\n');
    return row;
}

}  // namespace secondstep::tool
