#include "enrollment/address_enrollment.h"

#include <future>
#include <variant>

#include "base/host_name.h"
#include "console/prompt.h"
#include "dialogue/sending/code_delivery.h"
#include "enrollment/enroll_report.h"
#include "otp/sent_code.h"
#include "otp/typed_answer.h"

namespace secondstep::tool {

namespace {

constexpr int most_asks = 3;

std::unexpected<Exit> not_stored(const std::string& why) {
    return stop(complain(Exit::refused, "not stored: " + why));
}

// The first word of the courier about this message.
delivery::Report first_report(delivery::CourierLink& courier, delivery::Message message,
                              std::chrono::seconds patience) {
    const auto promise = std::make_shared<std::promise<delivery::Report>>();
    courier.send(std::move(message), patience,
                 [promise](delivery::Report report) { promise->set_value(std::move(report)); });
    return promise->get_future().get();
}

}  // namespace

AddressEnrollment::AddressEnrollment(const EnrollmentTask& task)
    : task_(task),
      address_(*task.request.address),
      id_(task.session.randomness.array<8>()),
      key_{task.subject.record(), "", "", address_},  // in this process alone
      counted_(task.session.config, SendAsker::owner, task.session.clock.now()),
      courier_(task.session.config.courier_socket) {}

OrExit<void> AddressEnrollment::prepare(const Account&) {
    if (!task_.for_a_script()) show_header(task_.screen, task_.subject, task_.request);
    if (!task_.request.confirm) return {};
    if (const auto counted = count_message(); !counted) return counted;
    if (const auto sent = send(); !sent) return sent;
    return ask_for_code();
}

// Written down before it is sent, as in a login: whatever becomes of this process, it has counted.
OrExit<void> AddressEnrollment::count_message() {
    const auto kept =
        change(task_.session, task_.subject.record(), Opening::enrollment, {task_.name(), "not sent"},
               [this](const Account& present) { return counted_.counted_in(present); });
    if (!kept) return stop(kept.error());
    if (counted_.outcome() == dialogue::CountedMessage::Count::counted) return {};
    return not_stored("as many messages as may be were sent for " + task_.name() +
                      " (sent_codes_per_account): try again in a quarter of an hour");
}

void AddressEnrollment::count_no_message() {
    // At worst one message too many has counted.
    static_cast<void>(
        secondstep::change(*task_.session.store, task_.subject.record(), Opening::enrollment,
                           [this](const Account& present) { return counted_.taken_back_from(present); }));
}

delivery::Message AddressEnrollment::message() {
    const Config& config = task_.session.config;
    const auto digits = otp::Digits::create(config.sent_code_digits).value_or(otp::six_digits());
    Secret code = otp::make_sent_code(digits, task_.session.randomness);
    pending_.add(key_, code.clone(), std::chrono::steady_clock::now() + config.sent_code_lifetime);
    return dialogue::code_message(config, host_name(), address_, task_.name(), {}, std::move(code));
}

OrExit<void> AddressEnrollment::send() {
    const delivery::Report report =
        first_report(courier_, message(), task_.session.config.sent_code_lifetime);
    switch (report.outcome) {
        case delivery::DeliveryOutcome::sent:
            task_.screen.line("The code was sent to the address provided.");
            return {};
        case delivery::DeliveryOutcome::deferred:
            task_.screen.line(in_plain_words(report) + "\nIt is sent again as long as this command waits.");
            return {};
        case delivery::DeliveryOutcome::failed:
            break;
    }
    return stop(not_sent(report));
}

Exit AddressEnrollment::not_sent(const delivery::Report& report) {
    count_no_message();
    const bool unknown_there = report.cause == delivery::Cause::recipient;
    return complain(unknown_there ? Exit::refused : Exit::unavailable,
                    "not stored: the code could not be sent. " + in_plain_words(report));
}

OrExit<void> AddressEnrollment::ask_for_code() {
    for (int asked = 1;; ++asked) {
        const auto typed = ask(task_.screen, "Code in the message: ", true);
        if (!typed) return not_stored("no code was entered. For a script there is --no-confirm");
        const dialogue::TypedAnswer answer = dialogue::classify(typed->text());
        const auto* const otp = std::get_if<dialogue::TypedOtp>(&answer);
        if (otp != nullptr && is_the_code(*otp)) return {};
        if (asked == most_asks) break;
        if (!pending_.waits_for_code(key_, std::chrono::steady_clock::now()))
            return not_stored("the code has expired (sent_code_lifetime). Begin again: another one is sent");
        task_.screen.line(otp != nullptr ? "Not accepted. Enter the code of the newest message."
                                         : "That is not a code: enter the digits of the newest message.");
    }
    return not_stored("no right code was entered. Is the address right? Begin again: another code is sent");
}

bool AddressEnrollment::is_the_code(const dialogue::TypedOtp& typed) {
    return pending_.is_code(key_, typed.digits.text(), std::chrono::steady_clock::now());
}

void AddressEnrollment::put_into(Credential& credential) const {
    credential.destination = Destination{id_, address_};
}

OrExit<Secret> AddressEnrollment::json(const std::vector<Secret>& codes) const {
    return address_json(task_.name(), task_.request, codes);
}

}  // namespace secondstep::tool
