#include "secondstepd/session.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "secondstepd/entrance.h"
#include "secondstepd/translation.h"

namespace secondstep::service {

using std::chrono::steady_clock;

std::shared_ptr<Session> Session::create(Sessions& sessions, UniqueFd socket, Visitor visitor) {
    const std::shared_ptr<Session> session(new Session(sessions, std::move(socket), std::move(visitor)));
    const std::lock_guard lock(session->mutex_);  // it may be told to end as soon as it has its place
    session->place_ = EventLoop::Place(sessions.loop(), session);
    return session;
}

Session::Session(Sessions& sessions, UniqueFd socket, Visitor visitor)
    : sessions_(sessions),
      context_(sessions.context()),
      line_(std::move(socket), visitor.guest ? ClientLine::Peer::relay : ClientLine::Peer::module),
      visitor_(std::move(visitor)),
      began_(steady_clock::now()) {}

template <typename Event>
void Session::guarded(Event event) {
    {
        const std::lock_guard lock(mutex_);
        try {
            if (stage_ != Stage::closed) event();
        } catch (const std::exception& e) {
            ended_by(e.what());
        }
    }
    sessions_.flush_journal();
}

template <typename Event>
void Session::handle(Event event) {
    guarded(std::move(event));
    sessions_.lookups().run_waiting();
}

void Session::ended_by(const char* error) {
    close();
    try {
        context_.unusual.warn(std::string("A dialogue was ended by an error inside the service: ") + error);
    } catch (const std::exception&) {  // no memory for the words either
        return;
    }
}

// --- events ---

void Session::start() {
    handle([this] { visitor_.guest ? on_hello(visitor_.guest->hello) : on_readable(); });
}

void Session::start_later() {
    guarded([this] { await_hello(); });
}

void Session::on_ready() {
    handle([this] {
        if (!line_.due()) return on_readable();
        if (send_what_is_due()) sent();
    });
}

// Which may be the time of an earlier wait, taken out while this thread waited for the lock.
void Session::on_time() {
    handle([this] {
        if (steady_clock::now() >= deadline_) return on_deadline();
        place_.set_time(deadline_);
    });
}

bool Session::on_end() {
    bool waited = false;
    guarded([&] { waited = end_if_waiting(); });
    return waited;
}

// --- packets in ---

// Whoever was accepted while the loop told all others to end was not told: the end would wait for their hello.
void Session::await_hello() {
    if (sessions_.loop().ending()) return leave_to_the_next();
    set_deadline(began_ + context_.timeouts.hello);
    place_.await_readable(line_.fd());
}

static Error out_of_turn() {
    return {Errc::damaged, "a message that was not its turn"};
}

void Session::on_readable() {
    if (stage_ == Stage::asking) return run(next_answer());
    if (stage_ != Stage::hello) return;
    const Result<std::optional<wire::Message>> message = line_.receive();
    if (!message) return on_garbage(message.error());
    if (!*message) return await_hello();
    const auto* hello = std::get_if<wire::Hello>(&**message);
    hello != nullptr ? on_hello(*hello) : on_garbage(out_of_turn());
}

// What the dialogue makes of the answer, if that is there already.
std::optional<dialogue::Step> Session::next_answer() {
    Result<std::optional<wire::Message>> message = line_.receive();
    if (message && !*message) {
        place_.await_readable(line_.fd());
        return std::nullopt;
    }
    auto* answer = message ? std::get_if<wire::Answer>(&**message) : nullptr;
    if (answer != nullptr) return dialogue_->answer(reply_of(std::move(*answer)));
    on_garbage(message ? out_of_turn() : message.error());
    return std::nullopt;
}

void Session::on_garbage(const Error& error) {
    if (error.code == Errc::unsupported) {
        context_.unusual.warn(name_of(visitor_) + " sent " + error.detail + ": restart it.");
        return finish(Verdict::misconfigured);
    }
    if (error.code != Errc::closed) {
        context_.unusual.warn(name_of(visitor_) + " does not keep to the protocol: " + error.detail);
    }
    line_.hang_up();
    give_up();
}

void Session::on_hello(const wire::Hello& hello) {
    line_.speak(hello.version);
    settings_ = context_.settings.get();
    const auto request = request_of(hello, visitor_, *settings_);
    if (!request) return finish(request.error());
    if (!visitor_.admitted) return finish(Verdict::unavailable);
    if (sessions_.loop().ending()) return leave_to_the_next();
    dialogue::Ports ports = ports_of(*settings_, context_);
    ports.journal =
        (journal_ = context_.caller_journals.of(visitor_.place.holder(), name_of(visitor_))).get();
    ports.is_awaited = line_.presence();
    if (visitor_.guest)
        ports.write_ids = [this] { return write_id_of(visitor_, line_.write_id(), context_.randomness); };
    dialogue_ = conversation_for(*request, std::move(ports), *settings_);
    run(dialogue_->begin());
}

// --- the dialogue's steps ---

void Session::run(std::optional<dialogue::Step> next) {
    while (next) {
        dialogue::Step current = std::move(*next);
        if (takes_long(current)) line_.send_texts();
        next = std::visit([this](auto& wanted) { return perform(wanted); }, current);
    }
}

std::optional<dialogue::Step> Session::perform(dialogue::Show& show) {
    stage_ = Stage::showing;
    if (!send(message_of(std::move(show)))) return std::nullopt;
    return dialogue_->resume(dialogue::Resumption::done);
}

std::optional<dialogue::Step> Session::perform(const dialogue::Ask& ask) {
    if (silent_ || line_.gone()) return without_answer();
    if (sessions_.loop().ending()) {
        leave_to_the_next();
        return std::nullopt;
    }
    stage_ = Stage::asking;
    has_asked_ = true;
    return send(message_of(ask)) ? asked() : std::nullopt;
}

// A client on the same processor runs as soon as it has the question, and has answered when this thread comes
// back: no other thread is woken then.
std::optional<dialogue::Step> Session::asked() {
    if (line_.gone()) {
        give_up();
        return std::nullopt;
    }
    start_background();
    set_deadline(
        std::min(steady_clock::now() + context_.timeouts.answer, began_ + context_.timeouts.dialogue));
    return next_answer();
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
    // All of them end by themselves; what they decided must be stored and told.
    if (hand_over(context_, work.kind, work.name, awaited(std::move(work.job)))) return std::nullopt;
    return not_worked(dialogue::Resumption::overloaded);
}

std::uint64_t Session::begin_work(Time deadline) {
    stage_ = Stage::working;
    worked_.reset();
    set_deadline(deadline);
    return ++job_;
}

// On this thread: handing it to another one and back costs more than most look-ups.
std::optional<dialogue::Step> Session::look_up(dialogue::Work& work) {
    if (const auto pin = context_.people.peek(work.name, work.groups)) {
        work.job();  // answered from memory while the pin lives
        return dialogue_->resume(dialogue::Resumption::done);
    }
    const std::uint64_t job = begin_work(steady_clock::now() + context_.timeouts.lookup);
    const Limits::Holder whose = visitor_.place.holder();
    if (std::optional<Lookups::Turn> turn = sessions_.lookups().begin(whose)) {
        const dialogue::Resumption how = run_unlocked(work.job);
        turn.reset();
        return awaits(job) ? std::optional(dialogue_->resume(how)) : std::nullopt;
    }
    auto later = [who = weak_from_this(), job, looked_for = std::move(work.job)](Lookups::Turn turn) {
        if (const auto self = who.lock()) self->look_up_in_turn(job, looked_for, std::move(turn));
    };
    if (sessions_.lookups().wait(whose, shared_from_this(), std::move(later))) return std::nullopt;
    return not_worked(dialogue::Resumption::overloaded);
}

// Without the lock, which the caller holds: meanwhile the deadline may come.
dialogue::Resumption Session::run_unlocked(const std::function<void()>& job) {
    mutex_.unlock();
    auto how = dialogue::Resumption::done;
    try {
        const EventLoop::MayBlock guard;
        job();
    } catch (const std::exception&) {  // no memory
        how = dialogue::Resumption::overloaded;
    }
    mutex_.lock();
    return how;
}

void Session::look_up_in_turn(std::uint64_t job, const std::function<void()>& work, Lookups::Turn turn) {
    guarded([&, held = std::optional(std::move(turn))]() mutable {
        if (!awaits(job)) return;
        const dialogue::Resumption how = run_unlocked(work);
        held.reset();
        if (awaits(job)) run(dialogue_->resume(how));
    });
}

std::optional<dialogue::Step> Session::perform(dialogue::Background& background) {
    background_ = std::move(background.job);
    return dialogue_->resume(dialogue::Resumption::done);
}

void Session::start_background() {
    if (!background_) return;
    const auto submitted = context_.senders.submit(
        [job = std::exchange(background_, nullptr), own = journal_, &journal = context_.journal] {
            job();
            journal.flush();  // no event of a session follows
        });
    if (submitted) return;
    context_.unusual.warn("Too many codes are to be sent at once; one was not.");
}

std::optional<dialogue::Step> Session::perform(const dialogue::End& end) {
    finish(end);
    return std::nullopt;
}

std::function<void()> Session::awaited(std::function<void()> work) {
    const std::uint64_t job = begin_work(EventLoop::not_at_all);
    return [self = shared_from_this(), job, slow = std::move(work)] {
        auto how = dialogue::Resumption::done;
        try {
            slow();
        } catch (const std::exception&) {  // no memory
            how = dialogue::Resumption::overloaded;
        }
        self->worked(job, how);
    };
}

// On the worker's thread, which is for other people's jobs: a thread of the loop goes on with it. That needs
// no memory, so nobody can be left without a verdict.
void Session::worked(std::uint64_t job, dialogue::Resumption how) {
    const std::lock_guard lock(mutex_);
    if (!awaits(job)) return;
    worked_ = how;
    set_deadline(EventLoop::at_once);
}

dialogue::Step Session::not_worked(dialogue::Resumption why) {
    ++job_;  // what comes later is not looked at
    return dialogue_->resume(why);
}

// --- ends ---

void Session::finish(const dialogue::End& end) {
    stage_ = Stage::ending;
    if (send(message_of(end))) sent();
}

void Session::give_up() {
    // Who takes nothing would not take the verdict either.
    if (line_.due()) line_.hang_up();
    silent_ = true;
    if (stage_ == Stage::asking) {
        run(without_answer());
    } else if (stage_ == Stage::showing) {
        run(dialogue_->resume(dialogue::Resumption::done));
    } else {
        close();
    }
}

bool Session::end_if_waiting() {
    if (line_.due()) {  // a peer that takes nothing would not take a verdict either
        close();
        return true;
    }
    if (stage_ != Stage::hello && stage_ != Stage::asking) return false;
    leave_to_the_next();
    return true;
}

void Session::close() {
    stage_ = Stage::closed;
    place_.leave();
    line_.close();
    visitor_.place.give_back();  // a look-up that hangs keeps the rest
}

// --- packets out ---

bool Session::send(const wire::Message& message) {
    if (const Result<void> put = line_.put(message); !put) {
        context_.unusual.warn("A text for a person does not fit into a message: " + put.error().detail);
        close();
        return false;
    }
    return send_what_is_due();
}

bool Session::send_what_is_due() {
    if (line_.send_due()) return true;
    if (sessions_.loop().ending()) {  // nobody waits then for a peer that takes nothing
        close();
        return false;
    }
    set_deadline(steady_clock::now() + context_.timeouts.answer);
    place_.await_writable(line_.fd());
    return false;
}

void Session::sent() {
    if (stage_ == Stage::showing) return run(dialogue_->resume(dialogue::Resumption::done));
    if (stage_ == Stage::asking) return run(asked());
    close();
}

// --- time ---

void Session::set_deadline(Time deadline) {
    deadline_ = deadline;
    place_.set_time(deadline);
}

void Session::on_deadline() {
    deadline_ = EventLoop::not_at_all;
    switch (stage_) {
        case Stage::pausing:
            return run(dialogue_->resume(dialogue::Resumption::done));
        case Stage::working:
            return run(worked_ ? dialogue_->resume(*worked_) : not_worked(dialogue::Resumption::late));
        case Stage::hello:
        case Stage::showing:
        case Stage::asking:
        case Stage::ending:
        case Stage::closed:
            return give_up();
    }
}

}  // namespace secondstep::service
