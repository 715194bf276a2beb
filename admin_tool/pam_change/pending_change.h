#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "pam_change/restore_way.h"
#include "pam_change/service_file.h"

namespace secondstep::tool {

// A change of one service's file, which goes back at `due` unless somebody keeps it.
struct PendingChange {
    enum class Kind : std::uint8_t { addition, removal };
    std::string service;
    std::string path;
    Kind kind = Kind::addition;
    RestoreWay way = RestoreWay::nobody;
    UnixTime made{};
    UnixTime due{};
    std::optional<std::string> before;  // nothing: there was no file, the vendor's counted
    std::string after;
    std::string log;  // where the system log ended then; see accepted_login.h
};

inline constexpr const char* state_directory = "/var/lib/secondstep-pam";

// The directory that remembers it; etc/FORMATS.md has its files. Who has it open holds its lock.
class PendingChanges {
  public:
    // Makes the directory. Errors: untrusted (it is not root's alone), busy (another `secondstep pam`), io.
    [[nodiscard]] static Result<PendingChanges> open(const std::string& directory);
    // Without lock, and without making anything. Errors: damaged, io.
    [[nodiscard]] static Result<std::optional<PendingChange>> look(const std::string& directory);

    [[nodiscard]] Result<std::optional<PendingChange>> pending() const { return look(path_); }
    // From its return on the program puts back `before` at `due`, if it is run. `file` is the one that is to be changed.
    // Errors: exists (another change is pending), io.
    [[nodiscard]] Result<void> begin(const PendingChange& change, const ServiceFile& file) const;
    // Not pending any more: what it was stays in backup/MADE-SERVICE-HOW. Errors: io.
    [[nodiscard]] Result<void> end(const PendingChange& change, std::string_view how) const;
    // Whether the service's file was once `text`, before a change that ended.
    [[nodiscard]] bool has_backup(const std::string& service, const std::string& text) const;

    [[nodiscard]] const std::string& path() const { return path_; }

  private:
    PendingChanges(std::string path, UniqueFd directory, UniqueFd lock)
        : path_(std::move(path)), directory_(std::move(directory)), lock_(std::move(lock)) {}
    std::string path_;
    UniqueFd directory_;
    UniqueFd lock_;
};

}  // namespace secondstep::tool
