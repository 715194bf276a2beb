#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "files/csv.h"

namespace secondstep::tool {

// What a list of tokens may have a column for.
enum class TokenColumn : std::uint8_t {
    user,
    secret,  // base32 or hexadecimal, as it looks
    secret_hex,
    secret_base32,
    type,
    algorithm,
    digits,
    period,
    counter,
    name,
    serial,
    manufacturer,
    model
};
inline constexpr std::size_t token_columns = 13;

// Whether a value is one of those that make codes, whatever its column is called: "SHA256", "hotp", "8", "60",
// "base32". Words that say nothing of codes are none of them.
[[nodiscard]] bool makes_codes(std::string_view value);

// The column that a header means, in either case and whatever stands between its words: "Secret Key" and
// "seed" => secret, "upn" => user, "time interval" => period. Nothing: it is not known.
[[nodiscard]] std::optional<TokenColumn> column_of_header(std::string_view header);
[[nodiscard]] std::string_view to_text(TokenColumn column);

// What `--columns` says: which header stands for what.
class ColumnChoice {
  public:
    ColumnChoice() = default;
    // `user=upn,secret="secret key",ignore="token type"`; numbers instead of headers are the columns of a
    // list without a first line of names: `serial=1,secret=2`. Errors: invalid, a sentence.
    [[nodiscard]] static Result<ColumnChoice> create(std::string_view text);

    [[nodiscard]] bool is_by_number() const { return !numbered_.empty(); }

  private:
    friend class TokenColumns;
    std::vector<std::pair<std::optional<TokenColumn>, std::string>> named_;  // nothing: to be passed over
    std::vector<std::pair<TokenColumn, std::size_t>> numbered_;              // the first one is 0
};

// Where each column stands in the records of one list.
class TokenColumns {
  public:
    // By its first record. A list of OATH tokens as privacyIDEA and NetIQ take it has no names, and is known
    // by its second field: `serial, hexadecimal seed, totp or hotp, digits, period`.
    // A column that is not known is passed over, unless its name resembles one that makes codes: then it
    // would be a wrong code that nobody sees coming. Errors: invalid; repeats nothing of the record, which
    // may be somebody's key.
    [[nodiscard]] static Result<TokenColumns> of(const CsvReader::Record& first, const ColumnChoice& choice);

    // Without white space around; empty: there is no such column, or nothing in it.
    [[nodiscard]] std::string_view in(const CsvReader::Record& record, TokenColumn column) const;
    [[nodiscard]] bool has(TokenColumn column) const;
    [[nodiscard]] bool has_header() const { return form_ == Form::named; }
    [[nodiscard]] bool is_oath_list() const { return form_ == Form::oath; }
    // One that was passed over, or has no name at all.
    struct PassedOver {
        std::size_t number;  // the first one is 1
        std::string header;  // empty: it has none, or one that is too long to be shown: it may be a key
    };
    [[nodiscard]] const std::vector<PassedOver>& passed_over() const { return passed_over_; }
    // Whether it has something behind the last column, which nobody has named.
    [[nodiscard]] bool is_too_long(const CsvReader::Record& record) const;

  private:
    enum class Form : std::uint8_t { named, numbered, oath };
    explicit TokenColumns(Form form) : form_(form) { positions_.fill(absent_); }
    [[nodiscard]] static Result<TokenColumns> numbered(const ColumnChoice& choice);
    [[nodiscard]] static Result<TokenColumns> named(const CsvReader::Record& first,
                                                    const ColumnChoice& choice);
    [[nodiscard]] static TokenColumns of_oath();
    [[nodiscard]] Result<void> put(TokenColumn column, std::size_t position);
    [[nodiscard]] Result<void> take_header(std::string_view header, std::size_t position,
                                           const ColumnChoice& choice);
    [[nodiscard]] Result<void> check() const;

    static constexpr std::size_t absent_ = SIZE_MAX;
    Form form_;
    std::array<std::size_t, token_columns> positions_{};
    std::vector<PassedOver> passed_over_;
    std::size_t width_ = SIZE_MAX;
};

}  // namespace secondstep::tool
