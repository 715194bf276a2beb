#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "account/account_name.h"
#include "account/seal.h"
#include "account/sent_code.h"
#include "account/state.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/token.h"

// A phase of a login believes only what it has proof of: programs enter the account phase without the
// authentication before it, or after one that let somebody in without asking. So the authentication ends with
// a token, which the host program keeps unread and hands back. No memory of ours is needed for it.
namespace secondstep {

// What somebody has shown. Those from `code` to `first_factor` travel in tokens: never renumber.
enum class Proof : std::uint8_t {
    none = 0,
    code = 1,
    recovery_code = 2,
    registration_code = 3,
    temporary_code = 4,
    first_factor = 5,  // and that there is no second one
    remembered = 6,    // nothing: let in as a remembered client
    exempt = 7,        // nothing: let in by a rule
};
// "code", "recovery-code" ...: as the journal has it.
[[nodiscard]] std::string_view to_text(Proof proof);

// What a token says, after everything that binds it was right.
struct ShownBefore {
    Proof proof = Proof::none;
    // Of the write that accepted it: while the state names it, nothing was accepted since. For the first
    // factor: random.
    AttemptId write{};
};

inline constexpr std::chrono::seconds proof_lifetime = std::chrono::minutes{10};
inline constexpr std::chrono::seconds proof_skew{30};  // of a clock that was set back since

// For this account, service and source alone; MACed under the newest key of the ring (etc/FORMATS.md).
// Errors: crypto, invalid (a proof of nothing).
[[nodiscard]] Result<Token> make_proof_token(const Keyring& ring, const RecordName& record,
                                             const SentFor& asked, const ShownBefore& shown, UnixTime now);
// Returns nullopt if there is none, or it is of something else, too old, from the future, or no token at
// all. None of that is told apart: who proves nothing is only asked again.
[[nodiscard]] std::optional<ShownBefore> read_proof_token(const Keyring& ring, const RecordName& record,
                                                          const SentFor& asked, const Token& token,
                                                          UnixTime now);

}  // namespace secondstep
