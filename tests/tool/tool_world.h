#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "account/credential.h"
#include "base/clock.h"
#include "base/randomness.h"
#include "child_process.h"
#include "otp/otpauth_uri.h"
#include "store/file_store.h"
#include "support/temporary_directory.h"

namespace secondstep::testing {

// A store, a key and a configuration of the test's own, owned by whoever runs
// the tests, and the tool on them.
class ToolWorld : public ::testing::Test {
  protected:
    ToolWorld();

    [[nodiscard]] std::vector<std::string> words(const std::vector<std::string>& arguments) const;
    [[nodiscard]] Finished tool(const std::vector<std::string>& arguments, std::string_view input = "",
                                const ChildProcess::Environment& environment = {}) const;
    // The result of a call with --json that ended with 0.
    [[nodiscard]] nlohmann::json json(std::vector<std::string> arguments) const;

    // An enrollment makes 4 recovery codes, unless `more` says otherwise.
    void write_config(const std::string& more = "");
    static constexpr const char* ten_codes = "recovery_codes = 10\n";  // as where nobody says how many
    void set_up();                                                     // secondstep setup
    nlohmann::json enroll(const std::string& user, const std::vector<std::string>& more = {});

    [[nodiscard]] std::unique_ptr<FileStore> store();
    [[nodiscard]] Account account(const std::string& user);
    void change_state(const std::string& user, const std::function<void(State&)>& change);

    [[nodiscard]] std::string file(const std::string& name) const { return directory_.file(name); }
    [[nodiscard]] const std::string& me() const { return me_; }

    TemporaryDirectory directory_;
    std::string me_;  // the login name of whoever runs the tests
    SystemClock clock_;
    SystemRandomness randomness_;
};

// The code of this URI, `offset` from now.
[[nodiscard]] std::string code_of(std::string_view uri, std::chrono::seconds offset = {});
[[nodiscard]] std::string code_of_key(std::string_view base32, std::chrono::seconds offset = {});

[[nodiscard]] std::string content_of(const std::string& path);
void write_file(const std::string& path, std::string_view content);
[[nodiscard]] mode_t mode_of(const std::string& path);
[[nodiscard]] std::vector<std::string> lines_of(const std::string& text);
// What stands after `label` up to the end of that line.
[[nodiscard]] std::string after(const std::string& text, const std::string& label);

}  // namespace secondstep::testing
