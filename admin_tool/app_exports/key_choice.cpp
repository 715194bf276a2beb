#include "app_exports/key_choice.h"

#include <unistd.h>

#include <algorithm>
#include <string>
#include <utility>

#include "base/pasted_text.h"
#include "base/text.h"
#include "console/prompt.h"

namespace secondstep::tool {

namespace {

void list(const KeysOnOffer& offer, Output& screen) {
    for (std::size_t i = 0; i < offer.keys.size(); ++i)
        screen.line("  " + std::to_string(offer.numbers[i]) + "  " + otp::label_of(offer.keys[i]));
}

OrExit<std::size_t> chosen(const KeysOnOffer& offer, Output& screen) {
    const std::size_t size = offer.keys.size();
    screen.line(size == 1 ? "There is 1 key in it that can be used:"
                          : "There are " + std::to_string(size) + " keys in it:");
    list(offer, screen);
    if (const auto number = asked_number(screen)) return *number;
    return stop(complain(Exit::refused, "none was chosen (--choose N); nothing is stored"));
}

}  // namespace

std::optional<std::size_t> asked_number(Output& screen) {
    const auto typed = ::isatty(STDIN_FILENO) == 1 ? ask(screen, "Number: ", true) : std::nullopt;
    const auto symbols = typed ? without_layout(typed->text()) : std::nullopt;
    return symbols ? parse_number<std::size_t>(symbols->text()) : std::nullopt;
}

OrExit<otp::DescribedKey> chosen_of(KeysOnOffer offer, std::optional<std::size_t> choice, Output& screen) {
    for (std::size_t number = offer.numbers.size(); number < offer.keys.size(); ++number)
        offer.numbers.push_back(number + 1);
    if (!choice && offer.keys.size() == 1 && !offer.others_left_out) return std::move(offer.keys.front());
    if (!choice) {
        const auto said = chosen(offer, screen);
        if (!said) return stop(said.error());
        choice = *said;
    }
    const auto found = std::ranges::find(offer.numbers, *choice);
    if (found != offer.numbers.end())
        return std::move(offer.keys[static_cast<std::size_t>(found - offer.numbers.begin())]);
    list(offer, screen);
    return stop(
        complain(Exit::refused, "there is no number " + std::to_string(*choice) + "; nothing is stored"));
}

}  // namespace secondstep::tool
