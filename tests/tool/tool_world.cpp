#include "tool_world.h"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "account/verify.h"
#include "encoding/base32.h"
#include "otp/totp.h"

namespace secondstep::testing {

namespace {

std::string own_name() {
    const passwd* found = ::getpwuid(::geteuid());
    if (found == nullptr) throw std::runtime_error("the tests must run as an account that is in passwd");
    return found->pw_name;
}

}  // namespace

ToolWorld::ToolWorld() : me_(own_name()) {
    write_config();
}

// Four codes for most tests, which are not called few: one costs 40 ms of a processor, wherever somebody is enrolled.
void ToolWorld::write_config(const std::string& more) {
    const bool about_codes = more.find("recovery_codes = ") != std::string::npos;
    write_file(file("secondstep.conf"),
               "store = " + file("store") + "\nhost_key = " + file("host.key") +
                   "\nsocket = " + file("run/s.sock") + "\nservice_account = " + me_ +
                   "\nissuer = web01\nfleet_account = " + me_ + "\nfleet_directory = " + file("fleet") +
                   "\n" + (about_codes ? "" : "recovery_codes = 4\n") + more);
    ::chmod(file("secondstep.conf").c_str(), 0644);
}

std::vector<std::string> ToolWorld::words(const std::vector<std::string>& arguments) const {
    std::vector<std::string> all{SECONDSTEP_TOOL, "--config", file("secondstep.conf")};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return all;
}

Finished ToolWorld::tool(const std::vector<std::string>& arguments, std::string_view input,
                         const ChildProcess::Environment& environment) const {
    return run_program(words(arguments), input, environment);
}

nlohmann::json ToolWorld::json(std::vector<std::string> arguments) const {
    arguments.emplace_back("--json");
    const Finished done = tool(arguments);
    EXPECT_EQ(done.status, 0) << done.err;
    auto parsed = nlohmann::json::parse(done.out, nullptr, false);
    EXPECT_FALSE(parsed.is_discarded()) << done.out;
    return parsed;
}

void ToolWorld::set_up() {
    const Finished done = tool({"setup"});
    ASSERT_EQ(done.status, 0) << done.err;
}

nlohmann::json ToolWorld::enroll(const std::string& user, const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"enroll", user, "--portal-user", "--no-confirm"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return json(arguments);
}

std::unique_ptr<FileStore> ToolWorld::store() {
    auto ring = load_keyring(file("host.key"));
    if (!ring) throw std::runtime_error(ring.error().detail);
    auto opened = FileStore::open({.directory = file("store")}, std::move(*ring), clock_, randomness_);
    if (!opened) throw std::runtime_error(opened.error().detail);
    return std::move(*opened);
}

Account ToolWorld::account(const std::string& user) {
    auto read = store()->read(RecordName::of(*AccountName::create(user)));
    if (!read) throw std::runtime_error(read.error().detail);
    return std::move(*read);
}

void ToolWorld::change_state(const std::string& user, const std::function<void(State&)>& change) {
    const auto opened = store();
    auto transaction = opened->begin(RecordName::of(*AccountName::create(user)));
    ASSERT_TRUE(transaction.has_value()) << transaction.error().detail;
    State next = (*transaction)->account().state;
    change(next);
    ASSERT_TRUE((*transaction)->write_state(next).has_value());
}

std::string code_of(std::string_view text, std::chrono::seconds offset) {
    const auto uri = otp::parse_otpauth_uri(text);
    if (!uri) throw std::runtime_error(uri.error().detail);
    const auto now = SystemClock().now() + offset;
    const otp::KeyDescription& key = uri->key;
    const auto* totp = std::get_if<otp::TotpMoving>(&key.moving);
    const std::uint64_t moving =
        totp != nullptr ? otp::time_step(now, totp->period) : std::get<otp::HotpMoving>(key.moving).counter;
    return std::string(otp::hotp(key.key, moving, key.form, key.algorithm)->text());
}

std::string code_of_key(std::string_view base32, std::chrono::seconds offset) {
    const auto key = otp::base32_decode(base32);
    if (!key) throw std::runtime_error(key.error().detail);
    const auto step = otp::time_step(SystemClock().now() + offset, otp::thirty_seconds());
    return std::string(otp::hotp(*key, step, otp::six_digits(), otp::Algorithm::sha1)->text());
}

std::string content_of(const std::string& path) {
    const std::ifstream stream(path, std::ios::binary);
    std::ostringstream content;
    content << stream.rdbuf();
    return content.str();
}

void write_file(const std::string& path, std::string_view content) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
}

mode_t mode_of(const std::string& path) {
    struct stat info{};
    return ::stat(path.c_str(), &info) == 0 ? info.st_mode & 07777U : 0;
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line);
    return lines;
}

std::string after(const std::string& text, const std::string& label) {
    const std::size_t begin = text.find(label);
    if (begin == std::string::npos) return {};
    const std::size_t end = text.find_first_of("\r\n", begin + label.size());
    return text.substr(begin + label.size(), end - begin - label.size());
}

}  // namespace secondstep::testing
