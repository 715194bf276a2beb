#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "wire/bounded_socket.h"
#include "wire/message.h"

namespace secondstep::wire {

// The client's end of one dialogue. Used inside foreign processes: no signals, no globals, no threads,
// descriptors above 2 and close-on-exec, MSG_NOSIGNAL, every wait bounded.
class ServiceLink {
  public:
    struct Options {
        std::string socket;
        std::string service_program = {};  // for --once
        std::string config = {};           // passed to --once as --config; empty: its default
        std::string service_account = {};  // ids that --once runs with
        // How long the service may take for one message, and for accepting the connection.
        std::chrono::milliseconds answer_timeout = std::chrono::seconds{10};
    };

    // Connects. With ENOENT or ECONNREFUSED and euid 0: starts `service_program --once` on a socketpair
    // instead (see once.h). Errors: invalid (no path a socket can have), unreachable (nobody listens and we
    // may not start one), timed_out, not_found and invalid of start_once(), not_allowed, io.
    [[nodiscard]] static Result<ServiceLink> open(const Options& options);

    ServiceLink(ServiceLink&&) noexcept;
    ServiceLink& operator=(ServiceLink&&) noexcept;
    ServiceLink(const ServiceLink&) = delete;
    ServiceLink& operator=(const ServiceLink&) = delete;
    ~ServiceLink();  // closes; a process started by --once is waited for (bounded), then killed by its pidfd

    // Sends the greeting and gives what came first. A service of an older version, which ends such a dialogue as
    // misconfigured in its own version, is greeted once more, in that version. Errors: as open(), send() and
    // receive().
    [[nodiscard]] Result<Message> greet(Hello hello);
    [[nodiscard]] Result<void> send(const Message& message);  // too_large, timed_out, closed, io
    // The messages of a packet one after the other; all of it is right before the first of them is given. Errors:
    // timed_out, closed, damaged, unsupported, io.
    [[nodiscard]] Result<Message> receive();
    // The service is gone, and has not read what was sent to it last: that was judged by nobody.
    [[nodiscard]] bool left_unread() const noexcept { return socket_.left_unread(); }
    // The same after its last word. It may have been sent something between that and hanging up, so this waits until it has.
    [[nodiscard]] bool hangs_up_unread();

  private:
    ServiceLink(BoundedSocket socket, UniqueFd process, Options options);
    [[nodiscard]] bool speaks_an_older_version(const Result<Message>& first) const;
    [[nodiscard]] Result<std::vector<Message>> receive_packet();
    BoundedSocket socket_;
    UniqueFd process_;                         // pidfd of --once
    Options options_;                          // to connect once more
    std::uint8_t version_ = protocol_version;  // of what we say
    std::uint8_t heard_ = protocol_version;    // of what we heard last
    std::vector<Message> received_;            // one packet
    std::size_t given_ = 0;                    // of these
};

}  // namespace secondstep::wire
