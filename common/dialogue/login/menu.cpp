#include "dialogue/login/menu.h"

#include <vector>

#include "base/pasted_text.h"
#include "base/text.h"
#include "dialogue/texts/messages.h"

namespace secondstep::dialogue {
namespace {

std::vector<MenuItem> items(const messages::MenuText& menu) {
    std::vector<MenuItem> offered;
    if (menu.sends_codes) offered.push_back(MenuItem::send_again);
    offered.push_back(MenuItem::log_in_once);
    if (menu.set_up_again) offered.push_back(MenuItem::set_up_again);
    for (const MenuItem item : {MenuItem::one_time_code, MenuItem::refused_codes, MenuItem::whom_to_call})
        offered.push_back(item);
    return offered;
}

}  // namespace

Script<std::expected<std::optional<MenuItem>, NoAnswer>> choose_from_menu(Visit& visit) {
    const std::string masked = visit.may_see_the_address() ? visit.destination->masked() : std::string();
    const messages::MenuText menu{.set_up_again = visit.permission(Proof::none).restore,
                                  .sends_codes = visit.may_be_sent_codes(),
                                  .masked_address = masked,
                                  .contact = visit.config().contact};
    const std::vector<MenuItem> offered = items(menu);
    co_await visit.talk.show(messages::menu(menu));
    for (;;) {
        Reply reply = co_await visit.talk.ask_aloud(messages::menu_prompt);
        const std::optional<Secret> typed = text_of(std::move(reply));
        if (!typed) co_return std::unexpected(NoAnswer{});
        if (is_blank(typed->text())) co_return std::nullopt;
        const std::optional<Secret> digits = pasted_digits(typed->text());
        const std::size_t number = digits ? parse_number<std::size_t>(digits->text()).value_or(0) : 0;
        if (number >= 1 && number <= offered.size()) co_return offered[number - 1];
        co_await visit.talk.show_error(messages::not_in_the_menu());
    }
}

}  // namespace secondstep::dialogue
