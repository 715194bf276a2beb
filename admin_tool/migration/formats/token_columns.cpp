#include "migration/formats/token_columns.h"

#include <algorithm>
#include <numeric>

#include "base/text.h"
#include "otp/key_fields.h"

namespace secondstep::tool {
namespace {

using Named = std::pair<std::string_view, TokenColumn>;

// Entra's (Token2, Deepnet), PingID's, Centrify's, privacyIDEA's, and our own.
constexpr auto known_headers = std::to_array<Named>({
    {"user", TokenColumn::user},
    {"username", TokenColumn::user},
    {"login", TokenColumn::user},
    {"loginname", TokenColumn::user},
    {"owner", TokenColumn::user},
    {"assignedto", TokenColumn::user},
    {"upn", TokenColumn::user},
    {"userprincipalname", TokenColumn::user},
    {"userprinciplename", TokenColumn::user},
    {"secret", TokenColumn::secret},
    {"secretkey", TokenColumn::secret},
    {"key", TokenColumn::secret},
    {"seed", TokenColumn::secret},
    {"otpkey", TokenColumn::secret},
    {"secrethex", TokenColumn::secret_hex},
    {"secretkeyhex", TokenColumn::secret_hex},
    {"seedhex", TokenColumn::secret_hex},
    {"hexseed", TokenColumn::secret_hex},
    {"hexkey", TokenColumn::secret_hex},
    {"hex", TokenColumn::secret_hex},
    {"secretbase32", TokenColumn::secret_base32},
    {"secretkeybase32", TokenColumn::secret_base32},
    {"seedbase32", TokenColumn::secret_base32},
    {"base32", TokenColumn::secret_base32},
    {"type", TokenColumn::type},
    {"otptype", TokenColumn::type},
    {"algorithm", TokenColumn::algorithm},
    {"hash", TokenColumn::algorithm},
    {"hashalgorithm", TokenColumn::algorithm},
    {"digits", TokenColumn::digits},
    {"otplength", TokenColumn::digits},
    {"otpdigits", TokenColumn::digits},
    {"period", TokenColumn::period},
    {"interval", TokenColumn::period},
    {"timeinterval", TokenColumn::period},
    {"timestep", TokenColumn::period},
    {"counter", TokenColumn::counter},
    {"movingfactor", TokenColumn::counter},
    {"name", TokenColumn::name},
    {"devicename", TokenColumn::name},
    {"serial", TokenColumn::serial},
    {"serialno", TokenColumn::serial},
    {"serialnumber", TokenColumn::serial},
    {"tokenserial", TokenColumn::serial},
    {"tokenserialnumber", TokenColumn::serial},
    {"tokenidentifier", TokenColumn::serial},
    {"manufacturer", TokenColumn::manufacturer},
    {"vendor", TokenColumn::manufacturer},
    {"model", TokenColumn::model},
});

// Whatever has one of these in it may make other codes; in the words of whoever made the list.
constexpr auto code_making_parts = std::to_array<Named>({
    {"secret", TokenColumn::secret},    {"seed", TokenColumn::secret},
    {"key", TokenColumn::secret},       {"type", TokenColumn::type},
    {"algo", TokenColumn::algorithm},   {"hash", TokenColumn::algorithm},
    {"hmac", TokenColumn::algorithm},   {"sha1", TokenColumn::algorithm},
    {"sha256", TokenColumn::algorithm}, {"digit", TokenColumn::digits},
    {"length", TokenColumn::digits},    {"period", TokenColumn::period},
    {"interval", TokenColumn::period},  {"step", TokenColumn::period},
    {"second", TokenColumn::period},    {"epoch", TokenColumn::period},
    {"drift", TokenColumn::period},     {"offset", TokenColumn::counter},
    {"counter", TokenColumn::counter},  {"movingfactor", TokenColumn::counter},
});
constexpr auto code_making_words = std::to_array<Named>({
    {"secret", TokenColumn::secret},
    {"type", TokenColumn::type},
    {"algorithm", TokenColumn::algorithm},
    {"digits", TokenColumn::digits},
    {"period", TokenColumn::period},
    {"counter", TokenColumn::counter},
});

// The same of whole words: a part of others, they say nothing.
constexpr auto code_making_whole_words = std::to_array<std::string_view>(
    {"mode",    "format", "otpformat", "encoding", "encoded", "len",    "size",   "codesize",
     "otpsize", "otplen", "t0",        "sha",      "digest",  "crypto", "cipher", "suite",
     "hotp",    "totp",   "ocra",      "event",    "pin",     "otppin"});
constexpr auto code_making_values = std::to_array<std::string_view>(
    {"sha", "hotp", "totp",    "ocra",   "steam", "event",   "time",         "event-based", "time-based",
     "4",   "5",    "6",       "7",      "8",     "9",       "10",           "15",          "30",
     "60",  "90",   "120",     "30s",    "60s",   "hex",     "hexadecimal",  "base32",      "base64",
     "b32", "b64",  "decimal", "digits", "dec",   "numeric", "alphanumeric", "md5"});
constexpr std::size_t longest_shown_header = 7;  // a key has eight symbols or more

std::unexpected<Error> invalid(std::string why) {
    return fail(Errc::invalid, std::move(why));
}

// "Secret Key (HEX)" => "secretkeyhex"
std::string bare(std::string_view header) {
    std::string word = lowercase_ascii(header);
    std::erase_if(word, [](char c) { return !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9'); });
    return word;
}

// Levenshtein's: how many letters are there too many, too few or other ones.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t corner = std::exchange(row[0], i + 1);
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t other = corner + (a[i] == b[j] ? 0 : 1);
            corner = row[j + 1];
            row[j + 1] = std::min({other, row[j] + 1, row[j + 1] + 1});
        }
    }
    return row.back();
}

bool is_misspelled(std::string_view word, std::string_view known) {
    constexpr std::size_t longest = 16;
    return word.size() > 2 && word.size() <= longest && distance(word, known) <= 2;
}

// Which column that makes codes a header may have been meant for.
std::optional<TokenColumn> resembled(std::string_view header) {
    const std::string word = bare(header);
    for (const auto& [part, column] : code_making_parts) {
        if (word.find(part) != std::string::npos) return column;
    }
    for (const auto& [known, column] : code_making_words) {
        if (is_misspelled(word, known)) return column;
    }
    return std::nullopt;
}

// "OTP mode", "code_size"
bool has_code_making_word(std::string_view header) {
    const auto is_one = [](const std::string& word) {
        return std::ranges::find(code_making_whole_words, word) != code_making_whole_words.end();
    };
    std::string word;
    for (const char c : lowercase_ascii(header) + " ") {
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
            word += c;
        } else if (is_one(std::exchange(word, {}))) {
            return true;
        }
    }
    return is_one(bare(header));
}

// What cannot be a key that got into the first line.
std::string shown(std::string_view header) {
    return bare(header).size() <= longest_shown_header && header.size() <= 2 * longest_shown_header
               ? printable(header)
               : "";
}

bool is_hexadecimal(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdefABCDEF";
    return text.find_first_not_of(digits) == std::string_view::npos;
}

// serial, seed[, type[, digits[, period]]]; privacyIDEA's and NetIQ's documentation have it.
bool is_oath_line(const CsvReader::Record& record) {
    constexpr std::size_t shortest_seed = 20;
    std::size_t size = record.fields.size();
    while (size > 0 && trimmed(record.fields[size - 1]).empty())
        --size;
    if (size < 2 || size > 5) return false;
    const std::string_view seed = trimmed(record.fields[1]);
    if (seed.size() < shortest_seed || seed.size() % 2 != 0 || !is_hexadecimal(seed)) return false;
    if (size == 2) return true;
    const std::string type = lowercase_ascii(trimmed(record.fields[2]));
    return type == "totp" || type == "hotp" || type == "ocra";
}

std::string quoted(TokenColumn column) {
    return "\"" + std::string(to_text(column)) + "\"";
}

constexpr std::string_view known_names =
    "user, secret, type, algorithm, digits, period, counter, name, serial, manufacturer and model";

// "a=b,c="d,e"" at its commas.
std::vector<std::string_view> parts_of(std::string_view text) {
    std::vector<std::string_view> parts;
    bool quoted_part = false;
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= text.size(); ++i) {
        if (i < text.size() && text[i] == '"') quoted_part = !quoted_part;
        if (i < text.size() && (text[i] != ',' || quoted_part)) continue;
        parts.push_back(trimmed(text.substr(begin, i - begin)));
        begin = i + 1;
    }
    return parts;
}

std::string_view unquoted(std::string_view text) {
    text = trimmed(text);
    const bool quotes = text.size() >= 2 && text.front() == '"' && text.back() == '"';
    return quotes ? text.substr(1, text.size() - 2) : text;
}

}  // namespace

std::string_view to_text(TokenColumn column) {
    switch (column) {
        case TokenColumn::user:
            return "user";
        case TokenColumn::secret:
        case TokenColumn::secret_hex:
        case TokenColumn::secret_base32:
            return "secret";
        case TokenColumn::type:
            return "type";
        case TokenColumn::algorithm:
            return "algorithm";
        case TokenColumn::digits:
            return "digits";
        case TokenColumn::period:
            return "period";
        case TokenColumn::counter:
            return "counter";
        case TokenColumn::name:
            return "name";
        case TokenColumn::serial:
            return "serial";
        case TokenColumn::manufacturer:
            return "manufacturer";
        case TokenColumn::model:
            return "model";
    }
    return "?";
}

std::optional<TokenColumn> column_of_header(std::string_view header) {
    const std::string word = bare(header);
    const auto known = std::ranges::find(known_headers, word, &Named::first);
    return known == known_headers.end() ? std::nullopt : std::optional(known->second);
}

Result<ColumnChoice> ColumnChoice::create(std::string_view text) {
    ColumnChoice choice;
    for (const std::string_view part : parts_of(text)) {
        const std::size_t equals = part.find('=');
        const std::string_view word = trimmed(part.substr(0, equals));
        const std::string_view header =
            equals == std::string_view::npos ? std::string_view{} : unquoted(part.substr(equals + 1));
        const bool passed_over = lowercase_ascii(word) == "ignore";
        const auto column = column_of_header(word);
        if (header.empty() || (!column && !passed_over))
            return invalid("--columns takes NAME=HEADER,...; names are " + std::string(known_names) +
                           ", secret-hex, secret-base32 and ignore");
        const auto number = parse_number<std::size_t>(header);
        if (number && *number > 0 && column)
            choice.numbered_.emplace_back(*column, *number - 1);
        else
            choice.named_.emplace_back(column, lowercase_ascii(header));
    }
    if (!choice.named_.empty() && !choice.numbered_.empty())
        return invalid("--columns takes headers, or numbers of columns, and not both");
    return choice;
}

Result<void> TokenColumns::put(TokenColumn column, std::size_t position) {
    std::size_t& place = positions_[static_cast<std::size_t>(column)];
    if (place != absent_) return invalid("the column " + std::string(to_text(column)) + " is there twice");
    place = position;
    return {};
}

Result<void> TokenColumns::take_header(std::string_view header, std::size_t position,
                                       const ColumnChoice& choice) {
    const auto chosen = std::ranges::find(choice.named_, lowercase_ascii(header),
                                          &std::pair<std::optional<TokenColumn>, std::string>::second);
    const bool is_chosen = chosen != choice.named_.end();
    const auto column = is_chosen ? chosen->first : column_of_header(header);
    if (column) return put(*column, position);
    if (!is_chosen) {
        if (const auto meant = resembled(header))
            return invalid("column " + std::to_string(position + 1) + " of the first line resembles " +
                           quoted(*meant) + " and is not known: --columns " + std::string(to_text(*meant)) +
                           "=HEADER says that it is that, --columns ignore=HEADER that it is none");
        if (has_code_making_word(header))
            return invalid(
                "column " + std::to_string(position + 1) +
                " of the first line may change the codes and is not known: --columns NAME=HEADER says "
                "which it is, --columns ignore=HEADER that it is none");
        passed_over_.push_back({position + 1, shown(header)});
    }
    return {};
}

Result<void> TokenColumns::check() const {
    std::size_t secrets = 0;
    for (const TokenColumn column :
         {TokenColumn::secret, TokenColumn::secret_hex, TokenColumn::secret_base32})
        secrets += has(column) ? 1 : 0;
    if (secrets == 0) return invalid("the column secret is missing");
    if (secrets > 1) return invalid("the column secret is there twice");
    if (!has(TokenColumn::user) && !has(TokenColumn::serial))
        return invalid("the column user is missing, or one of serial numbers");
    return {};
}

Result<TokenColumns> TokenColumns::numbered(const ColumnChoice& choice) {
    TokenColumns columns(Form::numbered);
    for (const auto& [column, position] : choice.numbered_) {
        if (const auto done = columns.put(column, position); !done) return std::unexpected(done.error());
    }
    if (const auto good = columns.check(); !good) return std::unexpected(good.error());
    return columns;
}

TokenColumns TokenColumns::of_oath() {
    constexpr std::array order{TokenColumn::serial, TokenColumn::secret_hex, TokenColumn::type,
                               TokenColumn::digits, TokenColumn::period};
    TokenColumns columns(Form::oath);
    columns.width_ = order.size();
    for (std::size_t i = 0; i < order.size(); ++i)
        columns.positions_[static_cast<std::size_t>(order[i])] = i;
    return columns;
}

Result<TokenColumns> TokenColumns::named(const CsvReader::Record& first, const ColumnChoice& choice) {
    for (const auto& [column, header] : choice.named_) {
        const bool is_there = std::ranges::any_of(
            first.fields, [&](std::string_view field) { return lowercase_ascii(trimmed(field)) == header; });
        if (!is_there) return invalid("--columns names a header that the first line does not have");
    }
    TokenColumns columns(Form::named);
    columns.width_ = first.fields.size();
    for (std::size_t i = 0; i < first.fields.size(); ++i) {
        if (const auto done = columns.take_header(trimmed(first.fields[i]), i, choice); !done)
            return std::unexpected(done.error());
    }
    if (const auto good = columns.check(); !good) return std::unexpected(good.error());
    return columns;
}

Result<TokenColumns> TokenColumns::of(const CsvReader::Record& first, const ColumnChoice& choice) {
    if (choice.is_by_number()) {
        auto columns = numbered(choice);
        if (columns) columns->width_ = first.fields.size();
        return columns;
    }
    const bool has_names =
        !choice.named_.empty() || std::ranges::any_of(first.fields, [](std::string_view field) {
            return column_of_header(field).has_value();
        });
    if (has_names) return named(first, choice);
    if (is_oath_line(first)) return of_oath();
    return invalid("its first line names no column; known are " + std::string(known_names) +
                   ". --columns says which header, or which number, is what");
}

bool makes_codes(std::string_view value) {
    const std::string word = lowercase_ascii(trimmed(value));
    return !word.empty() && (std::ranges::find(code_making_values, word) != code_making_values.end() ||
                             otp::algorithm_of(word).has_value());
}

bool TokenColumns::is_too_long(const CsvReader::Record& record) const {
    for (std::size_t i = width_; i < record.fields.size(); ++i) {
        if (!trimmed(record.fields[i]).empty()) return true;
    }
    return false;
}

bool TokenColumns::has(TokenColumn column) const {
    return positions_[static_cast<std::size_t>(column)] != absent_;
}

std::string_view TokenColumns::in(const CsvReader::Record& record, TokenColumn column) const {
    const std::size_t at = positions_[static_cast<std::size_t>(column)];
    return at < record.fields.size() ? trimmed(record.fields[at]) : std::string_view{};
}

}  // namespace secondstep::tool
