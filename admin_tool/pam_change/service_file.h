#pragma once

#include <sys/stat.h>

#include <optional>
#include <string>

#include "base/error.h"
#include "base/file.h"

namespace secondstep::tool {

// The file of one service in a PAM directory, as it was when it was opened: /etc/pam.d/sshd, or the vendor's, of which
// a copy in /etc takes the place.
class ServiceFile {
  public:
    // Errors: invalid (no name of a service), not_found, untrusted (a link, or several; a directory that others may
    // write to), too_large, io.
    [[nodiscard]] static Result<ServiceFile> open(const std::string& name, const std::string& directory,
                                                  const std::string& vendor_directory);

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] const std::string& path() const { return path_; }  // in `directory`, also of the vendor's
    [[nodiscard]] const std::string& text() const { return text_; }
    [[nodiscard]] bool is_vendors() const { return !own_; }

    // Puts `text` in its place: owner, mode, label and other attributes stay. One that a kill left behind is
    // `.NAME.secondstep-new`, which nothing reads. Errors: busy (somebody has changed it meanwhile), io.
    [[nodiscard]] Result<Placed> replace(const std::string& text) const;
    // A copy with all of its attributes. Only where it is not the vendor's. Errors: io.
    [[nodiscard]] Result<void> copy_to(int directory, const std::string& name) const;

  private:
    [[nodiscard]] Result<UniqueFd> filled(int directory, const std::string& name,
                                          const std::string& text) const;
    [[nodiscard]] bool is_unchanged() const;
    std::string name_;
    std::string path_;
    std::string text_;
    UniqueFd directory_;
    UniqueFd file_;
    struct stat about_{};
    bool own_ = true;
};

}  // namespace secondstep::tool
