#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/secret.h"
#include "otp/totp.h"

namespace secondstep::bench {

// One TOTP account (SHA-1, 6 digits, 30 s) that exists in all systems under the same name and key.
struct BenchAccount {
    std::string name;
    Secret key;
};

// Of what `secondstep enroll --bulk` wrote: how many accounts, and `some` of them, evenly spread.
[[nodiscard]] std::size_t count_of_bulk_file(const std::string& path);
[[nodiscard]] std::vector<BenchAccount> accounts_of_bulk_file(const std::string& path, std::size_t some);

[[nodiscard]] otp::TimeStep step_now();
[[nodiscard]] std::string code_at(const BenchAccount& account, otp::TimeStep step);
[[nodiscard]] std::string code_now(const BenchAccount& account);
[[nodiscard]] std::string wrong_code(const BenchAccount& account);  // right for no step near now

}  // namespace secondstep::bench
