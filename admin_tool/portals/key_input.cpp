#include "portals/key_input.h"

#include <unistd.h>

#include <cerrno>
#include <utility>

#include "base/text.h"
#include "console/prompt.h"
#include "files/secret_file.h"
#include "otp/key_text.h"
#include "otp/migration.h"
#include "qr/picture_files.h"

namespace secondstep::tool {

namespace {

constexpr std::size_t longest_input = 8192;

OrExit<Secret> key_text(Output& screen) {
    if (::isatty(STDIN_FILENO) == 1) {
        auto line = ask(screen, "Security key of the portal (or its otpauth:// address): ", true);
        if (!line || line->empty())
            return stop(complain(Exit::refused, "no key was entered; nothing is stored"));
        // What a terminal's line has no room for was cut.
        if (line->size() > max_line)
            return stop(complain(Exit::refused,
                                 "that is too long to be typed: put it into a file, "
                                 "and give that as standard input"));
        return std::move(*line);
    }
    auto text = read_secret(STDIN_FILENO, longest_input);
    if (!text) return stop(complain(Exit::refused, "that is no key: " + text.error().detail));
    return std::move(*text);
}

otp::OtpauthUri with_defaults(Secret key) {
    return {{},
            {},
            std::move(key),
            otp::Algorithm::sha1,
            otp::six_digits(),
            otp::TotpMoving{otp::thirty_seconds()}};
}

void list(const std::vector<otp::OtpauthUri>& keys, Output& screen) {
    for (std::size_t i = 0; i < keys.size(); ++i)
        screen.line("  " + std::to_string(i + 1) + "  " + label_of(keys[i]));
}

OrExit<std::size_t> chosen(const std::vector<otp::OtpauthUri>& keys, Output& screen) {
    screen.line("There are several:");
    list(keys, screen);
    const auto typed = ::isatty(STDIN_FILENO) == 1 ? ask(screen, "Number: ", true) : std::nullopt;
    const auto number = typed ? parse_number<std::size_t>(trimmed(typed->text())) : std::nullopt;
    if (number) return *number;
    return stop(complain(Exit::refused, "none was chosen (--choose N); nothing is stored"));
}

OrExit<otp::OtpauthUri> one_of(std::vector<otp::OtpauthUri> keys, std::optional<std::size_t> choice,
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

OrExit<otp::OtpauthUri> key_among(const std::vector<Secret>& texts, std::optional<std::size_t> choice,
                                  Output& screen) {
    auto offered = OfferedKeys::in(texts);
    if (!offered) return stop(complain(Exit::refused, offered.error().detail));
    return chosen_key(std::move(*offered), choice, screen);
}

}  // namespace

OrExit<otp::OtpauthUri> read_key(std::optional<std::size_t> choice, Output& screen) {
    const auto text = key_text(screen);
    if (!text) return stop(text.error());
    if (otp::is_migration_uri(trimmed(text->text()))) {
        std::vector<Secret> texts;
        texts.push_back(Secret::copy_of(trimmed(text->text())));
        return key_among(texts, choice, screen);
    }
    auto key = otp::parse_key_text(text->text());
    if (!key) return stop(complain(Exit::refused, key.error().detail));
    if (auto* uri = std::get_if<otp::OtpauthUri>(&*key)) return std::move(*uri);
    return with_defaults(std::get<Secret>(std::move(*key)));
}

OrExit<otp::OtpauthUri> chosen_key(OfferedKeys offered, std::optional<std::size_t> choice, Output& screen) {
    for (const std::string& sentence : offered.passed_over)
        screen.line("Passed over: " + printable(sentence));
    return one_of(std::move(offered.keys), choice, screen);
}

OrExit<otp::OtpauthUri> key_in_pictures(const std::vector<std::string>& files,
                                        std::optional<std::size_t> choice, Output& screen) {
    const auto texts = texts_in_pictures(files);
    return texts ? key_among(*texts, choice, screen) : stop(texts.error());
}

}  // namespace secondstep::tool
