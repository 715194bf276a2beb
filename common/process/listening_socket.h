#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/file.h"

namespace secondstep::process {

// The socket that callers connect to: SOCK_SEQPACKET, non-blocking, listening.
class ListeningSocket {
  public:
    // The one a service manager passed (sd_listen_fds(3): LISTEN_PID, LISTEN_FDS, descriptor 3). Returns
    // nullopt if none was passed. Errors: invalid (more than one, or not such a socket).
    [[nodiscard]] static Result<std::optional<ListeningSocket>> inherited();
    // All that it passed, up to `most`; which is which their paths say. Errors: invalid (more, or not such sockets).
    [[nodiscard]] static Result<std::vector<ListeningSocket>> all_inherited(std::size_t most);

    // Binds `path` with the mode and, as root, the owner of `access`; makes its directory (0755) when only
    // that is missing, and beside it PATH.lock, which nobody else may open. A socket that is there is
    // replaced only when nobody listens on it any more. Errors: exists (another service listens, or it is no
    // socket), busy (another one starts and does not come to an end), invalid, io.
    struct Access {
        mode_t mode = 0666;
        std::optional<uid_t> owner;  // nothing: who binds it
    };
    [[nodiscard]] static Result<ListeningSocket> bind_to(const std::string& path, const Access& access);
    [[nodiscard]] static Result<ListeningSocket> bind_to(const std::string& path);  // everybody may connect

    ListeningSocket(ListeningSocket&& other) noexcept;
    ListeningSocket& operator=(ListeningSocket&&) = delete;
    ListeningSocket(const ListeningSocket&) = delete;
    ListeningSocket& operator=(const ListeningSocket&) = delete;
    // Removes the name if bind_to() made it, it still leads here, and this process may:
    // one that was started by root has no right to any more, and leaves a name on which nobody listens,
    // which the next start replaces.
    ~ListeningSocket();
    void remove_name();

    [[nodiscard]] int get() const { return fd_.get(); }
    [[nodiscard]] const std::string& path() const { return path_; }  // for people; inherited: as bound

  private:
    struct Name {
        dev_t device;
        ino_t inode;
    };
    ListeningSocket(UniqueFd fd, std::string path, std::optional<Name> made)
        : fd_(std::move(fd)), path_(std::move(path)), made_(made) {}
    UniqueFd fd_;
    std::string path_;
    std::optional<Name> made_;
};

}  // namespace secondstep::process
