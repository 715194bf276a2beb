#include "dialogue/sending/dispatch.h"

#include <exception>
#include <thread>

#include "account/code_gate.h"
#include "account/sending_budget.h"
#include "dialogue/conversation/patience.h"
#include "otp/sent_code.h"

namespace secondstep::dialogue {
namespace {

using Outcome = Dispatch::Outcome;

// On a thread of the background, which may wait.
Result<std::unique_ptr<Transaction>> lock_patiently(const AccountStore& store, const RecordName& record) {
    Patience patience;
    for (;;) {
        auto transaction = store.begin(record);
        if (transaction || transaction.error().code != Errc::busy) return transaction;
        const std::optional<Wait> wait = patience.wait_for_lock();
        if (!wait) return transaction;
        std::this_thread::sleep_for(wait->time);
    }
}

Result<void> write(Transaction& transaction, const State& state) {
    const Result<WriteOutcome> written = transaction.write_state(state);
    if (!written) return std::unexpected(written.error());
    if (*written == WriteOutcome::done) return {};
    return fail(Errc::busy, "the write may not have happened");
}

class Sending : public std::enable_shared_from_this<Sending> {
  public:
    Sending(Ports ports, DispatchOrder order, std::shared_ptr<Dispatch> dispatch)
        : ports_(std::move(ports)), order_(std::move(order)), dispatch_(std::move(dispatch)) {}
    Sending(const Sending&) = delete;
    Sending& operator=(const Sending&) = delete;
    // The background was full, and the job was never run.
    ~Sending() {
        if (dispatch_->outcome() == Outcome::underway) dispatch_->came_to(Outcome::failed);
    }

    // Out of memory on a thread of others' must not end the process.
    void run_guarded() {
        guarded([this] { run(); });
    }

  private:
    template <typename Work>
    void guarded(Work work) {
        try {
            work();
        } catch (const std::exception& e) {
            dispatch_->came_to(Outcome::failed);
            ports_.journal->warn("A code for " + order_.name + " was not sent: " + e.what());
        }
    }

    void run() {
        Result<Outcome> outcome = write_down();
        if (!outcome) return fail_with(outcome.error().detail);
        if (*outcome != Outcome::underway) return dispatch_->came_to(*outcome);
        if (ports_.courier == nullptr) return reported({});
        ports_.courier->send(std::move(*message_), ports_.config->sent_code_lifetime,
                             [self = shared_from_this()](const delivery::Report& report) {
                                 self->guarded([&] { self->reported(report); });
                             });
    }

    // Underway: the state says that it is sent, and message_ is to be handed over.
    [[nodiscard]] Result<Outcome> write_down() {
        const auto transaction = lock_patiently(*ports_.store, order_.record);
        if (!transaction) return std::unexpected(transaction.error());
        const Account& account = (*transaction)->account();
        if (!account.credential || !account.credential->destination) return Outcome::held_back;
        const auto decided = without_a_new_one(account.state);
        if (!decided || *decided != Outcome::underway) return decided;
        State next = account.state;
        const Result<void> made = make_code(next, account.credential->destination->address);
        if (!made) return std::unexpected(made.error());
        if (const Result<void> written = write(**transaction, next); !written)
            return std::unexpected(written.error());
        return Outcome::underway;
    }

    // Underway: a new one is needed, and allowed.
    [[nodiscard]] Result<Outcome> without_a_new_one(const State& state) const {
        const UnixTime now = ports_.clock->now();
        if (code_gate(state, order_.source, now) != Gate::open) return Outcome::held_back;
        const Result<bool> alive = is_alive(*ports_.keyring, order_.record, state.sent, order_.asked, now);
        if (!alive) return std::unexpected(alive.error());
        if (*alive && !order_.again) return Outcome::sent;
        if (!may_send(state, asker(), ports_.config->sent_codes_per_account, now)) return Outcome::held_back;
        if (ports_.memory->host_budget.admit(asker(), ports_.config->sent_codes_per_host,
                                             ports_.steady_now()))
            return Outcome::underway;
        ports_.journal->warn("More codes were to be sent than sent_codes_per_host allows; " + order_.name +
                             " got none.");
        return Outcome::held_back;
    }

    [[nodiscard]] Result<void> make_code(State& next, const delivery::Address& address) {
        const Config& config = *ports_.config;
        const auto digits = otp::Digits::create(config.sent_code_digits);
        if (!digits) return std::unexpected(digits.error());
        Secret code = otp::make_sent_code(*digits, *ports_.randomness);
        when_ = ports_.clock->now();
        auto sent = make_sent_code(*ports_.keyring, order_.record, code, order_.asked,
                                   when_ + config.sent_code_lifetime);
        if (!sent) return std::unexpected(sent.error());
        next.sent = *sent;
        digest_ = sent->digest;
        record_send(next, asker(), when_);
        message_ =
            code_message(config, ports_.host, address, order_.name, order_.asked.service, std::move(code));
        return {};
    }

    [[nodiscard]] SendAsker asker() const {
        return order_.source.kind == SourceKind::portal ? SendAsker::portal : SendAsker::owner;
    }

    void reported(const delivery::Report& report) {
        if (report.outcome != delivery::Outcome::failed) return dispatch_->came_to(Outcome::sent);
        if (const Result<void> taken_back = take_back(); !taken_back) {
            ports_.journal->warn("A message to " + order_.name +
                                 " counts though it was not delivered: " + taken_back.error().detail);
        }
        fail_with(in_plain_words(report));
    }

    // A code that arrives all the same (the server took it and then kept silent) still works.
    [[nodiscard]] Result<void> take_back() {
        const auto transaction = lock_patiently(*ports_.store, order_.record);
        if (!transaction) return std::unexpected(transaction.error());
        State next = (*transaction)->account().state;
        if (next.sent.digest != digest_) return {};  // another one meanwhile, or none
        next.sent.undelivered = true;
        take_back_send(next, asker(), when_);
        return write(**transaction, next);
    }

    void fail_with(const std::string& why) {
        dispatch_->came_to(Outcome::failed);
        ports_.journal->warn("A code for " + order_.name + " was not sent: " + why);
    }

    const Ports ports_;
    const DispatchOrder order_;
    const std::shared_ptr<Dispatch> dispatch_;
    UnixTime when_{};
    Digest digest_{};
    std::optional<delivery::Message> message_;
};

}  // namespace

delivery::Message code_message(const Config& config, const std::string& host, const delivery::Address& to,
                               const std::string& user, const std::string& service, Secret code) {
    return {.purpose = delivery::Purpose::code,
            .to = to,
            .user = user,
            .host = host,
            .service = service,
            .contact = config.contact,
            .code = std::move(code),
            .valid = std::chrono::duration_cast<std::chrono::minutes>(config.sent_code_lifetime),
            .notice = {}};
}

delivery::Message link_message(const Config& config, const std::string& host, const delivery::Address& to,
                               const std::string& user, const std::string& portal, Secret link,
                               std::chrono::minutes valid) {
    return {.purpose = delivery::Purpose::link,
            .to = to,
            .user = user,
            .host = host,
            .service = portal,
            .contact = config.contact,
            .code = std::move(link),
            .valid = valid,
            .notice = {}};
}

std::function<void()> job_to_send(Ports ports, DispatchOrder order, std::shared_ptr<Dispatch> dispatch) {
    return [sending = std::make_shared<Sending>(std::move(ports), std::move(order), std::move(dispatch))] {
        sending->run_guarded();
    };
}

// With two waits for a lock around it less than the ten seconds after which a module gives the service up.
Script<bool> is_known_to_have_failed(Talk& talk, std::shared_ptr<Dispatch> dispatch) {
    Patience patience{std::chrono::seconds{3}};
    while (dispatch->outcome() == Outcome::underway) {
        const std::optional<Wait> wait = patience.wait(std::chrono::milliseconds{100});
        if (!wait) co_return false;
        co_await talk.pause(*wait);
    }
    co_return dispatch->outcome() == Outcome::failed;
}

}  // namespace secondstep::dialogue
