#include "migration/formats/token_csv.h"
#include "files/text_lines.h"

#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include "base/text.h"
#include "encoding/base32.h"
#include "files/csv.h"
#include "migration/formats/gathered_accounts.h"
#include "migration/formats/key_cell.h"
#include "migration/formats/yubikey_log.h"

namespace secondstep::tool {
namespace {

using Column = TokenColumn;

std::unexpected<Error> invalid(std::string why) {
    return fail(Errc::invalid, std::move(why));
}

class Row {
  public:
    Row(const CsvReader::Record& record, const TokenColumns& columns) : record_(record), columns_(columns) {}
    [[nodiscard]] std::string_view operator[](Column column) const { return columns_.in(record_, column); }
    [[nodiscard]] const TokenColumns& columns() const { return columns_; }
    [[nodiscard]] bool has_more_than_named() const { return columns_.is_too_long(record_); }

  private:
    const CsvReader::Record& record_;
    const TokenColumns& columns_;
};

Result<otp::KeyText> key_of(const Row& row) {
    if (row.columns().has(Column::secret_hex))
        return read_key_cell(row[Column::secret_hex], otp::KeySpelling::hexadecimal);
    if (row.columns().has(Column::secret_base32))
        return read_key_cell(row[Column::secret_base32], otp::KeySpelling::base32);
    return read_key_cell(row[Column::secret]);
}

// What such a line leaves open, or has as something else than what it seems to be.
Result<void> check_oath_line(const Row& row) {
    const std::string type = lowercase_ascii(row[Column::type]);
    if (type.empty())
        return invalid(
            "The line does not say whether the token is totp or hotp: add that as its third field.");
    if (type == "ocra") return invalid("The token answers challenges (OCRA), and Secondstep has none.");
    const std::string_view fifth = row[Column::period];
    if (type == "hotp" && !fifth.empty() && fifth != "30" && fifth != "60" && fifth != "0")
        return invalid(
            "The fifth field of a hotp line can be a period or a counter: give the list a first line "
            "that names its columns.");
    return {};
}

// "Acme C1 2300000001"
std::string device_name(const Row& row) {
    if (!row[Column::name].empty()) return printable(row[Column::name], 64);
    std::string name;
    for (const Column part : {Column::manufacturer, Column::model, Column::serial}) {
        if (!row[part].empty()) name += (name.empty() ? "" : " ") + std::string(row[part]);
    }
    return printable(name, 64);
}

Result<ImportedToken> token_of(const Row& row) {
    if (row[Column::user].empty() && row[Column::serial].empty()) return invalid("The user is missing.");
    if (row.columns().is_oath_list()) {
        if (const auto good = check_oath_line(row); !good) return std::unexpected(good.error());
    }
    auto key = key_of(row);
    if (!key) return std::unexpected(key.error());
    auto made = described_with(*key, {.type = row[Column::type],
                                      .algorithm = row[Column::algorithm],
                                      .digits = row[Column::digits],
                                      .period = row[Column::period],
                                      .counter = row[Column::counter],
                                      .account = row[Column::user]});
    if (!made) return invalid(sentence_of(made.error()));
    remark_on_length(*made, row[Column::algorithm]);
    ImportedToken token = tool::token_of(std::move(*made));
    token.as_hexadecimal = std::move(key->as_hexadecimal);
    token.name = device_name(row);
    token.serial = printable(row[Column::serial], 64);
    return token;
}

void take_row(GatheredAccounts& gathered, std::string place, const Row& row) {
    if (row.has_more_than_named())
        return gathered.refuse(
            std::move(place),
            "The line has more fields than the list has columns, and they may change the codes.");
    auto token = token_of(row);
    if (!token) return gathered.refuse(std::move(place), std::move(token.error().detail));
    gathered.add(row[Column::user], std::move(place), std::move(*token));
}

void wipe(CsvReader::Record& record) {
    for (std::string& field : record.fields)
        explicit_bzero(field.data(), field.size());
}

bool is_comment(const CsvReader::Record& record) {
    return record.problem.empty() && record.fields.front().starts_with('#');
}

// The next record that is no comment. Below a line of names there are none: '#' may begin a name.
std::optional<CsvReader::Record> next_record(CsvReader& reader, bool has_comments) {
    auto record = reader.next();
    while (record && has_comments && is_comment(*record))
        record = reader.next();
    return record;
}

using PassedOver = TokenColumns::PassedOver;

// "4 (room) and 5"
std::string listed(const std::vector<PassedOver>& columns) {
    std::string text;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        text += (i == 0 ? "" : i + 1 == columns.size() ? " and " : ", ") + std::to_string(columns[i].number);
        if (!columns[i].header.empty()) text += " (" + columns[i].header + ")";
    }
    return text;
}

void remark_on_form(GatheredAccounts& gathered, char delimiter, const std::vector<PassedOver>& passed_over) {
    if (delimiter != ',')
        gathered.remark(delimiter == ';' ? "Its fields stand between semicolons."
                                         : "Its fields stand between tabs.");
    if (passed_over.empty()) return;
    const bool one = passed_over.size() == 1;
    gathered.remark(std::string(one ? "Column " : "Columns ") + listed(passed_over) + " of the first line " +
                    (one ? "is" : "are") + " not known here and passed over.");
}

// What stands in a column says what it is, where its name does not.
class ColumnValues {
  public:
    void add(std::string_view value) {
        if (trimmed(value).empty()) return;
        any_ = true;
        all_make_codes_ = all_make_codes_ && makes_codes(value);
    }
    [[nodiscard]] bool may_change_codes() const { return any_ && all_make_codes_; }

  private:
    bool any_ = false;
    bool all_make_codes_ = true;
};

Result<void> check_passed_over(std::string_view text, const std::vector<PassedOver>& passed_over) {
    if (passed_over.empty()) return {};
    std::vector<ColumnValues> values(passed_over.size());
    CsvReader reader(text);
    if (auto first = next_record(reader, true)) wipe(*first);
    while (auto record = reader.next()) {
        for (std::size_t i = 0; i < passed_over.size(); ++i) {
            const std::size_t at = passed_over[i].number - 1;
            if (at < record->fields.size()) values[i].add(record->fields[at]);
        }
        wipe(*record);
    }
    for (std::size_t i = 0; i < passed_over.size(); ++i) {
        if (values[i].may_change_codes())
            return invalid(
                "column " + std::to_string(passed_over[i].number) +
                " may change the codes, by what stands in it, and is not known: --columns NAME=HEADER "
                "says which it is, --columns ignore=HEADER that it is none; one without a header needs one");
    }
    return {};
}

// Those that have a name, or values without one, are worth a word.
std::vector<PassedOver> worth_a_word(std::vector<PassedOver> columns, const CsvReader::Record& first) {
    std::erase_if(columns,
                  [&](const PassedOver& one) { return trimmed(first.fields[one.number - 1]).empty(); });
    return columns;
}

// All records but the first one, and that too where it is none of names.
class List {
  public:
    List(CsvReader& reader, std::string_view file) : reader_(reader), file_(file) {}

    template <typename Take>
    void each(CsvReader::Record& first, bool first_is_one, const Take& take) {
        std::optional<CsvReader::Record> record;
        if (first_is_one) one(first, take);
        while ((record = next_record(reader_, first_is_one))) {
            one(*record, take);
            wipe(*record);
        }
    }
    GatheredAccounts gathered{};

  private:
    template <typename Take>
    void one(const CsvReader::Record& record, const Take& take) {
        std::string place = place_of(file_, record.line);
        if (!record.problem.empty())
            return gathered.refuse(std::move(place), "It cannot be read: " + record.problem + ".");
        take(gathered, std::move(place), record);
    }
    CsvReader& reader_;
    std::string_view file_;
};

Result<Reading> read_list(CsvReader& reader, CsvReader::Record& first, std::string_view text,
                          std::string_view file, const ColumnChoice& choice) {
    List list(reader, file);
    if (begins_yubikey_log(first)) {
        list.each(first, true, take_yubikey_record);
        return std::move(list.gathered).take();
    }
    if (begins_short_yubikey_log(first) && !choice.is_by_number())
        return invalid(
            "this is a log of YubiKeys in the form \"Yubico format\", which says neither how many digits a "
            "code has nor whether the key makes codes: \"Traditional format\" or PSKC does");
    const auto columns = TokenColumns::of(first, choice);
    if (!columns) return std::unexpected(columns.error());
    if (const auto good = check_passed_over(text, columns->passed_over()); !good)
        return std::unexpected(good.error());
    remark_on_form(list.gathered, reader.delimiter(), worth_a_word(columns->passed_over(), first));
    list.each(first, !columns->has_header(),
              [&](GatheredAccounts& gathered, std::string place, const CsvReader::Record& record) {
                  take_row(gathered, std::move(place), Row(record, *columns));
              });
    return std::move(list.gathered).take();
}

void append(Secret& row, std::string_view field) {
    row.append(csv_field(field));
    row.push_back(',');
}

}  // namespace

Result<Reading> read_token_csv(std::string_view text, std::string_view file, const ColumnChoice& choice) {
    CsvReader reader(text);
    auto first = next_record(reader, true);
    if (!first) return fail(Errc::invalid, printable(file) + ": nothing to read");
    if (!first->problem.empty()) return invalid(printable(file) + ": " + first->problem);
    auto reading = read_list(reader, *first, text, file, choice);
    wipe(*first);
    if (!reading) return invalid(printable(file) + ": " + reading.error().detail);
    return reading;
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
