#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "stacks/programs/sshd_match.h"
#include "stacks/programs/sshd_settings.h"

namespace secondstep::tool {

// sshd_config(5) as sshd reads it: `Include` is followed, a Match block ends with its file, and counts only where
// that around its file does. Of the global part and `Match all` the first value of a keyword wins, and then of
// the blocks that are about a login the first one, over that.
class SshdConfiguration {
  public:
    // Where sshd looks for what is included by a relative name, wherever the including file is.
    static constexpr std::string_view own_folder = "/etc/ssh";
    // Errors: not_found, io.
    [[nodiscard]] static Result<SshdConfiguration> read(const std::string& path,
                                                        std::string_view folder = own_folder);

    [[nodiscard]] SshdSettings settings_for(const SshdLogin& login) const;
    [[nodiscard]] SshdSettings global() const;  // before anybody logs in
    // False: some Match asks for what only sshd itself can tell.
    [[nodiscard]] bool can_tell(const SshdLogin& login) const;

    [[nodiscard]] const std::vector<SshdMatch>& matches() const { return matches_; }
    [[nodiscard]] bool is_about(SshdMatch::Kind kind) const;
    // Files that are included, and folders of such, that could not be read.
    [[nodiscard]] const std::vector<std::string>& unread() const { return unread_; }
    [[nodiscard]] const std::string& path() const { return path_; }

  private:
    // A setting, and the Match lines it stands under, outermost first (numbers of matches_).
    struct Entry {
        std::string keyword;
        SshdSetting setting;
        std::vector<std::size_t> under;
    };
    Result<void> take_file(const std::string& path, unsigned depth, std::vector<std::size_t> under);
    void take_includes(const std::string& patterns, unsigned depth, const std::vector<std::size_t>& under);
    [[nodiscard]] bool is_global(const Entry& entry) const;
    [[nodiscard]] bool holds(const Entry& entry, const SshdLogin& login) const;

    std::string path_;
    std::string folder_;
    std::vector<SshdMatch> matches_;
    std::vector<Entry> entries_;
    std::vector<std::string> unread_;
};

}  // namespace secondstep::tool
