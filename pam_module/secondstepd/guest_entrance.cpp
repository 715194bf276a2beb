#include "secondstepd/guest_entrance.h"

#include <chrono>
#include <exception>
#include <string>
#include <utility>

#include "dialogue/conversation/guest.h"
#include "relay/envelope_socket.h"
#include "secondstepd/hosts_acceptor.h"
#include "secondstepd/session.h"

namespace secondstep::service {

std::shared_ptr<GuestEntrance> GuestEntrance::create(Sessions& sessions, UniqueFd socket,
                                                     fleet::HostDesk& desk, Limits& limits) {
    const std::shared_ptr<GuestEntrance> entrance(
        new GuestEntrance(sessions, std::move(socket), desk, limits));
    const std::lock_guard lock(entrance->mutex_);  // it may be told to end as soon as it has its place
    entrance->place_ = EventLoop::Place(sessions.loop(), entrance);
    return entrance;
}

GuestEntrance::GuestEntrance(Sessions& sessions, UniqueFd socket, fleet::HostDesk& desk, Limits& limits)
    : sessions_(sessions), desk_(desk), limits_(limits), socket_(std::move(socket)) {}

void GuestEntrance::start_later() {
    const std::lock_guard lock(mutex_);
    await_more();
}

void GuestEntrance::on_ready() {
    const std::shared_ptr<Entrant> session = read_or_fail();
    if (session) session->start();
    sessions_.flush_journal();
}

void GuestEntrance::on_time() {
    const std::lock_guard lock(mutex_);
    close();
}

bool GuestEntrance::on_end() {
    const std::lock_guard lock(mutex_);
    close();
    return false;
}

std::shared_ptr<Entrant> GuestEntrance::read_or_fail() {
    const std::lock_guard lock(mutex_);
    try {
        return socket_.valid() ? read() : nullptr;
    } catch (const std::exception&) {  // no memory
        close();
        return nullptr;
    }
}

std::shared_ptr<Entrant> GuestEntrance::read() {
    for (;;) {
        const Result<std::optional<relay::Envelope>> envelope = relay::receive_envelope(socket_.get());
        if (envelope && !*envelope) {
            await_more();
            return nullptr;
        }
        if (!envelope) {
            if (envelope.error().code != Errc::closed)
                sessions_.context().unusual.warn("The relay: " + envelope.error().detail);
            close();
            return nullptr;
        }
        const bool first = !from_;
        std::shared_ptr<Entrant> session = take(**envelope);
        if (!first || !socket_.valid()) return session;
    }
}

void GuestEntrance::await_more() {
    if (sessions_.loop().ending()) return close();
    place_.set_time_if_earlier(std::chrono::steady_clock::now() + sessions_.context().timeouts.hello);
    place_.await_readable(socket_.get());
}

std::shared_ptr<Entrant> GuestEntrance::take(const relay::Envelope& envelope) {
    if (!from_) {
        if (const auto* from = std::get_if<relay::From>(&envelope)) {
            from_ = *from;
        } else {
            say(relay::Lost{relay::Loss::unreadable});
        }
        return nullptr;
    }
    if (const auto* open = std::get_if<relay::Open>(&envelope)) return welcome(*open);
    say(desk_.answer(*from_, envelope));
    return nullptr;
}

std::shared_ptr<Entrant> GuestEntrance::welcome(const relay::Open& open) {
    const Result<std::optional<fleet::Host>> host = desk_.host_of(from_->certificate);
    if (!host) sessions_.context().unusual.warn("The registry of hosts: " + host.error().detail);
    Result<dialogue::Introduction> introduction = dialogue::decode_introduction(open.introduction);
    const Result<wire::Message> message = wire::decode(open.hello.bytes());
    const auto* hello = message ? std::get_if<wire::Hello>(&*message) : nullptr;
    if (!host || !*host || !introduction || hello == nullptr) {
        say(relay::Lost{host && !*host ? relay::Loss::not_known
                        : host         ? relay::Loss::unreadable
                                       : relay::Loss::connection});
        return nullptr;
    }
    // The desk outlives all conversations.
    auto present = [&desk = desk_, it = **host] { return desk.present(it); };
    auto guest = std::make_shared<const dialogue::Guest>(
        dialogue::Guest{**host, std::move(*introduction), std::move(present)});
    const uid_t number = host_number((*host)->tag);
    std::optional<Limits::Place> place = limits_.admit(number, Limits::Rank::trusted);
    if (!place) {
        sessions_.context().unusual.warn(
            "host " + (*host)->name + " holds as many conversations as it may at once; another was refused.");
        say(relay::Lost{relay::Loss::connection});
        return nullptr;
    }
    place_.hand_on(socket_.get());
    place_.leave();
    return Session::create(sessions_, std::move(socket_),
                           {number, true, std::move(*place), GuestHello{std::move(guest), *hello}});
}

// Who has no room for one packet would not hear it later either.
void GuestEntrance::say(const relay::Envelope& last) {
    static_cast<void>(relay::send_envelope(socket_.get(), last));
    close();
}

void GuestEntrance::close() {
    place_.leave();
    socket_ = UniqueFd();
}

}  // namespace secondstep::service
