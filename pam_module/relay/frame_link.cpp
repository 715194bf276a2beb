#include "relay/frame_link.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <utility>

namespace secondstep::relay {
namespace {

constexpr std::size_t read_at_once = 32'768;
static_assert(read_at_once > 2 * max_frame);
// Then the others have their turn, however much this one sends.
constexpr int reads_in_a_row = 8;
// Who takes nothing for this long is gone.
constexpr std::chrono::seconds patience_with_a_reader{10};
constexpr std::chrono::seconds patience_with_the_last{2};

}  // namespace

FrameLink::FrameLink(Reactor& reactor)
    : reactor_(reactor), stalled_(reactor), leaving_(reactor), incoming_(read_at_once) {}

std::shared_ptr<FrameLink> FrameLink::client(Reactor& reactor, UniqueFd socket, const TlsContext& tls,
                                             const std::string& name) {
    std::shared_ptr<FrameLink> link(new FrameLink(reactor));
    FrameLink* const plain = link.get();  // the stream ends with it
    link->adopt(TlsStream::client(reactor, std::move(socket), tls, name,
                                  [plain] { plain->end({Errc::io, "it cannot be waited for"}); }));
    return link;
}

std::shared_ptr<FrameLink> FrameLink::server(Reactor& reactor, UniqueFd socket, const TlsContext& tls) {
    std::shared_ptr<FrameLink> link(new FrameLink(reactor));
    FrameLink* const plain = link.get();
    link->adopt(TlsStream::server(reactor, std::move(socket), tls,
                                  [plain] { plain->end({Errc::io, "it cannot be waited for"}); }));
    return link;
}

void FrameLink::start(Calls calls) {
    calls_ = std::move(calls);
    shake_hands();
}

void FrameLink::shake_hands() {
    const auto self = shared_from_this();
    const auto done = stream_->shake_hands();
    if (!done) return end_later(done.error());
    if (!*done) return stream_->when_ready_to_read([this] { shake_hands(); });
    open_ = true;
    calls_.open();
    // What came together with the handshake's last bytes is in TLS already: the socket does not become readable for it.
    read();
}

void FrameLink::resume() {
    paused_ = false;
    go_on_reading();
}

void FrameLink::go_on_reading() {
    if (stands_still() || reading_ || closed_ || !open_) return;
    // What was read before may hold whole frames, and TLS more of them: neither makes the socket readable.
    reading_ = true;
    reactor_.post([self = shared_from_this()] { self->read(); });
}

void FrameLink::await_reading() {
    if (closed_ || stands_still() || reading_ || !open_) return;
    reading_ = true;
    stream_->when_ready_to_read([this] { read(); });
}

void FrameLink::read() {
    const auto self = shared_from_this();
    reading_ = false;
    if (closed_ || !hand_over_frames()) return;
    for (int round = 0; round < reads_in_a_row; ++round) {
        if (closed_ || stands_still()) return;
        if (!read_once()) return;
    }
    if (closed_ || stands_still() || reading_) return;
    reading_ = true;
    reactor_.post([self] { self->read(); });
}

// False: nothing more to do now.
bool FrameLink::read_once() {
    const auto size = stream_->read(incoming_.bytes().subspan(filled_));
    if (!size) {
        end(size.error());
        return false;
    }
    if (!*size) {
        await_reading();
        return false;
    }
    filled_ += **size;
    return hand_over_frames();
}

// False: there is no more of this link, or it is paused.
bool FrameLink::hand_over_frames() {
    std::size_t done = 0;
    while (!closed_ && !stands_still()) {
        auto taken = take(ByteView(incoming_.bytes()).subspan(done, filled_ - done));
        if (!taken) {
            end(taken.error());
            return false;
        }
        if (!*taken) break;
        done += (*taken)->size;
        calls_.frame(std::move((*taken)->frame));
    }
    if (closed_) return false;
    // It held what was typed.
    std::uint8_t* const bytes = incoming_.bytes().data();
    std::memmove(bytes, bytes + done, filled_ - done);
    ::explicit_bzero(bytes + filled_ - done, done);
    filled_ -= done;
    return !stands_still();
}

void FrameLink::send(const Frame& frame) {
    if (closed_ || closing_) return;
    append(outgoing_, frame);
    crowded_ = crowded_ || !has_room();
    choked_ = choked_ || outgoing_.size() - written_ >= 2 * most_waiting;
    if (!writing_ && open_) write();
}

void FrameLink::write() {
    while (written_ < outgoing_.size()) {
        const auto size = stream_->write(ByteView(outgoing_.bytes()).subspan(written_));
        if (!size) {
            writing_ = true;  // nothing more is tried
            return end_later(size.error());
        }
        if (!*size) {
            writing_ = true;
            stalled_.after(patience_with_a_reader,
                           [this] { end({Errc::timed_out, "it has taken nothing for ten seconds"}); });
            return stream_->when_ready_to_write([this] { write_again(); });
        }
        written_ += **size;
        stalled_.cancel();
    }
    forget_written();
    if (closing_) close();
}

void FrameLink::write_again() {
    const auto self = shared_from_this();
    if (closed_) return;
    writing_ = false;
    write();
    forget_written();
    if (closed_ || !crowded_ || outgoing_.size() - written_ >= most_waiting / 2) return;
    crowded_ = choked_ = false;
    if (!closing_) calls_.room();
    go_on_reading();
}

void FrameLink::forget_written() {
    if (written_ == outgoing_.size()) {
        if (outgoing_.size() > max_frame) {
            outgoing_ = Secret();
        } else {
            outgoing_.truncate(0);
        }
        written_ = 0;
    } else if (written_ >= read_at_once) {
        outgoing_ = Secret::copy_of(ByteView(outgoing_.bytes()).subspan(written_));
        written_ = 0;
    }
}

void FrameLink::close() {
    if (std::exchange(closed_, true)) return;
    stalled_.cancel();
    leaving_.cancel();
    stream_->close();
    incoming_.wipe();
    outgoing_.wipe();
    filled_ = written_ = 0;
}

void FrameLink::close_when_sent() {
    if (closed_) return;
    closing_ = true;
    paused_ = true;  // nothing more is handed over
    if (outgoing_.empty() || !open_) return close();
    leaving_.after(patience_with_the_last, [self = shared_from_this()] { self->close(); });
}

void FrameLink::end(const Error& why) {
    const auto self = shared_from_this();
    const bool told = !closing_ && !closed_;
    close();
    if (told) calls_.end(why);
}

// Not while whoever sends is in the middle of something.
void FrameLink::end_later(const Error& why) {
    reactor_.post([self = shared_from_this(), why] {
        if (!self->closed_) self->end(why);
    });
}

}  // namespace secondstep::relay
