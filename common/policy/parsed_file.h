#pragma once

#include <sys/stat.h>

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/error.h"

namespace secondstep {

// The text of a file, and what stat(2) said of it before it was read.
struct FileText {
    std::string text;
    std::optional<struct stat> status;  // nothing: there is no such file
};
// No file is an empty one. Errors: io, too_large (over 1 MiB).
[[nodiscard]] Result<FileText> read_file_text(const std::string& path);
// The same file with the same content, if its times have settled when it was read.
[[nodiscard]] bool is_unchanged(const std::string& path, const struct stat& then);
// Whether a later change has to show in its times: the kernel's clock for files has steps of some
// milliseconds, and two changes within one of them have the same time.
[[nodiscard]] bool has_settled(const struct stat& status, UnixTime now);

// What was made of a machine's file, which is read anew when it is another one or was changed since: each
// read() asks stat(2). Thread-safe.
template <typename Content>
class ParsedFile {
  public:
    using Parse = Content (*)(std::string_view text);

    // With `clock` it is told whether a change has to show in the file's times.
    ParsedFile(std::string path, Parse parse, const Clock& clock)
        : path_(std::move(path)), parse_(parse), clock_(&clock) {}

    // Errors: as read_file_text().
    [[nodiscard]] Result<std::shared_ptr<const Content>> read() const {
        if (auto content = unchanged()) return content;
        const UnixTime before = clock_->now();  // however long this takes
        const Result<FileText> file = read_file_text(path_);
        if (!file) return std::unexpected(file.error());
        auto content = std::make_shared<const Content>(parse_(file->text));
        const std::lock_guard lock(mutex_);
        seen_.reset();
        if (file->status && has_settled(*file->status, before)) seen_ = Seen{*file->status, content};
        return content;
    }

  private:
    struct Seen {
        struct stat status;
        std::shared_ptr<const Content> content;
    };
    [[nodiscard]] std::shared_ptr<const Content> unchanged() const {
        const std::optional<Seen> seen = last_seen();
        return seen && is_unchanged(path_, seen->status) ? seen->content : nullptr;
    }
    [[nodiscard]] std::optional<Seen> last_seen() const {
        const std::lock_guard lock(mutex_);
        return seen_;
    }

    std::string path_;
    Parse parse_;
    const Clock* clock_;
    mutable std::mutex mutex_;
    mutable std::optional<Seen> seen_;
};

}  // namespace secondstep
