#pragma once

#include <compare>
#include <cstdint>
#include <optional>
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

// The name of an account's (or decoy's) pair of files, or of an owner's linked portals, and what their seals
// are bound to. alice => "alice"; Anna.B => "%41nna%2E%42": every byte outside [a-z0-9_-] becomes %XX. 80
// bytes become at most 240, so that NAME.credential stays within NAME_MAX (255).
class RecordName {
  public:
    [[nodiscard]] static RecordName of(const AccountName& account);
    [[nodiscard]] static RecordName decoy(std::uint8_t number);
    // The portals an account has linked; nothing: those of the host, whose stem no account has.
    [[nodiscard]] static RecordName portals_of(const std::optional<AccountName>& owner);
    [[nodiscard]] static RecordName machine();  // on which machine the store was made
    // The codes of a host of a fleet for when no node answers. No account's: it has no folder, as "machine" has none.
    [[nodiscard]] static RecordName break_glass();

    [[nodiscard]] bool is_decoy() const { return folder_ == Folder::decoys; }
    // It lies beside the folders, and is nobody's.
    [[nodiscard]] bool is_of_the_machine() const { return folder_ == Folder::none; }
    [[nodiscard]] const std::string& stem() const {
        return stem_;
    }  // file name without ".credential"/".state"
    // "users/alice", "decoys/07", "portals/alice", "machine" or "break-glass": unique over all folders; the NAME of
    // associated data and of the state's key.
    [[nodiscard]] std::string sealed_name() const;

  private:
    enum class Folder : std::uint8_t { users, decoys, portals, none };
    RecordName(Folder folder, std::string stem) : folder_(folder), stem_(std::move(stem)) {}
    Folder folder_;
    std::string stem_;
};

// The inverse of RecordName::of for a file stem. Errors: invalid (not a stem that RecordName::of makes).
[[nodiscard]] Result<AccountName> account_of_stem(std::string_view stem);

}  // namespace secondstep
