#pragma once

#include <string>
#include <vector>

#include "policy/config.h"
#include "store/file_store.h"

namespace secondstep::tool {

// One thing `doctor` looked at.
struct Finding {
    enum class Level { ok, warning, error };
    Level level;
    std::string subject;  // "clock", "host key" ...
    std::string text;
    std::string mend;  // what to do; empty for ok
};
[[nodiscard]] std::string_view to_text(Finding::Level level);
[[nodiscard]] Finding fine(std::string subject, std::string text);
[[nodiscard]] Finding warning(std::string subject, std::string text, std::string mend);
[[nodiscard]] Finding wrong(std::string subject, std::string text, std::string mend);

using Findings = std::vector<Finding>;

// Each of these looks and reports; none changes anything.

void check_clock(Findings& findings);
// Owner and mode of the folders of configuration and socket: whoever may write there decides about logins.
void check_folders(const Config& config, const std::string& config_path, Findings& findings);
void check_service(const Config& config, Findings& findings);
// Space, inodes, read-only.
void check_disk(const Config& config, Findings& findings);
// The 256 decoys open with the host key; every account's files are read and unsealed.
void check_records(const FileStore& store, Findings& findings);

}  // namespace secondstep::tool
