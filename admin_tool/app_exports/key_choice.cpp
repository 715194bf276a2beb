#include "app_exports/key_choice.h"

#include <unistd.h>

#include <string>
#include <utility>

#include "base/pasted_text.h"
#include "base/text.h"
#include "console/prompt.h"

namespace secondstep::tool {

namespace {

void list(const std::vector<otp::DescribedKey>& keys, Output& screen) {
    for (std::size_t i = 0; i < keys.size(); ++i)
        screen.line("  " + std::to_string(i + 1) + "  " + otp::label_of(keys[i]));
}

OrExit<std::size_t> chosen(const std::vector<otp::DescribedKey>& keys, Output& screen) {
    screen.line("There are " + std::to_string(keys.size()) + " keys in it:");
    list(keys, screen);
    if (const auto number = asked_number(screen)) return *number;
    return stop(complain(Exit::refused, "none was chosen (--choose N); nothing is stored"));
}

}  // namespace

std::optional<std::size_t> asked_number(Output& screen) {
    const auto typed = ::isatty(STDIN_FILENO) == 1 ? ask(screen, "Number: ", true) : std::nullopt;
    const auto symbols = typed ? without_layout(typed->text()) : std::nullopt;
    return symbols ? parse_number<std::size_t>(symbols->text()) : std::nullopt;
}

OrExit<otp::DescribedKey> chosen_of(std::vector<otp::DescribedKey> keys, std::optional<std::size_t> choice,
                                    Output& screen) {
    std::size_t number = choice.value_or(1);
    if (!choice && keys.size() > 1) {
        const auto said = chosen(keys, screen);
        if (!said) return stop(said.error());
        number = *said;
    }
    if (number >= 1 && number <= keys.size()) return std::move(keys[number - 1]);
    list(keys, screen);
    return stop(
        complain(Exit::refused, "there is no number " + std::to_string(number) + "; nothing is stored"));
}

}  // namespace secondstep::tool
