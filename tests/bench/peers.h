#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"

namespace secondstep::bench {

// One TOTP account (SHA-1, 6 digits, 30 s) that exists in all three systems under the same name and key.
struct BenchAccount {
    std::string name;
    Secret key;
};

// Reads what `secondstep enroll --bulk` wrote.
[[nodiscard]] std::vector<BenchAccount> accounts_of_bulk_file(const std::string& path);

[[nodiscard]] std::string code_now(const BenchAccount& account);
[[nodiscard]] std::string wrong_code(const BenchAccount& account);  // right for no step near now
// Returns when at least `seconds` of the present 30 s step remain, so that a series does not straddle two.
void wait_for_fresh_step(int seconds);

// The secret file of google-authenticator for one account, nothing used yet.
void write_google_authenticator_file(const std::string& directory, const BenchAccount& account);
// A users file of pam_oath with these accounts, nothing used yet.
void write_oath_file(const std::string& path, const std::vector<const BenchAccount*>& accounts);

}  // namespace secondstep::bench
