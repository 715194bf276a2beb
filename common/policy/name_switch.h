#pragma once

#include <nss.h>
#include <sys/stat.h>

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"

namespace secondstep {

// A source of the name service as nsswitch.conf(5) has it: "files [NOTFOUND=return] sss" are two.
struct NameSource {
    std::string name;
    std::vector<nss_status> last_after;  // no source after this one is asked when it answers so

    [[nodiscard]] bool ends_with(nss_status status) const;
};

// Which sources are asked, in this order: what the file says, or what libc does where it has no such line.
struct NameSwitch {
    std::vector<NameSource> accounts;
    std::vector<NameSource> groups;
    std::vector<NameSource> group_lists;  // of somebody's groups

    [[nodiscard]] static NameSwitch parse(std::string_view text);
};

// The machine's file, read anew when it is another one or was changed since, as stat(2) tells: each look-up asks.
// Thread-safe.
class NameSwitchFile {
  public:
    // With `clock` it is told whether a change has to show in the file's times.
    explicit NameSwitchFile(std::string path, const Clock& clock);

    // No file is an empty one. Errors: io (what is there and cannot be read does not say which sources there are).
    [[nodiscard]] Result<std::shared_ptr<const NameSwitch>> read() const;

  private:
    struct Seen {
        struct stat status;
        std::shared_ptr<const NameSwitch> content;
    };
    [[nodiscard]] std::shared_ptr<const NameSwitch> unchanged() const;
    [[nodiscard]] bool has_settled(const struct stat& status) const;

    std::string path_;
    const Clock* clock_;
    mutable std::mutex mutex_;
    mutable std::optional<Seen> seen_;
};

}  // namespace secondstep
