#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "account/verify.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/secret.h"
#include "console/json_text.h"
#include "store/account_store.h"

namespace secondstep::tool {

// Two codes that somebody reads from their app or token, one after the other. Two, because nothing is counted or used up by
// looking: with one, a help desk that may do nothing else would find the code of a moment to come in a few hundred
// tries, and one of 2,880 moments has a wrong code by chance. Two in a row are guessed by nobody.
struct CodesInARow {
    Secret first;
    Secret second;
};

// What they are to a login.
struct CodeFinding {
    enum class Kind : std::uint8_t {
        good,       // it would take the second one now
        spent,      // not newer than the last one that was taken, or than the one that confirmed the device
        clock_off,  // totp: right for another moment within twelve hours
        ahead,      // hotp: past the look-ahead, by codes that were made and not typed
        counter_lost,  // hotp: of no counter that is known, and damage took those of a device
        unknown,       // of no device, or not in a row
    };
    Kind kind = Kind::unknown;
    std::string device{};           // as it is shown; counter_lost: whose it was; unknown: empty
    std::chrono::seconds offset{};  // clock_off: > 0: the device is ahead
    std::uint64_t ahead = 0;        // ahead: how many codes
};

// The digits of a code that an app or token shows; nothing: what was typed is another code, or none.
[[nodiscard]] std::optional<Secret> device_code_in(std::string_view typed);

// Of an account whose method is totp or hotp. `now`: when the second code was there. Errors: crypto.
[[nodiscard]] Result<CodeFinding> finding_of(const Account& account, const CodesInARow& codes,
                                             const VerifyLimits& limits, UnixTime now);
// What to do about it, for who has the person on the telephone.
[[nodiscard]] std::string words_for(const CodeFinding& finding, const std::string& user,
                                    const Credential& credential);
// {"user", "finding", "device", "clock_off_seconds", "codes_ahead"}; what does not apply is null.
[[nodiscard]] Json to_json(const CodeFinding& finding, const std::string& user);
// "clock_off", for programs and the log.
[[nodiscard]] std::string_view to_text(CodeFinding::Kind kind);

}  // namespace secondstep::tool
