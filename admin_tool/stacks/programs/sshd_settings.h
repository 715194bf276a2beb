#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace secondstep::tool {

// One setting of sshd_config, with where it stands.
struct SshdSetting {
    std::string value;  // the rest of the line, one blank between words, without quotes
    std::string file;
    unsigned line = 0;  // 0: nowhere, sshd has it by itself
    std::string text;   // the whole line
    bool in_match = false;
};

// What holds for one login.
class SshdSettings {
  public:
    explicit SshdSettings(std::string path) : path_(std::move(path)) {}

    // `keyword` in lower case; KbdInteractiveAuthentication has an older name that counts as the same.
    [[nodiscard]] const SshdSetting* find(std::string_view keyword) const;
    [[nodiscard]] bool is_written(std::string_view keyword) const;  // stands in a file
    [[nodiscard]] std::string value(std::string_view keyword, std::string_view otherwise) const;
    [[nodiscard]] bool is_yes(std::string_view keyword, bool otherwise) const;
    [[nodiscard]] const std::string& path() const { return path_; }

    void add(const std::string& keyword, const SshdSetting& setting);  // where there is none yet
    // What `sshd -T` printed counts; where it stands is what the file says of the same login.
    void take_values(std::string_view output);

  private:
    std::string path_;
    std::map<std::string, SshdSetting, std::less<>> settings_;
};

// "120", "2m", "1h30m". Returns nullopt if it is not a time.
[[nodiscard]] std::optional<std::chrono::seconds> sshd_time(std::string_view text);

// The name that a keyword goes by here: lower case, and the present one where it has an older name.
[[nodiscard]] std::string sshd_keyword(std::string_view word);

}  // namespace secondstep::tool
