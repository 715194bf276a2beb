#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>

#include "base/error.h"
#include "base/secret.h"
#include "relay/frame.h"
#include "relay/reactor.h"
#include "relay/tls_stream.h"

namespace secondstep::relay {

// A connection of frames to another relay, from the handshake to its end. What the other end does not take waits here;
// whoever sends asks has_room() before, and holds back until room() is called. Calls come from the loop, and none after
// close() or the end.
class FrameLink : public std::enable_shared_from_this<FrameLink> {
  public:
    struct Calls {
        std::function<void()> open;  // the handshake is over
        std::function<void(Frame)> frame;
        std::function<void()> room;             // there is some again
        std::function<void(const Error&)> end;  // why
    };

    // `name`: as client, of the node. Throws std::system_error, std::bad_alloc.
    [[nodiscard]] static std::shared_ptr<FrameLink> client(Reactor& reactor, UniqueFd socket,
                                                           const TlsContext& tls, const std::string& name);
    [[nodiscard]] static std::shared_ptr<FrameLink> server(Reactor& reactor, UniqueFd socket,
                                                           const TlsContext& tls);

    void start(Calls calls);
    [[nodiscard]] std::optional<TlsStream::Peer> peer() const { return stream_->peer(); }

    // Whether a host of the version that is spoken says what it is in its pings; a node of one before it would hang up.
    [[nodiscard]] bool hosts_describe_themselves() const {
        return version_of(stream_->protocol()) >= first_in_which_hosts_describe_themselves;
    }

    void send(const Frame& frame);
    [[nodiscard]] bool has_room() const { return outgoing_.size() - written_ < most_waiting; }

    // Whether answers of the version that is spoken say for how long their host waits.
    [[nodiscard]] bool hears_of_time_left() const {
        return version_of(stream_->protocol()) >= first_that_hears_of_time_left;
    }

    // While paused nothing is read: the other end has to wait. So it has, too, when it does not read answers.
    void pause() { paused_ = true; }
    void resume();
    [[nodiscard]] bool is_paused() const { return paused_; }

    void close();
    // Closes as soon as everything is written; or after two seconds.
    void close_when_sent();

    static constexpr std::size_t most_waiting = 262'144;

  private:
    explicit FrameLink(Reactor& reactor);
    void adopt(std::unique_ptr<TlsStream> stream) { stream_ = std::move(stream); }
    void shake_hands();
    void await_reading();
    [[nodiscard]] bool stands_still() const { return paused_ || choked_; }
    void go_on_reading();
    void read();
    [[nodiscard]] bool read_once();
    [[nodiscard]] bool hand_over_frames();
    void write();
    void write_again();
    void forget_written();
    void end(const Error& why);
    void end_later(const Error& why);

    Reactor& reactor_;
    std::unique_ptr<TlsStream> stream_;
    Timer stalled_;
    Timer leaving_;
    Calls calls_;
    Secret incoming_;         // a buffer of fixed size
    std::size_t filled_ = 0;  // of it
    Secret outgoing_;
    std::size_t written_ = 0;  // of it
    bool open_ = false;
    bool closed_ = false;
    bool reading_ = false;  // a wait is under way
    bool writing_ = false;
    bool paused_ = false;
    bool choked_ = false;
    bool crowded_ = false;  // it had no room, and nobody was told yet that it has
    bool closing_ = false;
};

}  // namespace secondstep::relay
