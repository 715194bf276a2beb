#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "migration/formats/imported_account.h"

namespace secondstep::tool {

// Puts the tokens of a source together, user by user, under the rules that hold whatever the source is: a
// name that can be a login name, codes that Secondstep can check, one method for an account (its first
// token's), at most max_authenticators. What breaks one of them becomes an Unusable. A key of less than 128
// bits is taken, with a remark (RFC 4226 section 4, R6).
class GatheredAccounts {
  public:
    // The account that has the token now, or null when it could not be taken. `user` may be empty; then the
    // token is an account of its own. The pointer lives until the next call.
    ImportedAccount* add(std::string_view user, std::string place, ImportedToken token);
    // A whole account of another reading, with its remarks, for `user`. What does not go beside the tokens
    // that user has is refused.
    void add(std::string_view user, ImportedAccount account);
    void refuse(std::string place, std::string why, std::string serial = "");
    void remark(std::string sentence) { reading_.remarks.push_back(std::move(sentence)); }
    [[nodiscard]] Reading take() && { return std::move(reading_); }

  private:
    ImportedAccount& account_of(std::string_view user, const std::string& place);
    // The account to put it into, or null when it could not be taken.
    ImportedAccount* place_for(std::string_view user, const std::string& place, const ImportedToken& token);

    Reading reading_;
    std::unordered_map<std::string, std::size_t> by_user_;
};

// A key as its reader describes it. Of a counter everything before the next value is used.
[[nodiscard]] ImportedToken token_of(otp::DescribedKey described);
// "the period is 0: ..." => "The period is 0: ...."
[[nodiscard]] std::string sentence_of(const Error& error);

// Whether a key is as long as those of another hash while its source names none (`named` is empty): most
// vendors make keys as long as the digest (RFC 6238 appendix A), and many lists leave the hash out.
void remark_on_length(otp::DescribedKey& described, std::string_view named);

}  // namespace secondstep::tool
