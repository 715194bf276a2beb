#include "dialogue/sending/code_delivery.h"

#include <exception>

#include "account/code_gate.h"
#include "dialogue/conversation/patience.h"
#include "dialogue/sending/counted_message.h"
#include "otp/sent_code.h"
#include "store/change.h"

namespace secondstep::dialogue {
namespace {

using Outcome = CodeDelivery::Outcome;
using Count = CountedMessage::Count;

class Sending : public std::enable_shared_from_this<Sending> {
  public:
    Sending(Ports ports, DeliveryOrder order, std::shared_ptr<CodeDelivery> code_delivery)
        : ports_(std::move(ports)), order_(std::move(order)), code_delivery_(std::move(code_delivery)) {}
    Sending(const Sending&) = delete;
    Sending& operator=(const Sending&) = delete;
    // The background was full, and the job was never run.
    ~Sending() {
        if (code_delivery_->outcome() == Outcome::underway) code_delivery_->came_to(Outcome::failed);
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
            code_delivery_->came_to(Outcome::failed);
            ports_.journal->warn("A code for " + order_.name + " was not sent: " + e.what());
        }
    }

    void run() {
        when_ = ports_.clock->now();
        const Result<Outcome> outcome = write_down();
        if (!outcome) return fail_with(outcome.error().detail);
        if (*outcome != Outcome::underway) return code_delivery_->came_to(*outcome);
        if (ports_.courier == nullptr) return reported({});
        ports_.courier->send(std::move(*message_), ports_.config->sent_code_lifetime,
                             [self = shared_from_this()](const delivery::Report& report) {
                                 self->guarded([&] { self->reported(report); });
                             });
    }

    // Underway: the state says that it is sent, and message_ is to be handed over.
    [[nodiscard]] Result<Outcome> write_down() {
        const auto digits = otp::Digits::create(ports_.config->sent_code_digits);
        if (!digits) return std::unexpected(digits.error());
        Secret code = otp::make_sent_code(*digits, *ports_.randomness);
        counted_.emplace(*ports_.config, asker(), when_,
                         CountedMessage::OfTheHost{&ports_.memory->host_budget, ports_.steady_now()});
        const auto kept = change(
            *ports_.store, order_.record, Opening::existing,
            [&](const Account& present) { return with_new_code(present, code); }, Rounds(),
            ports_.steady_now);
        if (!kept) return std::unexpected(kept.error());
        if (outcome_ == Outcome::underway)
            message_ = code_message(*ports_.config, ports_.host, *to_, order_.name, order_.asked.service,
                                    std::move(code));
        if (counted_->outcome() == Count::host_used_up)
            ports_.journal->warn("More codes were to be sent than sent_codes_per_host allows; " +
                                 order_.name + " got none.");
        return outcome_;
    }

    // What becomes of it is noted in outcome_, and of what is sent the address and the digest.
    [[nodiscard]] Result<Rewrite> with_new_code(const Account& present, const Secret& code) {
        // Its own, of a write that nobody could tell of.
        if (to_ && present.state.sent.given && present.state.sent.digest == digest_) {
            outcome_ = Outcome::underway;
            return LeaveAsItIs{};
        }
        const auto decided = without_a_new_one(present);
        if (!decided) return std::unexpected(decided.error());
        outcome_ = *decided;
        if (outcome_ != Outcome::underway) return LeaveAsItIs{};
        State next = present.state;
        if (counted_->count(next) != Count::counted) {
            outcome_ = Outcome::held_back;
            return LeaveAsItIs{};
        }
        auto sent = make_sent_code(*ports_.keyring, order_.record, code, order_.asked,
                                   when_ + ports_.config->sent_code_lifetime);
        if (!sent) return std::unexpected(sent.error());
        next.sent = *sent;
        digest_ = sent->digest;
        to_ = present.credential->destination->address;
        return WriteState{std::move(next)};
    }

    // Underway: a new one is needed, and sent if the budgets have room for it.
    [[nodiscard]] Result<Outcome> without_a_new_one(const Account& present) const {
        if (!present.credential || !present.credential->destination) return Outcome::held_back;
        if (code_gate(present.state, order_.source, when_) != Gate::open) return Outcome::held_back;
        const Result<bool> alive =
            is_alive(*ports_.keyring, order_.record, present.state.sent, order_.asked, when_);
        if (!alive) return std::unexpected(alive.error());
        return *alive && !order_.again ? Outcome::sent : Outcome::underway;
    }

    [[nodiscard]] SendAsker asker() const {
        return order_.source.kind == SourceKind::trusted_caller ? SendAsker::portal : SendAsker::owner;
    }

    void reported(const delivery::Report& report) {
        if (report.outcome != delivery::DeliveryOutcome::failed)
            return code_delivery_->came_to(Outcome::sent);
        if (const auto taken_back = take_back(); !taken_back) {
            ports_.journal->warn("A message to " + order_.name +
                                 " counts though it was not delivered: " + taken_back.error().detail);
        }
        fail_with(in_plain_words(report));
    }

    // A code that arrives all the same (the server took it and then kept silent) still works.
    [[nodiscard]] Result<Kept> take_back() const {
        return change(*ports_.store, order_.record, Opening::existing,
                      [this](const Account& present) -> Result<Rewrite> {
                          // Another one meanwhile, or none.
                          if (present.state.sent.digest != digest_) return LeaveAsItIs{};
                          State next = present.state;
                          next.sent.undelivered = true;
                          counted_->take_back(next);
                          return WriteState{std::move(next), IfUnknown::recognised};
                      });
    }

    void fail_with(const std::string& why) {
        code_delivery_->came_to(Outcome::failed);
        ports_.journal->warn("A code for " + order_.name + " was not sent: " + why);
    }

    const Ports ports_;
    const DeliveryOrder order_;
    const std::shared_ptr<CodeDelivery> code_delivery_;
    UnixTime when_{};
    std::optional<CountedMessage> counted_;
    Outcome outcome_ = Outcome::underway;
    std::optional<delivery::Address> to_;
    Digest digest_{};
    std::optional<delivery::Message> message_;
};

}  // namespace

delivery::Message code_message(const Config& config, const std::string& host, const delivery::Address& to,
                               const std::string& user, const std::string& service, Secret code) {
    return {.purpose = delivery::MessagePurpose::code,
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
    return {.purpose = delivery::MessagePurpose::link,
            .to = to,
            .user = user,
            .host = host,
            .service = portal,
            .contact = config.contact,
            .code = std::move(link),
            .valid = valid,
            .notice = {}};
}

std::function<void()> job_to_send(Ports ports, DeliveryOrder order,
                                  std::shared_ptr<CodeDelivery> code_delivery) {
    return [sending = std::make_shared<Sending>(std::move(ports), std::move(order),
                                                std::move(code_delivery))] { sending->run_guarded(); };
}

// With two waits for a lock around it less than the ten seconds after which a module gives the service up.
Script<bool> is_known_to_have_failed(Talk& talk, std::shared_ptr<CodeDelivery> code_delivery) {
    Patience patience{std::chrono::seconds{3}};
    while (code_delivery->outcome() == Outcome::underway) {
        const std::optional<Wait> wait = patience.wait(std::chrono::milliseconds{100});
        if (!wait) co_return false;
        co_await talk.pause(*wait);
    }
    co_return code_delivery->outcome() == Outcome::failed;
}

}  // namespace secondstep::dialogue
