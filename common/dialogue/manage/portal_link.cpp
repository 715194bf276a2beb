#include "dialogue/manage/portal_link.h"

#include <algorithm>
#include <chrono>

#include "delivery/address.h"
#include "dialogue/sending/code_delivery.h"
#include "dialogue/sending/counted_message.h"
#include "dialogue/texts/messages.h"

namespace secondstep::dialogue {
namespace {

// A verdict: nothing is to be sent, and why was said.
Script<std::optional<Ended>> count_message(Visit& visit) {
    const CountedMessage::OfTheHost of_all{&visit.ports.memory->host_budget, visit.ports.steady_now()};
    CountedMessage message(visit.config(), SendAsker::owner, visit.now(), of_all);
    const Decide count = [&](const Account& present) { return message.counted_in(present); };
    const Result<Kept> written = co_await change_own_record(visit, count);
    if (!written) co_return visit.end(Verdict::unavailable, written.error().detail);
    if (message.outcome() == CountedMessage::Count::counted) co_return std::nullopt;
    co_await visit.talk.show_error(messages::too_many_sent(visit.config().contact));
    co_return visit.end_quietly(Verdict::refused);
}

std::shared_ptr<CodeDelivery> hand_over(const Visit& visit, const PortalRequest::SendLink& request,
                                        const delivery::Address& number) {
    auto code_delivery = std::make_shared<CodeDelivery>();
    visit.ports.courier->send(
        link_message(visit.config(), visit.ports.host, number, visit.known_name, request.name.text(),
                     request.link.clone(), request.valid),
        request.valid,
        [code_delivery, journal = visit.ports.journal,
         user = visit.known_name](const delivery::Report& said) {
            if (said.outcome != delivery::DeliveryOutcome::failed)
                return code_delivery->came_to(CodeDelivery::Outcome::sent);
            code_delivery->came_to(CodeDelivery::Outcome::failed);
            journal->warn("A link for " + user + " was not sent: " + in_plain_words(said));
        });
    return code_delivery;
}

// 128 random bits, as the page makes them.
constexpr std::size_t symbols_of_token = 32;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_lower_hex(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f');
}

bool may_have_links_sent(const Visit& visit) {
    const auto& users = visit.config().portal_phone_users;
    return std::ranges::find(users, visit.known_name) != users.end();
}

}  // namespace

bool is_page_link(std::string_view link, std::string_view page_host, std::string_view host) {
    constexpr std::string_view scheme = "https://";
    const std::string_view wanted = page_host.empty() ? host : page_host;
    if (!link.starts_with(scheme)) return false;
    link.remove_prefix(scheme.size());
    if (wanted.empty() || !link.starts_with(wanted)) return false;
    link.remove_prefix(wanted.size());
    if (link.starts_with(':')) {
        link.remove_prefix(1);
        while (!link.empty() && is_digit(link.front()))
            link.remove_prefix(1);
    }
    if (!link.starts_with('/')) return false;
    link.remove_prefix(1);
    return link.size() == symbols_of_token && std::ranges::all_of(link, is_lower_hex);
}

Script<Ended> send_portal_link(Visit& visit, PortalRequest::SendLink request) {
    if (!may_have_links_sent(visit)) {
        co_await visit.talk.show_error(
            "Links by SMS are for accounts that portal_phone_users names. "
            "--link shows the link here instead.");
        co_return visit.end(Verdict::not_allowed, "not named in portal_phone_users");
    }
    const auto number = delivery::Address::create(delivery::Channel::sms, request.number);
    const bool leads_here =
        is_page_link(request.link.text(), visit.config().portal_page_host, visit.ports.host);
    if (!number) {
        co_await visit.talk.show_error(messages::not_an_address(number.error().detail));
        co_return visit.end_quietly(Verdict::refused);
    }
    if (!leads_here || visit.ports.courier == nullptr)
        co_return visit.end(Verdict::unavailable,
                            "a link that does not lead to this host's page, or no courier");
    const std::optional<Ended> over = co_await count_message(visit);
    if (over) co_return *over;
    visit.ports.journal->changed({.what = PortalChange::link_sent,
                                  .user = visit.known_name,
                                  .service = visit.request.service,
                                  .rhost = {},
                                  .portal = request.name.text(),
                                  .owner = {}});
    const bool failed = co_await is_known_to_have_failed(visit.talk, hand_over(visit, request, *number));
    if (!failed) co_return visit.end_quietly(Verdict::accepted);
    co_await visit.talk.show_error(messages::address_not_reached(visit.config().contact));
    co_return visit.end_quietly(Verdict::refused);
}

}  // namespace secondstep::dialogue
