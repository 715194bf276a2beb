#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "account/credential.h"
#include "base/error.h"
#include "base/file.h"
#include "base/secret.h"
#include "store/account_store.h"

namespace secondstep::tool {

// The file of `enroll --bulk`: a header, then one line per account: user, otpauth URI, recovery codes
// (separated by spaces), authenticator id (hex). A line is durable before its account is committed, so after
// a kill at any moment every account that is enrolled has its line; lines whose account was not committed are
// told by their id, and the next run takes them out.

inline constexpr std::string_view bulk_header = "user,otpauth_uri,recovery_codes,id\n";

void append_bulk_line(Secret& lines, const AccountName& account, const Secret& uri,
                      const std::vector<Secret>& codes, const AuthenticatorId& id);

// Copies the lines of `from` whose account is enrolled with that authenticator to `to`, and flushes. A torn
// last line is left out. When the store cannot tell about an account its line stays.
[[nodiscard]] Result<void> copy_right_lines(const AccountStore& store, int from, int to);

// The caller's side: opened in place with the caller's rights, 0600, locked against a second run.
class BulkFile {
  public:
    // Errors: exists (a file that is not ours to continue), untrusted, busy (another run), io.
    [[nodiscard]] static Result<BulkFile> open(const std::string& path);

    [[nodiscard]] int fd() const { return file_.get(); }
    [[nodiscard]] bool has_lines() const;  // more than the header

    // A new file beside it, to be filled; then put in its place. What is left of an earlier try is removed.
    [[nodiscard]] Result<UniqueFd> begin_replacement() const;
    [[nodiscard]] Result<void> replace(UniqueFd replacement);
    void drop_replacement() const noexcept;

  private:
    BulkFile(std::string path, UniqueFd directory, std::string name, UniqueFd file);
    [[nodiscard]] std::string replacement_name() const { return "." + name_ + ".new"; }
    [[nodiscard]] Result<void> claim();
    [[nodiscard]] Result<void> check_or_write_header();
    [[nodiscard]] bool still_has_its_name() const;
    std::string path_;
    UniqueFd directory_;
    std::string name_;
    UniqueFd file_;
};

}  // namespace secondstep::tool
