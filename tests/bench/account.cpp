#include "account.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <stdexcept>
#include <string_view>

#include "base/clock.h"
#include "otp/hotp.h"
#include "otp/otpauth_uri.h"

namespace secondstep::bench {
namespace {

// The field that is an otpauth URI, whichever column it stands in.
std::optional<std::string_view> uri_in(std::string_view line) {
    const std::size_t begin = line.find("otpauth://");
    if (begin == std::string_view::npos) return std::nullopt;
    return line.substr(begin, line.find_first_of(",\"\r", begin) - begin);
}

}  // namespace

std::size_t count_of_bulk_file(const std::string& path) {
    std::ifstream in(path);
    std::size_t count = 0;
    for (std::string line; std::getline(in, line);)
        count += uri_in(line) ? 1 : 0;
    return count;
}

std::vector<BenchAccount> accounts_of_bulk_file(const std::string& path, std::size_t some) {
    const std::size_t stride = std::max<std::size_t>(1, count_of_bulk_file(path) / some);
    std::ifstream in(path);
    std::vector<BenchAccount> accounts;
    std::size_t number = 0;
    for (std::string line; accounts.size() < some && std::getline(in, line);) {
        const auto text = uri_in(line);
        if (!text || number++ % stride != 0) continue;
        auto uri = otp::parse_otpauth_uri(*text);
        if (!uri) throw std::runtime_error(path + ": " + uri.error().detail);
        accounts.push_back({std::move(uri->key.account), std::move(uri->key.key)});
    }
    return accounts;
}

otp::TimeStep step_now() {
    return otp::time_step(SystemClock().now(), otp::thirty_seconds());
}

std::string code_at(const BenchAccount& account, otp::TimeStep step) {
    const auto code = otp::hotp(account.key, step, otp::six_digits(), otp::Algorithm::sha1);
    if (!code) throw std::runtime_error(code.error().detail);
    return std::string(code->text());
}

std::string code_now(const BenchAccount& account) {
    return code_at(account, step_now());
}

std::string wrong_code(const BenchAccount& account) {
    std::set<std::string> near;
    for (otp::TimeStep step = step_now() - 3; step <= step_now() + 3; ++step)
        near.insert(code_at(account, step));
    for (const char* candidate :
         {"000000", "111111", "222222", "333333", "444444", "555555", "666666", "777777"}) {
        if (!near.contains(candidate)) return candidate;
    }
    throw std::runtime_error("no wrong code");
}

}  // namespace secondstep::bench
