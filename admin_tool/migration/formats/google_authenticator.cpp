#include "migration/formats/google_authenticator.h"
#include "files/text_lines.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "account/credential.h"
#include "base/local_time.h"
#include "base/text.h"
#include "migration/formats/gathered_accounts.h"
#include "otp/key_fields.h"

namespace secondstep::tool {
namespace {

constexpr std::size_t most_bytes = 65536;
constexpr std::uint64_t window_when_absent = 3;
constexpr std::int64_t day = 86400;

// The file's lines sorted by what they are; the views point into its text.
struct Lines {
    std::string_view key;
    std::optional<std::string_view> window;
    std::optional<std::string_view> reuse;
    std::optional<std::string_view> skew;
    std::optional<std::string_view> step_size;
    std::optional<std::string_view> counter;
    bool totp = false;
    bool grace = false;
    std::vector<std::string_view> codes;
    std::vector<std::string> remarks;

    std::optional<std::string_view>* find(std::string_view option) {
        if (option == "WINDOW_SIZE") return &window;
        if (option == "DISALLOW_REUSE") return &reuse;
        if (option == "TIME_SKEW") return &skew;
        if (option == "STEP_SIZE") return &step_size;
        if (option == "HOTP_COUNTER") return &counter;
        return nullptr;
    }
};

// What the module keeps for itself and Secondstep does in its own way.
bool is_passed_over(std::string_view option) {
    return option == "RATE_LIMIT" || option == "RESETTING_TIME_SKEW";
}

void take_option(Lines& lines, std::string_view option, std::string_view value, std::size_t number) {
    if (std::optional<std::string_view>* place = lines.find(option)) {
        if (!*place) *place = value;
    } else if (option == "TOTP_AUTH") {
        lines.totp = true;
    } else if (option.starts_with("LAST")) {
        lines.grace = true;
    } else if (!is_passed_over(option)) {
        lines.remarks.push_back("Line " + std::to_string(number) + " has an option that is not known here.");
    }
}

bool is_scratch_code(std::string_view text) {
    return text.size() == 8 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

void take_line(Lines& lines, const TextLines::Line& line) {
    std::string_view text = trimmed(line.text);
    if (line.number == 1) {
        lines.key = text;
    } else if (text.starts_with("\" ")) {
        text = trimmed(text.substr(2));
        const std::size_t space = std::min(text.find(' '), text.size());
        take_option(lines, text.substr(0, space), trimmed(text.substr(space)), line.number);
    } else if (is_scratch_code(text)) {
        lines.codes.push_back(text);
    } else if (!text.empty()) {
        lines.remarks.push_back("Line " + std::to_string(line.number) +
                                " is neither an option nor a code of 8 digits.");
    }
}

Lines sort(std::string_view text) {
    Lines lines;
    TextLines all(text);
    while (const auto line = all.next())
        take_line(lines, *line);
    return lines;
}

// The module takes a 0, 1 and 8 for the letters they look like.
Secret symbols_of(std::string_view text) {
    Secret symbols = Secret::copy_of(text);
    for (std::uint8_t& symbol : symbols.bytes()) {
        if (symbol == '0') symbol = 'O';
        if (symbol == '1') symbol = 'L';
        if (symbol == '8') symbol = 'B';
    }
    return symbols;
}

// The whole value as a number, `absent` when there is no such line, nothing when it is none.
template <typename Number>
std::optional<Number> number_of(const std::optional<std::string_view>& value, Number absent) {
    return value ? parse_number<Number>(*value) : std::optional(absent);
}

std::int64_t skew_of(const Lines& lines) {
    const auto skew = number_of<std::int64_t>(lines.skew, 0).value_or(0);
    return std::clamp<std::int64_t>(skew, -day, day);
}

std::uint64_t window_of(const Lines& lines) {
    // The module takes 1 to 100.
    return std::clamp<std::uint64_t>(number_of<std::uint64_t>(lines.window, window_when_absent).value_or(0),
                                     1, 100);
}

// The highest of "59860894 59860895"; nothing when there is none.
std::optional<std::uint64_t> highest_used(std::string_view steps) {
    std::optional<std::uint64_t> highest;
    for (const std::string_view text : split(steps, ' ')) {
        const auto step = parse_number<std::uint64_t>(text);
        if (step && (!highest || *step > *highest)) highest = step;
    }
    return highest;
}

// The last step whose code the old module may have accepted until `now`, though it recorded nothing: the
// phone's present step, and half of the window ahead.
std::uint64_t possibly_used(const Lines& lines, otp::StepLength period, UnixTime now) {
    const auto ahead = static_cast<std::int64_t>(window_of(lines) / 2) + skew_of(lines);
    const auto present = static_cast<std::int64_t>(otp::time_step(now, period));
    return static_cast<std::uint64_t>(std::max<std::int64_t>(present + ahead, 0));
}

void remark_on_window(ImportedAccount& account, std::uint64_t size, const ImportLimits& limits) {
    const std::uint64_t wanted = size / 2;
    if (wanted <= limits.window) return;
    account.remarks.push_back(
        "It accepted codes " + std::to_string(wanted) + " steps before and after, Secondstep accepts " +
        std::to_string(limits.window) + ". If the phone's clock cannot be set right: window = " +
        std::to_string(std::min<std::uint64_t>(wanted, limits.most_window)) + " in secondstep.conf.");
}

void remark_on_look_ahead(ImportedAccount& account, std::uint64_t size, const ImportLimits& limits) {
    if (size <= limits.look_ahead) return;
    account.remarks.push_back("It looked " + std::to_string(size) + " counters ahead, Secondstep looks " +
                              std::to_string(limits.look_ahead) +
                              " ahead; beyond that two codes in a row bring phone and host together again.");
}

void remark_on_skew(ImportedAccount& account, std::int64_t skew) {
    if (skew == 0) return;
    account.remarks.push_back("The phone's clock was " + std::to_string(std::abs(skew)) + " steps " +
                              (skew > 0 ? "ahead" : "behind") +
                              ". Secondstep does not learn that: set the phone's time to automatic.");
}

void remark_on_waiting(ImportedAccount& account, std::uint64_t floor, otp::StepLength period,
                       const ImportLimits& limits) {
    const otp::TimeStep present = otp::time_step(limits.now, period);
    if (floor <= present + limits.window) return;
    account.remarks.push_back(
        "A code of the future was used: with the right time the phone's codes are accepted from " +
        local_minute(otp::beginning_of(floor + 1, period)) + " on.");
}

void add_scratch_codes(ImportedAccount& account, const Lines& lines) {
    for (const std::string_view code : lines.codes) {
        if (account.scratch_codes.size() < max_recovery_codes)
            account.scratch_codes.push_back(Secret::copy_of(code));
    }
    if (lines.codes.size() > max_recovery_codes)
        account.remarks.push_back("Only the first " + std::to_string(max_recovery_codes) +
                                  " of its codes that work once are taken over.");
}

void add_common(ImportedAccount& account, Lines& lines) {
    add_scratch_codes(account, lines);
    std::ranges::move(lines.remarks, std::back_inserter(account.remarks));
    if (lines.grace)
        account.remarks.emplace_back(
            "The addresses of grace_period are not taken over: everybody is asked once more.");
}

// What is left over behind the last whole byte is read as the module reads it, which has accepted codes of
// this key.
void settle_doubts(std::vector<otp::Remark>& remarks) {
    for (otp::Remark& remark : remarks)
        remark.in_doubt = false;
}

Result<ImportedToken> token_of(const std::string& user, const Lines& lines, UnixTime now) {
    if (!lines.totp && !lines.counter)
        return fail(Errc::invalid,
                    "It has neither TOTP_AUTH nor HOTP_COUNTER, so no code of it is accepted.");
    const Secret symbols = symbols_of(lines.key);
    auto made = otp::describe({.key = otp::Base32Text{symbols.text()},
                               .type = lines.counter ? "hotp" : "totp",
                               .period = lines.step_size.value_or(""),
                               .counter = lines.counter.value_or(""),
                               .account = user});
    if (!made) return fail(Errc::invalid, sentence_of(made.error()));
    settle_doubts(made->remarks);
    ImportedToken token = tool::token_of(std::move(*made));
    if (const auto* timed = std::get_if<otp::TotpMoving>(&token.token.moving))
        token.floor = lines.reuse ? highest_used(*lines.reuse)
                                  : std::optional(possibly_used(lines, timed->period, now));
    return token;
}

void remark(ImportedAccount& account, const Lines& lines, const ImportLimits& limits) {
    const ImportedToken& token = account.tokens.front();
    const auto* totp = std::get_if<otp::TotpMoving>(&token.token.moving);
    if (totp == nullptr) {
        remark_on_look_ahead(account, window_of(lines), limits);
        return;
    }
    remark_on_window(account, window_of(lines), limits);
    remark_on_skew(account, skew_of(lines));
    if (token.floor) remark_on_waiting(account, *token.floor, totp->period, limits);
}

}  // namespace

Result<Reading> read_google_authenticator(const GoogleAuthenticatorFile& file, const ImportLimits& limits) {
    const std::string place = printable(file.place);
    if (file.text.size() > most_bytes) return fail(Errc::too_large, place + ": over 64 KiB");
    GatheredAccounts gathered;
    Lines lines = sort(file.text);
    auto token = token_of(file.user, lines, limits.now);
    if (!token) {
        gathered.refuse(place, token.error().detail);
    } else if (ImportedAccount* account = gathered.add(file.user, place, std::move(*token))) {
        remark(*account, lines, limits);
        add_common(*account, lines);
    }
    return std::move(gathered).take();
}

}  // namespace secondstep::tool
