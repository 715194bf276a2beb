#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/file.h"

namespace secondstep::tool {

// A file the tool makes for whoever runs it: recovery codes, a picture. It is opened with the caller's
// own rights, before the tool takes those of the service account, so nobody can make the tool
// write where they could not write themselves, and the service account never sees the folder.
// 0600, never over an existing file.
class CallerFile {
  public:
    enum class Appears {
        when_done,  // under a temporary name until publish(): half a file is never seen
        at_once,    // a picture that somebody has to scan before the verb goes on
    };
    // Errors: exists, invalid (no file name), io.
    [[nodiscard]] static Result<CallerFile> create(const std::string& path, Appears appears);

    CallerFile(CallerFile&& other) noexcept;
    CallerFile& operator=(CallerFile&&) = delete;
    CallerFile(const CallerFile&) = delete;
    CallerFile& operator=(const CallerFile&) = delete;
    ~CallerFile();  // discards what was not published

    [[nodiscard]] int fd() const { return file_.get(); }
    [[nodiscard]] const std::string& path() const { return path_; }

    // Under its final name. It may hold the only copy of codes that count already, so nothing that fails here
    // takes it away: an error (that name was taken meanwhile) says where the content is, and what the disk
    // did not confirm is not an error.
    [[nodiscard]] Result<Placed> publish();
    void discard() noexcept;

  private:
    CallerFile(std::string path, UniqueFd directory, std::string current, std::string wanted, UniqueFd file);
    std::string path_;
    UniqueFd directory_;
    std::string current_;  // its name in `directory_` now; empty: published or gone
    std::string wanted_;
    UniqueFd file_;
};

// A file of the caller's to read; "-": standard input. Nobody waits for the other end of a pipe that has none.
// Errors: not_found, invalid (a directory, a pipe by its name, a device other than /dev/null), io.
[[nodiscard]] Result<UniqueFd> open_input(const std::string& path);

// All of `content` from the descriptor's position on.
[[nodiscard]] Result<void> write_all(int fd, std::string_view content, const std::string& path);

// The same, then fsync: what is stored next may rely on it.
[[nodiscard]] Result<void> write_durable_text(int fd, std::string_view content, const std::string& path);

struct DirectoryAndName {
    std::string directory;
    std::string name;
};
// "a/b" => {"a", "b"}, "b" => {".", "b"}. Errors: invalid ("", "a/", "..").
[[nodiscard]] Result<DirectoryAndName> split_path(const std::string& path);

// renameat2(RENAME_NOREPLACE), or link and unlink where the file system has no such call. Errors: exists, io.
[[nodiscard]] Result<void> rename_without_replacing(int directory, const std::string& from,
                                                    const std::string& to);

}  // namespace secondstep::tool
