#include "enrollment/given_code.h"

#include <array>
#include <boost/program_options/value_semantic.hpp>
#include <string_view>

#include "base/local_time.h"
#include "otp/one_time_code.h"
#include "policy/option_types.h"

namespace po = boost::program_options;

namespace secondstep::tool {

namespace {

constexpr std::array<std::string_view, 10> digits{"zero", "one", "two",   "three", "four",
                                                  "five", "six", "seven", "eight", "nine"};
// ICAO, Annex 10, volume II, 5.2.1.3.
constexpr std::array<std::string_view, 26> letters{
    "Alfa",    "Bravo", "Charlie", "Delta",  "Echo",     "Foxtrot", "Golf",   "Hotel",  "India",
    "Juliett", "Kilo",  "Lima",    "Mike",   "November", "Oscar",   "Papa",   "Quebec", "Romeo",
    "Sierra",  "Tango", "Uniform", "Victor", "Whiskey",  "X-ray",   "Yankee", "Zulu"};

std::string_view word_for(char symbol) {
    if (symbol >= '0' && symbol <= '9') return digits.at(static_cast<std::size_t>(symbol - '0'));
    return letters.at(static_cast<std::size_t>(symbol - 'A'));
}

}  // namespace

Result<GivenCode> make_code(const StoreSession& session, const RecordName& record, GrantKind kind,
                            std::chrono::seconds valid) {
    GivenCode made{otp::make_one_time_code(session.randomness), {}};
    const auto code = otp::normalize_one_time_code(made.text.text());
    if (!code) return fail(Errc::invalid, "a code that was made has not the shape of one");
    const auto grant = make_grant(session.store->keyring(), record, kind, *code, session.clock.now() + valid);
    if (!grant) return std::unexpected(grant.error());
    made.grant = *grant;
    return made;
}

OrExit<CodeGiven> give_code(const StoreSession& session, const NamedAccount& whose, const CodeOrder& order) {
    auto made = make_code(session, whose.record(), order.kind, order.valid);
    if (!made) return stop(complain(made.error()));
    CodeGiven given{.code = std::move(*made)};
    OneTimeGrant State::* const place =
        order.kind == GrantKind::registration ? &State::registration : &State::temporary;
    const auto kept =
        order.change(session, whose, "no code was given", [&](const Account& present) -> Result<Rewrite> {
            State next = present.state;
            given.replaces = is_waiting(next.*place, session.clock.now());
            next.*place = given.code.grant;
            return WriteState{std::move(next)};
        });
    if (!kept) return stop(kept.error());
    return given;
}

Json to_json(const CodeGiven& given, const std::string& user) {
    return {{"user", user},
            {"changed", true},
            {"until", utc_second(given.code.grant.until)},
            {"replaced", given.replaces}};
}

void add_valid_option(po::options_description& options, const Validity& validity) {
    options.add_options()(
        "valid", po::value<std::string>()->value_name("DURATION")->default_value(validity.usual),
        ("how long the code may be used, as 30m, 8h or 2d; at most " +
         std::to_string(std::chrono::duration_cast<std::chrono::days>(validity.longest).count()) + "d")
            .c_str());
}

OrExit<std::chrono::seconds> valid_for(const Arguments& arguments, const Validity& validity) {
    const auto time = option_types::parse_duration(*arguments.text("valid"), validity.longest);
    if (!time) return stop(complain(Exit::usage, "--valid: " + time.error().detail));
    return *time;
}

void show_code(Output& screen, const GivenCode& code) {
    Secret line = Secret::copy_of("\n    ");
    line.append(code.text.text());
    line.push_back('\n');
    screen.line(line);
    screen.line("It works once, until " + local_minute(code.grant.until) + ".");
}

Secret spelled(const Secret& code) {
    Secret words;
    for (const char symbol : code.text()) {
        if (symbol == '-') {
            words.push_back(',');
            continue;
        }
        if (!words.empty()) words.push_back(' ');
        words.append(word_for(symbol));
    }
    return words;
}

void show_registration_code(Output& screen, const std::string& account, const GivenCode& code,
                            std::string_view where, bool replaces) {
    screen.line("Registration code for " + account + ":");
    show_code(screen, code);
    screen.line(account + " types it at the next login, " + std::string(where) +
                ".\n"
                "Hand it over in person or by phone, to nobody else.");
    if (replaces) screen.line("The code given before is void.");
}

Exit unless_unseen(std::string_view what_to_do) {
    if (!out().failed()) return Exit::done;
    return complain(Exit::unavailable, "stored, but the code could not be shown: " + std::string(what_to_do));
}

}  // namespace secondstep::tool
