#include "peers.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <set>
#include <stdexcept>
#include <thread>

#include "base/clock.h"
#include "base/text.h"
#include "encoding/base32.h"
#include "otp/hotp.h"
#include "otp/otpauth_uri.h"
#include "otp/totp.h"

namespace secondstep::bench {
namespace {

std::string code_at(const BenchAccount& account, otp::TimeStep step) {
    const auto code = otp::hotp(account.key, step, otp::six_digits(), otp::Algorithm::sha1);
    if (!code) throw std::runtime_error(code.error().detail);
    return std::string(code->text());
}

otp::TimeStep step_now() {
    return otp::time_step(SystemClock().now(), otp::thirty_seconds());
}

void write_private(const std::string& path, const std::string& content) {
    std::ofstream out(path, std::ios::trunc);
    out << content;
    out.close();
    if (!out || ::chmod(path.c_str(), 0600) != 0) throw std::runtime_error("cannot write " + path);
}

// The field that is an otpauth URI, whichever column it stands in.
std::optional<std::string_view> uri_in(std::string_view line) {
    const std::size_t begin = line.find("otpauth://");
    if (begin == std::string_view::npos) return std::nullopt;
    return line.substr(begin, line.find_first_of(",\"\r", begin) - begin);
}

}  // namespace

std::vector<BenchAccount> accounts_of_bulk_file(const std::string& path) {
    std::ifstream in(path);
    std::vector<BenchAccount> accounts;
    std::string line;
    while (std::getline(in, line)) {
        const auto text = uri_in(line);
        if (!text) continue;
        auto uri = otp::parse_otpauth_uri(*text);
        if (!uri) throw std::runtime_error(path + ": " + uri.error().detail);
        accounts.push_back({std::move(uri->key.account), std::move(uri->key.key)});
    }
    return accounts;
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

void wait_for_fresh_step(int seconds) {
    const auto now = SystemClock().now();
    const auto end = otp::beginning_of(otp::time_step(now, otp::thirty_seconds()) + 1, otp::thirty_seconds());
    // Time itself is what is waited for: the next step of the clock.
    if ((end - now).count() < seconds) std::this_thread::sleep_until(end + std::chrono::milliseconds(50));
}

void write_google_authenticator_file(const std::string& directory, const BenchAccount& account) {
    write_private(directory + "/" + account.name,
                  std::string(otp::base32_encode(account.key.bytes()).text()) +
                      "\n\" RATE_LIMIT 3 30\n\" WINDOW_SIZE 3\n\" DISALLOW_REUSE\n\" TOTP_AUTH\n");
}

void write_oath_file(const std::string& path, const std::vector<const BenchAccount*>& accounts) {
    std::string content;
    for (const BenchAccount* account : accounts) {
        content += "HOTP/T30 " + account->name + " - " + hex(account->key.bytes()) + "\n";
    }
    write_private(path, content);
}

}  // namespace secondstep::bench
