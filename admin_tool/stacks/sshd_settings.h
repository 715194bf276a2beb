#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace secondstep::tool {

// One setting of sshd_config, with where it stands.
struct SshdSetting {
    std::string value;  // the rest of the line, one blank between words, without quotes
    std::string file;
    unsigned line = 0;
    std::string text;  // the whole line
};

// The global part of sshd_config(5): the first value of a keyword wins, `Include` is followed, and what
// stands in a Match block is left out.
class SshdSettings {
  public:
    // Errors: not_found, io.
    [[nodiscard]] static Result<SshdSettings> read(const std::string& path);

    // `keyword` in lower case; KbdInteractiveAuthentication has an older name that counts as the same.
    [[nodiscard]] const SshdSetting* find(std::string_view keyword) const;
    [[nodiscard]] std::string value(std::string_view keyword, std::string_view otherwise) const;
    [[nodiscard]] bool is_yes(std::string_view keyword, bool otherwise) const;
    [[nodiscard]] bool has_match_blocks() const { return match_blocks_; }
    [[nodiscard]] const std::string& path() const { return path_; }

  private:
    Result<void> take_file(const std::string& path, unsigned depth);
    void take_includes(const std::string& patterns, unsigned depth);
    std::string path_;
    std::map<std::string, SshdSetting, std::less<>> settings_;
    bool match_blocks_ = false;
};

// "120", "2m", "1h30m". Returns nullopt if it is not a time.
[[nodiscard]] std::optional<std::chrono::seconds> sshd_time(std::string_view text);

}  // namespace secondstep::tool
