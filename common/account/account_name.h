#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"

namespace secondstep {

// A login name that is safe to store, show and log. 1 to 80 bytes of valid UTF-8; no control characters, no
// '/', not "." or "..", no leading '-' (it would be read as an option by tools). Errors of create: invalid,
// with a sentence that says which rule.
class AccountName {
  public:
    [[nodiscard]] static Result<AccountName> create(std::string_view name);
    [[nodiscard]] const std::string& text() const { return text_; }
    friend auto operator<=>(const AccountName&, const AccountName&) = default;

  private:
    explicit AccountName(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

// The name of an account's (or decoy's) pair of files, and what its seals are bound to.
// alice => "alice"; Anna.B => "%41nna%2E%42": every byte outside [a-z0-9_-] becomes %XX. 80 bytes become at
// most 240, so that NAME.credential stays within NAME_MAX (255).
class RecordName {
  public:
    [[nodiscard]] static RecordName of(const AccountName& account);
    [[nodiscard]] static RecordName decoy(std::uint8_t number);

    [[nodiscard]] bool is_decoy() const { return decoy_; }
    [[nodiscard]] const std::string& stem() const {
        return stem_;
    }  // file name without ".credential"/".state"
    // "users/alice" or "decoys/07": unique over both folders; the NAME of associated data and of the state's
    // key.
    [[nodiscard]] std::string sealed_name() const;

  private:
    RecordName(bool decoy, std::string stem) : decoy_(decoy), stem_(std::move(stem)) {}
    bool decoy_;
    std::string stem_;
};

// The inverse of RecordName::of for a file stem. Errors: invalid (not a stem that RecordName::of makes).
[[nodiscard]] Result<AccountName> account_of_stem(std::string_view stem);

}  // namespace secondstep
