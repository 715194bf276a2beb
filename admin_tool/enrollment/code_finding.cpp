#include "enrollment/code_finding.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <variant>

#include "account/candidates.h"
#include "account/devices.h"
#include "base/clock_offset.h"
#include "base/duration.h"
#include "enrollment/code_search.h"
#include "otp/totp.h"
#include "otp/typed_answer.h"

namespace secondstep::tool {

namespace {

using Kind = CodeFinding::Kind;

// So many codes may lie between the two: who reads out misses one.
constexpr std::uint64_t most_between = 2;
constexpr std::uint64_t most_ahead = 1000;

// One device, and what two codes are to it.
class OneDevice {
  public:
    OneDevice(const Account& account, const Authenticator& device, const VerifyLimits& limits)
        : account_(account), device_(device), limits_(limits) {
        const AuthenticatorUse* const use = find_use(account.state, device.id);
        if (use != nullptr) use_ = *use;
        bar_ = bar_of(device, use_);
    }

    Result<CodeFinding> finding(const CodesInARow& codes, UnixTime now) const {
        if (account_.credential->method == Method::hotp) return by_counter(codes);
        return by_time(codes, now);
    }

  private:
    Result<CodeFinding> by_time(const CodesInARow& codes, UnixTime now) const;
    Result<CodeFinding> by_counter(const CodesInARow& codes) const;
    // Whether the second code is that of `factor`, and the first that of one before it.
    [[nodiscard]] Result<bool> fits(const CodesInARow& codes, std::uint64_t factor) const;
    [[nodiscard]] bool is_spent(std::uint64_t factor) const { return bar_ && factor <= *bar_; }
    [[nodiscard]] CodeFinding of_kind(Kind kind) const {
        return {.kind = kind, .device = shown_name(device_)};
    }

    const Account& account_;
    const Authenticator& device_;
    const VerifyLimits& limits_;
    AuthenticatorUse use_;
    std::optional<std::uint64_t> bar_;
};

Result<bool> OneDevice::fits(const CodesInARow& codes, std::uint64_t factor) const {
    const Result<bool> second = dialogue::has_code(device_, factor, codes.second);
    if (!second || !*second || factor == 0) return second ? Result<bool>(false) : second;
    const std::uint64_t earliest = factor - std::min(factor, 1 + most_between);
    const auto first = dialogue::factor_between(earliest, factor - 1, [&](std::uint64_t before) {
        return dialogue::has_code(device_, before, codes.first);
    });
    if (!first) return std::unexpected(first.error());
    return first->has_value();
}

Result<CodeFinding> OneDevice::by_time(const CodesInARow& codes, UnixTime now) const {
    const otp::TimeStep present = otp::time_step(now, device_.period);
    const auto found =
        dialogue::step_around(device_, present, 0, [&](std::uint64_t step) { return fits(codes, step); });
    if (!found) return std::unexpected(found.error());
    if (!*found) return CodeFinding{};
    const std::chrono::seconds offset = dialogue::offset_of(device_, **found, present);
    if (std::chrono::abs(offset) <= limits_.window * device_.period.value())
        return of_kind(is_spent(**found) ? Kind::spent : Kind::good);
    CodeFinding off = of_kind(Kind::clock_off);
    off.offset = offset;
    return off;
}

Result<CodeFinding> OneDevice::by_counter(const CodesInARow& codes) const {
    if (use_.closed) return of_kind(Kind::counter_lost);
    const std::uint64_t next = bar_ ? *bar_ + 1 : 0;
    const std::uint64_t earliest = next - std::min<std::uint64_t>(next, limits_.look_ahead);
    const auto found = dialogue::factor_between(earliest, next + most_ahead,
                                                [&](std::uint64_t counter) { return fits(codes, counter); });
    if (!found) return std::unexpected(found.error());
    if (!*found) return CodeFinding{};
    if (is_spent(**found)) return of_kind(Kind::spent);
    if (**found < next + limits_.look_ahead) return of_kind(Kind::good);
    CodeFinding far = of_kind(Kind::ahead);
    far.ahead = **found - next;
    return far;
}

// The more it explains; of clocks the one that is off by least.
bool is_better(const CodeFinding& one, const CodeFinding& other) {
    if (one.kind != other.kind) return one.kind < other.kind;
    return std::chrono::abs(one.offset) < std::chrono::abs(other.offset);
}

std::string words_for_clock(const CodeFinding& finding) {
    const bool fast = finding.offset > std::chrono::seconds::zero();
    const std::string by = in_words(std::chrono::abs(finding.offset));
    return "refused: they are codes of " + finding.device + (fast ? " in " + by : " of " + by + " ago") +
           ". Its clock is " + clock_offset_in_words(finding.offset) +
           ": set a phone to automatic date and time; nothing has to be enrolled again. If other people's are "
           "off too, it is this machine's clock: secondstep doctor.";
}

std::string words_for_ahead(const CodeFinding& finding, const std::string& user) {
    const std::string by = counted(static_cast<std::int64_t>(finding.ahead), "code");
    const VerifyLimits limits;
    const std::string what = "refused: codes of " + finding.device + ", " + by + " ahead. ";
    if (finding.ahead < limits.resync_look_ahead)
        return what + "At a login, enter two in a row, one after the other: the second is taken.";
    return what + "That is too far: secondstep re-enroll " + user;
}

}  // namespace

std::string_view to_text(CodeFinding::Kind kind) {
    switch (kind) {
        case Kind::good:
            return "good";
        case Kind::spent:
            return "spent";
        case Kind::clock_off:
            return "clock_off";
        case Kind::ahead:
            return "ahead";
        case Kind::counter_lost:
            return "counter_lost";
        case Kind::unknown:
            break;
    }
    return "unknown";
}

std::optional<Secret> device_code_in(std::string_view typed) {
    const dialogue::TypedAnswer answer = dialogue::classify(typed);
    const auto* const digits = std::get_if<dialogue::TypedOtp>(&answer);
    return digits == nullptr ? std::nullopt : std::optional(digits->digits.clone());
}

Result<CodeFinding> finding_of(const Account& account, const CodesInARow& codes, const VerifyLimits& limits,
                               UnixTime now) {
    CodeFinding best;
    for (const Authenticator& device : account.credential->authenticators) {
        auto found = OneDevice(account, device, limits).finding(codes, now);
        if (!found) return std::unexpected(found.error());
        if (is_better(*found, best)) best = std::move(*found);
    }
    return best;
}

std::string words_for(const CodeFinding& finding, const std::string& user, const Credential& credential) {
    switch (finding.kind) {
        case Kind::good:
            return "right: codes of " + finding.device + ", as a login takes them now. Neither was used up.";
        case Kind::spent:
            return "refused: codes of " + finding.device +
                   " that were used, or are older than one that was. A code is good once: wait for the next.";
        case Kind::clock_off:
            return words_for_clock(finding);
        case Kind::ahead:
            return words_for_ahead(finding, user);
        case Kind::counter_lost:
            return "refused: where " + finding.device +
                   " counts was lost with its state. Until it is enrolled again, recovery codes let in: "
                   "secondstep re-enroll " +
                   user;
        case Kind::unknown:
            break;
    }
    return "refused: not two codes in a row of " + names_of_devices(credential) +
           (credential.method == Method::totp ? " within twelve hours" : "") +
           ". Is it this account's entry in the app, and its newest? Otherwise: secondstep re-enroll " + user;
}

Json to_json(const CodeFinding& finding, const std::string& user) {
    Json json{{"user", user},
              {"finding", to_text(finding.kind)},
              {"device", nullptr},
              {"clock_off_seconds", nullptr},
              {"codes_ahead", nullptr}};
    if (!finding.device.empty()) json["device"] = finding.device;
    if (finding.kind == Kind::clock_off) json["clock_off_seconds"] = finding.offset.count();
    if (finding.kind == Kind::ahead) json["codes_ahead"] = finding.ahead;
    return json;
}

}  // namespace secondstep::tool
