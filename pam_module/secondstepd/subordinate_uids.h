#pragma once

#include <sys/types.h>

#include <ctime>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace secondstep::service {

// The uids that accounts may take beside their own (subuid(5), newuidmap): thousands for one person, who has one share
// of what callers may hold with all of them. Read again when the file has changed. What a directory hands out instead of
// the file (`subid:` of nsswitch.conf) is not seen. Thread-safe.
class SubordinateUids {
  public:
    explicit SubordinateUids(std::string path = "/etc/subuid") : path_(std::move(path)) {}

    // Itself; of a uid that is somebody's to take, the first of all that are theirs.
    [[nodiscard]] uid_t counted_as(uid_t uid);

  private:
    struct Range {
        uid_t first;
        uid_t last;
        uid_t counted_as;
    };
    // By which a file is known again.
    struct Seen {
        ino_t inode = 0;
        off_t size = 0;
        timespec changed{};
        bool operator==(const Seen& other) const;
    };
    void look_again();
    [[nodiscard]] static std::vector<Range> ranges_of(std::string_view text);

    const std::string path_;
    std::mutex mutex_;
    Seen seen_;
    std::vector<Range> ranges_;
};

}  // namespace secondstep::service
