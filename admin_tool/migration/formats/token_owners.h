#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "migration/formats/imported_account.h"

namespace secondstep::tool {

// Who has which device: a list `serial,user`, a line for each, in any form that CsvReader reads. A first line
// of names may stand there, and then other columns too, in any order.
class TokenOwners {
  public:
    // Errors: invalid (no line of it can be used as one; a first line that names a column of either kind twice).
    [[nodiscard]] static Result<TokenOwners> parse(std::string_view text, std::string_view file);

    struct Owner {
        std::string user;
        std::string place;  // "owners.csv:3"
    };
    // By serial number, letters in lower case.
    [[nodiscard]] const std::map<std::string, Owner>& all() const { return all_; }
    // Lines that name nobody, or a device that another line gives to somebody else: then neither has it.
    [[nodiscard]] const std::vector<Unusable>& unusable() const { return unusable_; }

  private:
    void add(std::string_view serial, std::string_view user, std::string place);
    std::map<std::string, Owner> all_;
    std::vector<Unusable> unusable_;
};

// Whose the tokens of a source are, where it does not say so itself.
struct TokenAssignment {
    std::optional<std::string> user;        // whose the one token is; the source does not say otherwise
    std::optional<std::string> serial;      // which one it is
    std::optional<TokenOwners> owners;      // of the many
    std::optional<std::string> upn_suffix;  // "corp.example": alice@corp.example is alice
};

// What becomes of a reading.
struct AssignedReading {
    Reading reading;
    std::vector<std::string> left_out;  // places of tokens that nobody has yet by `owners`
};

// Gives every account its owner. A device is known by its serial number or by the id of its key, in either
// case of letters, and otherwise exactly: a number that a spreadsheet has shortened is another one. What
// cannot be assigned surely is an Unusable that says why: nobody gets what is somebody else's.
[[nodiscard]] AssignedReading assign(Reading reading, const TokenAssignment& assignment);

}  // namespace secondstep::tool
