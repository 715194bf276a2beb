#include "portals/key_input.h"

#include <unistd.h>

#include <cerrno>
#include <utility>

#include "app_exports/key_choice.h"
#include "base/pasted_text.h"
#include "base/text.h"
#include "console/prompt.h"
#include "files/secret_file.h"
#include "otp/key_text.h"
#include "otp/migration.h"
#include "otp/otpauth_uri.h"
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

OrExit<otp::DescribedKey> key_among(const std::vector<Secret>& texts, std::optional<std::size_t> choice,
                                    Output& screen) {
    auto offered = OfferedKeys::in(texts);
    if (!offered) return stop(complain(Exit::refused, offered.error().detail));
    return chosen_key(std::move(*offered), choice, screen);
}

// Several addresses, or an export, a line each; nothing: it is something else.
std::vector<Secret> addresses_in(std::string_view text) {
    std::vector<Secret> addresses;
    for (const std::string_view line : split(text, '\n')) {
        if (is_blank(line)) continue;
        const std::string_view address = trimmed(line.substr(0, line.find('\r')));
        if (!otp::is_otpauth_uri(address) && !otp::is_migration_uri(address)) return {};
        addresses.push_back(Secret::copy_of(address));
    }
    // A single one has errors of its own to tell.
    const bool is_one_key = addresses.size() == 1 && !otp::is_migration_uri(addresses.front().text());
    return is_one_key ? std::vector<Secret>() : std::move(addresses);
}

// Base32 or hexadecimal: only who has the key knows.
OrExit<otp::DescribedKey> settled(otp::KeyText key, Output& screen) {
    if (!key.as_hexadecimal) return std::move(key.described);
    screen.line("This key can be read in two ways, and the codes differ:");
    screen.line("  1  base32, as nearly every portal writes it");
    screen.line("  2  hexadecimal, as makers of tokens write it");
    const auto number = asked_number(screen);
    if (number == 1) return std::move(key.described);
    if (number == 2) {
        key.described.key.key = std::move(*key.as_hexadecimal);
        return std::move(key.described);
    }
    return stop(complain(Exit::refused,
                         "write base32: or hex: in front of the key, so that nobody has to guess; nothing is "
                         "stored"));
}

}  // namespace

OrExit<otp::DescribedKey> read_key(std::optional<std::size_t> choice, Output& screen) {
    const auto text = key_text(screen);
    if (!text) return stop(text.error());
    const auto addresses = addresses_in(text->text());
    if (!addresses.empty()) return key_among(addresses, choice, screen);
    auto key = otp::parse_key_text(text->text());
    if (!key) return stop(complain(Exit::refused, key.error().detail));
    return settled(std::move(*key), screen);
}

OrExit<otp::DescribedKey> chosen_key(OfferedKeys offered, std::optional<std::size_t> choice, Output& screen) {
    for (const std::string& sentence : offered.passed_over)
        screen.line("Passed over: " + printable(sentence));
    const bool others = !offered.passed_over.empty();
    return chosen_of({std::move(offered.keys), std::move(offered.numbers), others}, choice, screen);
}

OrExit<otp::DescribedKey> key_in_pictures(const std::vector<std::string>& files,
                                          std::optional<std::size_t> choice, Output& screen) {
    const auto texts = texts_in_pictures(files);
    return texts ? key_among(*texts, choice, screen) : stop(texts.error());
}

}  // namespace secondstep::tool
