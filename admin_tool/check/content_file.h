#pragma once

#include <optional>
#include <string>

#include "base/file.h"
#include "check/remembered_check.h"

namespace secondstep::tool {

// /var/lib/secondstep-pam/content: what was remembered. Whoever could write it could hide what got worse: only a file
// of root's own, in a directory of root's own, is believed.
class ContentFile {
  public:
    explicit ContentFile(std::string directory) : directory_(std::move(directory)) {}

    // nullopt: nothing was remembered yet. Errors: untrusted, damaged, unsupported, io.
    [[nodiscard]] Result<std::optional<RememberedCheck>> read() const;
    // Makes the directory. Errors: untrusted, io.
    [[nodiscard]] Result<void> write(const RememberedCheck& check) const;

  private:
    [[nodiscard]] Result<UniqueFd> open() const;
    std::string directory_;
};

}  // namespace secondstep::tool
