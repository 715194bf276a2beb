#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

#include "migration/formats/imported_account.h"

namespace secondstep::tool {

// Puts the tokens of a source together, user by user, under the rules that hold whatever the source is: a
// name that can be a login name, a key of 1 to otp::longest_key bytes, one method for an account (its first
// token's), at most max_authenticators. What breaks one of them becomes an Unusable. A key of less than 128
// bits is taken, with a remark (RFC 4226 section 4, R6).
class GatheredAccounts {
  public:
    // The account that has the token now, or null when it could not be taken. `user` may be empty; then the
    // token is an account of its own. The pointer lives until the next call.
    ImportedAccount* add(std::string_view user, std::string place, ImportedToken token);
    void refuse(std::string place, std::string why);
    [[nodiscard]] Reading take() && { return std::move(reading_); }

  private:
    ImportedAccount& account_of(std::string_view user, const std::string& place);

    Reading reading_;
    std::unordered_map<std::string, std::size_t> by_user_;
};

// The token of a counter whose next value is `next`.
[[nodiscard]] ImportedToken hotp_token(otp::KeyDescription token, std::uint64_t next);

}  // namespace secondstep::tool
