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
    begin(guarded([this] { return read(); }));
}

// What was asked for is known, or it took too long to ask. That time may have come just before the question did, and be
// heard of only now, while a worker has it.
void GuestEntrance::on_time() {
    begin(guarded([this]() -> std::shared_ptr<Entrant> {
        if (found_) return go_on();
        if (!is_with_a_worker_) close();
        return nullptr;
    }));
}

void GuestEntrance::begin(const std::shared_ptr<Entrant>& session) {
    if (session) session->start();
    sessions_.flush_journal();
}

bool GuestEntrance::on_end() {
    const std::lock_guard lock(mutex_);
    close();
    return false;
}

template <typename Event>
std::shared_ptr<Entrant> GuestEntrance::guarded(Event event) {
    const std::lock_guard lock(mutex_);
    try {
        return socket_.valid() ? event() : nullptr;
    } catch (const std::exception&) {  // no memory
        close();
        return nullptr;
    }
}

std::shared_ptr<Entrant> GuestEntrance::read() {
    for (;;) {
        Result<std::optional<relay::Envelope>> envelope = relay::receive_envelope(socket_.get());
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
        std::shared_ptr<Entrant> session = take(std::move(**envelope));
        if (!first || !socket_.valid()) return session;
    }
}

void GuestEntrance::await_more() {
    if (sessions_.loop().ending()) return close();
    place_.set_time_if_earlier(std::chrono::steady_clock::now() + sessions_.context().timeouts.hello);
    place_.await_readable(socket_.get());
}

std::shared_ptr<Entrant> GuestEntrance::take(relay::Envelope envelope) {
    if (!from_) {
        if (const auto* from = std::get_if<relay::From>(&envelope)) {
            from_ = *from;
        } else {
            say(relay::Lost{relay::Loss::unreadable});
        }
        return nullptr;
    }
    const auto* const open = std::get_if<relay::Open>(&envelope);
    const bool is_about_who_it_is = open != nullptr || std::holds_alternative<relay::StandingAsked>(envelope);
    const auto host = is_about_who_it_is ? desk_.known_host_of(from_->certificate) : std::nullopt;
    if (host && open != nullptr) return welcome(*open, host);
    if (host) {
        say(relay::Standing{.known = true, .host = host->name});
    } else {
        ask_the_desk(std::move(envelope));
    }
    return nullptr;
}

// The desk reads and writes the records of the fleet, waits for a lock that others hold and for the disk: seconds, for
// which no thread of the loop is taken from everybody else.
void GuestEntrance::ask_the_desk(relay::Envelope question) {
    place_.set_time(EventLoop::not_at_all);  // the desk has a bound of its own
    question_ = std::move(question);
    is_with_a_worker_ = true;
    if (hand_over([self = shared_from_this()] { self->ask_on_a_worker(); })) return;
    const bool is_open = std::holds_alternative<relay::Open>(*question_);
    say(is_open ? relay::Envelope(relay::Lost{relay::Loss::connection})
                : relay::Envelope(relay::Refused{"the node is busy: try again"}));
}

// Whose a certificate is is read by the threads of logins: of one host by one of them, however many it brings, and beside
// that whether the node can judge for it, which is asked each second. What is written waits for who else writes, and has
// threads of its own: when all hosts tell or join at once, they wait for each other, and no login for them. One host has no
// more than its share of what waits there, whatever it asks for.
bool GuestEntrance::hand_over(std::function<void()> job) {
    const ServiceContext& context = sessions_.context();
    const std::string who(from_->certificate.begin(), from_->certificate.end());
    if (std::holds_alternative<relay::Open>(*question_))
        return context.host_lookups.submit("open " + who, std::move(job));
    if (std::holds_alternative<relay::StandingAsked>(*question_))
        return context.host_lookups.submit("standing " + who, std::move(job));
    const bool has_none = from_->certificate == relay::Fingerprint{};
    return has_none ? context.joins.submit(from_->address, std::move(job))
                    : context.writes.submit(who, std::move(job));
}

// Nobody else touches the question and who asks it meanwhile. That it is over needs no memory.
void GuestEntrance::ask_on_a_worker() {
    if (is_closed()) return;  // nothing is written for who would not hear of it
    std::optional<Found> found;
    try {
        if (std::holds_alternative<relay::Open>(*question_)) {
            found.emplace(desk_.host_of(from_->certificate));
        } else {
            found.emplace(desk_.answer(*from_, *question_));
        }
    } catch (const std::exception&) {  // no memory
        found.reset();
    }
    const std::lock_guard lock(mutex_);
    is_with_a_worker_ = false;
    if (!socket_.valid()) return;
    found_ = std::move(found);
    place_.set_time(EventLoop::at_once);
}

std::shared_ptr<Entrant> GuestEntrance::go_on() {
    if (auto* const answer = std::get_if<relay::Envelope>(&*found_)) {
        say(*answer);
        return nullptr;
    }
    return welcome(std::get<relay::Open>(*question_), std::get<HostFound>(*found_));
}

std::shared_ptr<Entrant> GuestEntrance::welcome(const relay::Open& open, const HostFound& host) {
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
    // As is_at_the_machine() has it.
    const bool is_local = introduction->caller == dialogue::Caller::root && hello->rhost.empty();
    const std::size_t kept = !is_local                       ? HostsAcceptor::kept_for_the_console
                             : introduction->uid == uid_t{0} ? 0
                                                             : HostsAcceptor::kept_for_root;
    // The desk outlives all conversations.
    auto present = [&desk = desk_, it = **host] { return desk.present(it); };
    auto guest = std::make_shared<const dialogue::Guest>(
        dialogue::Guest{**host, std::move(*introduction), std::move(present)});
    const uid_t number = host_number((*host)->tag);
    std::optional<Limits::Place> place = limits_.admit(number, Limits::Rank::trusted, kept);
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

bool GuestEntrance::is_closed() {
    const std::lock_guard lock(mutex_);
    return !socket_.valid();
}

void GuestEntrance::close() {
    place_.leave();
    socket_ = UniqueFd();
}

}  // namespace secondstep::service
