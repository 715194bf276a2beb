#include "dialogue/set_up/address_enrollment.h"

#include "base/text.h"
#include "dialogue/texts/messages.h"
#include "enrollment/enrollment.h"
#include "otp/sent_code.h"
#include "otp/typed_answer.h"

namespace secondstep::dialogue {
namespace {

constexpr unsigned most_addresses = 4;

}  // namespace

PendingAddresses::Key AddressEnrollment::key(const delivery::Address& address) const {
    return {visit_.own_record(), visit_.asked().source,
            enrollment_.shown_for().value_or(hex(enrollment_.id())), address};
}

Script<std::optional<delivery::Address>> AddressEnrollment::ask_address() {
    const bool mail = channel_ == delivery::Channel::mail;
    const std::string_view prompt = mail ? messages::mail_address_prompt : messages::phone_number_prompt;
    for (unsigned asked = 0; asked < most_wrong_answers; ++asked) {
        Reply reply = co_await visit_.talk.ask_aloud(prompt);
        const std::optional<Secret> typed = text_of(std::move(reply));
        if (!typed || typed->empty()) co_return std::nullopt;
        const auto address = delivery::Address::create(channel_, typed->text());
        if (address) co_return *address;
        co_await visit_.talk.show_error(messages::not_an_address(address.error().detail));
    }
    co_return std::nullopt;
}

// A message more for this account: written down, whoever asks and whatever becomes of it.
Script<AddressEnrollment::Sending> AddressEnrollment::count_message() {
    const Ports& ports = visit_.ports;
    if (!visit_.may_cause_a_message()) co_return Sending::held_back;
    // Without a courier nothing is sent, and nobody else's share is used up.
    HostBudget* const of_all = ports.courier != nullptr ? &ports.memory->host_budget : nullptr;
    counted_.emplace(visit_.config(), SendAsker::owner, visit_.now(),
                     CountedMessage::OfTheHost{of_all, ports.steady_now()});
    const Decide count = [this](const Account& present) { return counted_->counted_in(present); };
    const Result<Kept> written = co_await change_own_record(visit_, count);
    if (!written) {
        static_cast<void>(enrollment_.gave_up(written.error().detail));
        co_return Sending::unavailable;
    }
    switch (counted_->outcome()) {
        case CountedMessage::Count::counted:
            co_return Sending::sent;
        case CountedMessage::Count::account_used_up:
            co_return Sending::held_back;
        case CountedMessage::Count::host_used_up:
            break;
    }
    co_return ports.courier == nullptr ? Sending::failed : Sending::held_back;
}

// It did not leave.
Script<void> AddressEnrollment::count_no_message() {
    const Decide take_back = [this](const Account& present) { return counted_->taken_back_from(present); };
    static_cast<void>(co_await change_own_record(visit_, take_back));
}

void AddressEnrollment::hand_over(const delivery::Address& address) {
    const Config& config = visit_.config();
    const auto digits = otp::Digits::create(config.sent_code_digits).value_or(otp::six_digits());
    Secret code = otp::make_sent_code(digits, *visit_.ports.randomness);
    visit_.ports.memory->pending_addresses.add(key(address), code.clone(),
                                               visit_.ports.steady_now() + config.sent_code_lifetime);
    delivery::Message message = code_message(config, visit_.ports.host, address, visit_.known_name,
                                             visit_.request.service, std::move(code));
    code_delivery_ = std::make_shared<CodeDelivery>();
    visit_.ports.courier->send(std::move(message), config.sent_code_lifetime, report_on(address));
}

// Perhaps long after the person is gone: an address that a code did not reach gets another one when it is
// named again.
std::function<void(delivery::Report)> AddressEnrollment::report_on(const delivery::Address& address) const {
    return [code_delivery = code_delivery_, journal = visit_.ports.journal,
            pending = &visit_.ports.memory->pending_addresses, pending_key = key(address),
            user = visit_.known_name](const delivery::Report& said) {
        if (said.outcome != delivery::DeliveryOutcome::failed)
            return code_delivery->came_to(CodeDelivery::Outcome::sent);
        pending->drop(pending_key);
        code_delivery->came_to(CodeDelivery::Outcome::failed);
        journal->warn("A code for " + user + " was not sent: " + in_plain_words(said));
    };
}

Script<AddressEnrollment::Sending> AddressEnrollment::send_to(delivery::Address address) {
    code_delivery_.reset();
    if (visit_.ports.memory->pending_addresses.waits_for_code(key(address), visit_.ports.steady_now()))
        co_return Sending::sent;
    const Sending counted = co_await count_message();
    if (counted != Sending::sent) co_return counted;
    hand_over(address);
    const bool failed = co_await is_known_to_have_failed(visit_.talk, code_delivery_);
    if (!failed) co_return Sending::sent;
    co_await count_no_message();
    co_return Sending::failed;
}

Script<AddressEnrollment::Confirmation> AddressEnrollment::confirm(delivery::Address address) {
    for (;;) {
        Reply reply = co_await visit_.talk.ask_aloud(messages::sent_code_prompt);
        const std::optional<Secret> typed = text_of(std::move(reply));
        if (!typed) co_return Confirmation::hung_up;
        const bool failed = code_delivery_ && code_delivery_->outcome() == CodeDelivery::Outcome::failed;
        if (failed) {  // it was not known yet when the question was asked
            co_await count_no_message();
            co_await visit_.talk.show_error(messages::address_not_reached(visit_.config().contact));
        }
        if (failed || typed->empty()) co_return Confirmation::other_address;
        const TypedAnswer answer = classify(typed->text());
        const auto* const otp = std::get_if<TypedOtp>(&answer);
        const bool right = otp != nullptr && visit_.ports.memory->pending_addresses.is_code(
                                                 key(address), otp->digits.text(), visit_.ports.steady_now());
        if (right) visit_.messages_were_wanted();
        if (right) co_return Confirmation::confirmed;
        if (++wrong_ == most_wrong_answers) co_return Confirmation::refused;
        std::string refusal = otp != nullptr ? messages::not_the_sent_code() : messages::no_sent_code();
        co_await visit_.talk.show_error(std::move(refusal));
    }
}

// Nothing: another address may be named.
Script<std::optional<EnrollmentOutcome>> AddressEnrollment::try_address(delivery::Address address) {
    const std::string& contact = visit_.config().contact;
    const Sending sending = co_await send_to(address);
    if (sending == Sending::unavailable) co_return EnrollmentOutcome::unavailable;
    if (sending == Sending::held_back) {
        co_await visit_.talk.show_error(messages::too_many_sent(contact));
        co_return EnrollmentOutcome::refused;
    }
    if (sending == Sending::failed) {
        co_await visit_.talk.show_error(messages::address_not_reached(contact));
        co_return std::nullopt;
    }
    co_await visit_.talk.show(messages::sent_to_address(address));
    const Confirmation confirmation = co_await confirm(address);
    switch (confirmation) {
        case Confirmation::hung_up:
            co_return EnrollmentOutcome::hung_up;
        case Confirmation::other_address:
            co_return std::nullopt;
        case Confirmation::refused:
            co_await visit_.talk.show_error(messages::not_set_up(contact, false));
            co_return EnrollmentOutcome::refused;
        case Confirmation::confirmed:
            break;
    }
    NewMethod method{.method = method_of(channel_), .authenticator = {}, .destination = {}};
    method.destination = Destination{visit_.ports.randomness->array<8>(), std::move(address)};
    co_return co_await enrollment_.commit(std::move(method));
}

Script<EnrollmentOutcome> AddressEnrollment::set_up() {
    co_await visit_.talk.show(messages::address_explained(channel_));
    for (unsigned tried = 0; tried < most_addresses; ++tried) {
        const std::optional<delivery::Address> address = co_await ask_address();
        if (!address) co_return EnrollmentOutcome::hung_up;
        const std::optional<EnrollmentOutcome> over = co_await try_address(*address);
        if (over) co_return *over;
    }
    co_return EnrollmentOutcome::hung_up;
}

}  // namespace secondstep::dialogue
