#include <boost/program_options/value_semantic.hpp>

#include "access/earlier_record.h"
#include "access/one_user.h"
#include "base/host_name.h"
#include "console/json_text.h"
#include "console/output.h"
#include "delivery/courier_link.h"
#include "dialogue/sending/sent_notices.h"

namespace secondstep::tool {

namespace {

// Nothing to send it to: there is no second step, or one that needs no address and none by the rule for all.
Exit complain_no_address(const StoreSession& session, const OneUser& user, const Account& account) {
    if (!account.credential && session.config.notify_address.empty())
        return complain_not_enrolled(session, user.subject);
    const std::string why = session.config.notify_address.empty()
                                ? "notify_address is not set"
                                : "notify_address makes no mail address of this name";
    const std::string method =
        account.credential ? " (method " + std::string(to_text(account.credential->method)) + ")" : "";
    return complain(Exit::refused,
                    "there is no address on file for " + user.name() + method + ", and " + why);
}

delivery::Message test_message(const StoreSession& session, const OneUser& user, delivery::Address to) {
    return {.purpose = delivery::MessagePurpose::test,
            .to = std::move(to),
            .user = user.name(),
            .host = host_name(),
            .service = {},
            .contact = session.config.contact,
            .code = {},
            .valid = {},
            .notice = {}};
}

std::string_view word_of(delivery::DeliveryOutcome outcome) {
    switch (outcome) {
        case delivery::DeliveryOutcome::sent:
            return "sent";
        case delivery::DeliveryOutcome::deferred:
            return "deferred";
        case delivery::DeliveryOutcome::failed:
            break;
    }
    return "failed";
}

Exit report(const OneUser& user, const std::string& to, const delivery::Report& said) {
    const bool sent = said.outcome == delivery::DeliveryOutcome::sent;
    const std::string words = in_plain_words(said);
    if (user.json()) {
        out().verbatim(dump({{"user", user.name()},
                             {"address", to},
                             {"outcome", word_of(said.outcome)},
                             {"cause", to_text(said.cause)},
                             {"text", words}}));
    } else if (sent) {
        out().line("A test message to " + to + ": " + words);
    }
    if (sent) return Exit::done;
    return user.json() ? Exit::unavailable
                       : complain(Exit::unavailable, "the test message to " + to + " was not sent. " + words);
}

OrExit<Account> account_of(const StoreSession& session, const OneUser& user) {
    auto account = session.store->read(user.subject.record());
    if (!account) return stop(complain(user.name(), account.error()));
    const bool known = user.subject.entry || account->credential || account->has_state;
    if (!known) return stop(complain_unknown(user.name()));
    return std::move(*account);
}

Exit send(const StoreSession& session, const OneUser& user) {
    const auto account = account_of(session, user);
    if (!account) return account.error();
    const auto to = dialogue::address_on_file(session.config, user.name(),
                                              account->credential ? &*account->credential : nullptr);
    if (!to) return complain_no_address(session, user, *account);
    return report(user, to->masked(),
                  delivery::deliver(session.config.courier_socket, test_message(session, user, *to)));
}

}  // namespace

Exit send_test(const Command& command, const Invocation& invocation) {
    const auto user = one_user(command, invocation,
                               json_option("{\"user\", \"address\", \"outcome\", \"cause\", \"text\"}"));
    if (!user) return user.error();
    return run_for(*user, [&](StoreSession& session) { return send(session, *user); });
}

}  // namespace secondstep::tool
