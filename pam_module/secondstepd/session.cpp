#include "secondstepd/session.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <exception>
#include <thread>
#include <utility>
#include <variant>

#include "dialogue/make_dialogue.h"
#include "secondstepd/peer_policy.h"
#include "secondstepd/peer_socket.h"
#include "secondstepd/translation.h"

namespace secondstep::service {

namespace asio = boost::asio;
using std::chrono::steady_clock;

Session::Session(Sessions& sessions, UniqueFd socket, Visitor visitor)
    : sessions_(sessions),
      socket_(sessions.io(), socket.get()),
      timer_(sessions.io()),
      visitor_(std::move(visitor)),
      began_(steady_clock::now()) {
    static_cast<void>(socket.release());  // socket_ owns it now
    sessions_.add(*this);
}

Session::~Session() {
    sessions_.remove(*this);
}

template <typename Event>
void Session::guarded(Event event) {
    try {
        event();
    } catch (const std::exception& e) {
        ended_by(e.what());
    }
    sessions_.flush_journal();
}

void Session::ended_by(const char* error) {
    try {
        sessions_.context().unusual.warn(
            std::string("A dialogue was ended by an error inside the service: ") + error);
    } catch (const std::exception&) {  // no memory for the words either
        close();
        return;
    }
    close();
}

// A wait that could not be set up (ENOMEM of the epoll) would leave a person at a screen that says nothing.
void Session::wait_failed(const boost::system::error_code& error) {
    if (error == asio::error::operation_aborted) return;  // by close()
    ended_by(error.message().c_str());
}

void Session::start() {
    guarded([this] {
        set_deadline(began_ + sessions_.context().timeouts.hello);
        on_readable();
    });
}

// --- packets in ---

void Session::await_packet() {
    socket_.async_wait(asio::posix::descriptor_base::wait_read,
                       [self = shared_from_this()](const boost::system::error_code& error) {
                           if (error) return self->wait_failed(error);
                           self->guarded([&] { self->on_readable(); });
                       });
}

void Session::on_readable() {
    if (stage_ != Stage::hello && stage_ != Stage::asking) return;
    Result<std::optional<wire::Message>> message = receive_message(socket_.native_handle());
    if (!message) {
        on_garbage(message.error());
    } else if (!*message) {
        await_packet();
    } else {
        on_message(std::move(**message));
    }
}

void Session::on_message(wire::Message message) {
    const auto* hello = std::get_if<wire::Hello>(&message);
    auto* answer = std::get_if<wire::Answer>(&message);
    if (stage_ == Stage::hello && hello != nullptr) {
        on_hello(*hello);
    } else if (stage_ == Stage::asking && answer != nullptr) {
        run(dialogue_->answer(reply_of(std::move(*answer))));
    } else {
        on_garbage({Errc::damaged, "a message that was not its turn"});
    }
}

void Session::on_garbage(const Error& error) {
    if (error.code == Errc::unsupported) {
        sessions_.context().unusual.warn("uid " + std::to_string(visitor_.uid) + " sent " + error.detail +
                                         ": restart it.");
        return finish(Verdict::misconfigured);
    }
    if (error.code != Errc::closed) {
        sessions_.context().unusual.warn("uid " + std::to_string(visitor_.uid) +
                                         " does not keep to the protocol: " + error.detail);
    }
    peer_ = Peer::gone;
    give_up();
}

void Session::on_hello(const wire::Hello& hello) {
    outbox_.speak(hello.version);
    settings_ = sessions_.context().settings.get();
    const auto caller = decide_caller(visitor_.uid, settings_->trusted_callers, hello);
    if (!caller) return finish(caller.error());
    if (sessions_.ending() || !visitor_.admitted) return finish(Verdict::unavailable);
    dialogue::Ports ports = ports_of(*settings_, sessions_.context());
    ports.journal = &sessions_.context().caller_journals.of(visitor_.uid, rank());
    dialogue_ = dialogue::make_dialogue(std::move(ports), request_of(hello, *caller, visitor_.uid));
    run(dialogue_->begin());
}

Limits::Rank Session::rank() const {
    if (visitor_.uid == 0) return Limits::Rank::root;
    return is_trusted_for_something(visitor_.uid, settings_->trusted_callers) ? Limits::Rank::trusted
                                                                              : Limits::Rank::user;
}

// --- the dialogue's steps ---

void Session::run(dialogue::Step step) {
    std::optional<dialogue::Step> next = std::move(step);
    while (next) {
        dialogue::Step current = std::move(*next);
        if (takes_long(current)) send_texts();
        next = std::visit([this](auto& wanted) { return perform(wanted); }, current);
    }
}

std::optional<dialogue::Step> Session::perform(dialogue::Show& show) {
    stage_ = Stage::showing;
    if (!send(message_of(std::move(show)))) return std::nullopt;
    return dialogue_->resume(dialogue::Resumption::done);
}

std::optional<dialogue::Step> Session::perform(const dialogue::Ask& ask) {
    if (peer_ != Peer::there) return without_answer();
    if (sessions_.ending()) {
        finish(Verdict::unavailable);
    } else {
        stage_ = Stage::asking;
        if (send(message_of(ask))) sent();
    }
    return std::nullopt;
}

// The dialogue is told once that nobody answers, so that it writes its line into the journal.
std::optional<dialogue::Step> Session::without_answer() {
    if (!std::exchange(told_, true)) return dialogue_->answer(dialogue::NoAnswer{});
    finish(Verdict::cancelled);
    return std::nullopt;
}

std::optional<dialogue::Step> Session::perform(const dialogue::Wait& wait) {
    stage_ = Stage::pausing;
    set_deadline(steady_clock::now() + wait.time);
    return std::nullopt;
}

std::optional<dialogue::Step> Session::perform(dialogue::Work& work) {
    if (work.kind == dialogue::Work::Kind::lookup) return look_up(work);
    set_deadline(Time::max());  // both always end; what they decided must be stored and told
    Workers& workers = work.kind == dialogue::Work::Kind::sending ? sessions_.context().senders
                                                                  : sessions_.context().scrypts;
    if (hand_to(workers, std::move(work.job))) return std::nullopt;
    return not_worked(dialogue::Resumption::overloaded);
}

std::optional<dialogue::Step> Session::look_up(dialogue::Work& work) {
    if (const auto pin = sessions_.context().people.peek(work.name, work.groups)) {
        work.job();  // answered from memory while the pin lives
        return dialogue_->resume(dialogue::Resumption::done);
    }
    set_deadline(steady_clock::now() + sessions_.context().timeouts.lookup);
    if (hand_to(sessions_.context().lookups, std::move(work.job))) return std::nullopt;
    return not_worked(dialogue::Resumption::overloaded);
}

std::optional<dialogue::Step> Session::perform(dialogue::Background& background) {
    background_ = std::move(background.job);
    return dialogue_->resume(dialogue::Resumption::done);
}

void Session::start_background() {
    if (!background_) return;
    SyslogJournal& journal = sessions_.context().journal;
    const auto submitted =
        sessions_.context().senders.submit([job = std::exchange(background_, nullptr), &journal] {
            job();
            journal.flush();  // no event of a session follows
        });
    if (submitted) return;
    sessions_.context().unusual.warn("Too many codes are to be sent at once; one was not.");
}

std::optional<dialogue::Step> Session::perform(const dialogue::End& end) {
    finish(end);
    return std::nullopt;
}

bool Session::hand_to(Workers& workers, std::function<void()> job) {
    stage_ = Stage::working;
    busy_.emplace(sessions_.io().get_executor());
    const auto held = std::make_shared<std::shared_ptr<Session>>(shared_from_this());
    return workers.submit([held, &io = sessions_.io(), number = ++job_, work = std::move(job)] {
        auto how = dialogue::Resumption::done;
        try {
            work();
        } catch (const std::exception&) {  // no memory
            how = dialogue::Resumption::overloaded;
        }
        report(io, held, number, how);
    });
}

// On the worker's thread; what is held is let go on the I/O thread, where alone a session may end. Without a
// report, for want of memory, the person would have no verdict: it is made until it is taken.
void Session::report(asio::io_context& io, const std::shared_ptr<std::shared_ptr<Session>>& held,
                     std::uint64_t job, dialogue::Resumption how) {
    for (;;) {
        try {
            return asio::post(io, [held, job, how] {
                const std::shared_ptr<Session> session = std::move(*held);
                session->guarded([&] { session->worked(job, how); });
            });
        } catch (const std::exception&) {
            std::this_thread::sleep_for(std::chrono::milliseconds{10});
        }
    }
}

void Session::worked(std::uint64_t job, dialogue::Resumption how) {
    if (stage_ != Stage::working || job != job_) return;
    busy_.reset();
    run(dialogue_->resume(how));
}

std::optional<dialogue::Step> Session::not_worked(dialogue::Resumption why) {
    busy_.reset();
    ++job_;  // what a worker brings later is not looked at
    return dialogue_->resume(why);
}

// --- ends ---

void Session::finish(const dialogue::End& end) {
    stage_ = Stage::ending;
    if (send(message_of(end))) sent();
}

void Session::finish(Verdict verdict) {
    finish(dialogue::End{.verdict = verdict});
}

void Session::give_up() {
    // Who takes nothing would not take the verdict either.
    peer_ = std::max(peer_, outbox_.due() ? Peer::gone : Peer::silent);
    outbox_.drop();
    if (stage_ == Stage::asking) {
        if (std::optional<dialogue::Step> step = without_answer()) run(std::move(*step));
    } else if (stage_ == Stage::showing) {
        run(dialogue_->resume(dialogue::Resumption::done));
    } else {
        close();
    }
}

bool Session::end_if_waiting() {
    if (outbox_.due()) {  // a peer that takes nothing would not take a verdict either
        guarded([this] { close(); });
        return true;
    }
    if (stage_ != Stage::hello && stage_ != Stage::asking) return false;
    guarded([this] { finish(Verdict::unavailable); });
    return true;
}

void Session::close() {
    stage_ = Stage::closed;
    busy_.reset();
    boost::system::error_code ignored;
    socket_.close(ignored);
    timer_.cancel();
}

// --- packets out ---

bool Session::send(const wire::Message& message) {
    if (const Result<void> put = outbox_.put(message); !put) {
        sessions_.context().unusual.warn("A text for a person does not fit into a message: " +
                                         put.error().detail);
        close();
        return false;
    }
    return send_what_is_due();
}

bool Session::send_what_is_due() {
    while (outbox_.due()) {
        if (send_packet_now()) continue;
        set_deadline(steady_clock::now() + sessions_.context().timeouts.answer);
        await_room();
        return false;
    }
    return true;
}

// False: there is no room now.
bool Session::send_packet_now() {
    if (peer_ != Peer::gone) {
        const Result<bool> done = send_packet(socket_.native_handle(), outbox_.packet());
        if (done && !*done) return false;
        if (!done) peer_ = Peer::gone;
    }
    outbox_.sent();
    return true;
}

// What there is no room for goes with the next.
void Session::send_texts() {
    if (!outbox_.empty()) static_cast<void>(send_packet_now());
}

void Session::await_room() {
    socket_.async_wait(asio::posix::descriptor_base::wait_write,
                       [self = shared_from_this()](const boost::system::error_code& error) {
                           if (error) return self->wait_failed(error);
                           if (!self->outbox_.due()) return;
                           self->guarded([&] {
                               if (self->send_what_is_due()) self->sent();
                           });
                       });
}

void Session::sent() {
    switch (stage_) {
        case Stage::showing:
            return run(dialogue_->resume(dialogue::Resumption::done));
        case Stage::asking:
            if (peer_ == Peer::gone) return give_up();
            start_background();
            set_deadline(std::min(steady_clock::now() + sessions_.context().timeouts.answer,
                                  began_ + sessions_.context().timeouts.dialogue));
            return await_packet();
        case Stage::hello:
        case Stage::pausing:
        case Stage::working:
        case Stage::ending:
        case Stage::closed:
            return close();
    }
}

// --- time ---

// The timer is touched only when it must fire earlier than it would; one that fires too early is set again.
void Session::set_deadline(Time deadline) {
    deadline_ = deadline;
    if (deadline_ < timer_set_to_) wait_for_deadline();
}

void Session::wait_for_deadline() {
    timer_set_to_ = deadline_;
    timer_.expires_at(deadline_);
    timer_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
        if (!error) self->guarded([&] { self->on_timer(); });
    });
}

void Session::on_timer() {
    if (stage_ == Stage::closed) return;
    timer_set_to_ = Time::max();
    if (steady_clock::now() >= deadline_) return on_deadline();
    if (deadline_ != Time::max()) wait_for_deadline();
}

void Session::on_deadline() {
    deadline_ = Time::max();
    switch (stage_) {
        case Stage::pausing:
            return run(dialogue_->resume(dialogue::Resumption::done));
        case Stage::working:
            if (std::optional<dialogue::Step> step = not_worked(dialogue::Resumption::late))
                run(std::move(*step));
            return;
        case Stage::hello:
        case Stage::showing:
        case Stage::asking:
        case Stage::ending:
        case Stage::closed:
            return give_up();
    }
}

}  // namespace secondstep::service
