#include "dialogue/menu.h"

#include <vector>

#include "base/text.h"
#include "dialogue/messages.h"

namespace secondstep::dialogue {
namespace {

std::vector<MenuItem> items(bool set_up_again) {
    if (set_up_again) {
        return {MenuItem::log_in_once, MenuItem::set_up_again, MenuItem::one_time_code,
                MenuItem::refused_codes, MenuItem::whom_to_call};
    }
    return {MenuItem::log_in_once, MenuItem::one_time_code, MenuItem::refused_codes, MenuItem::whom_to_call};
}

}  // namespace

Script<std::expected<std::optional<MenuItem>, NoAnswer>> choose_from_menu(Talk& talk, const Visit& visit) {
    const bool set_up_again = visit.may_set_up_again();
    const std::vector<MenuItem> offered = items(set_up_again);
    co_await talk.show(messages::menu({.set_up_again = set_up_again, .contact = visit.config().contact}));
    for (;;) {
        Reply reply = co_await talk.ask_aloud(messages::menu_prompt);
        const std::optional<Secret> typed = text_of(std::move(reply));
        if (!typed) co_return std::unexpected(NoAnswer{});
        const std::string_view word = trimmed(typed->text());
        if (word.empty()) co_return std::nullopt;
        const std::size_t number = parse_number<std::size_t>(word).value_or(0);
        if (number >= 1 && number <= offered.size()) co_return offered[number - 1];
        co_await talk.show_error(messages::not_in_the_menu());
    }
}

}  // namespace secondstep::dialogue
