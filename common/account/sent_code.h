#pragma once

#include <string>

#include "account/account_name.h"
#include "account/seal.h"
#include "account/state.h"
#include "account/verify.h"
#include "base/error.h"

// A code that was sent to the account's address. The state keeps an HMAC of it under a key of the ring: six
// digits can be searched by whoever has a plain hash.
namespace secondstep {

// What a code is asked for: it is good for nothing else, but for every dialogue with the same (a deferred
// mail must still help).
struct SentFor {
    std::string service;  // as PAM gives it
    std::string source;   // exactly, not by network: "address 192.0.2.7", "local", "uid 1000"
};

// What is stored of `digits`. Made with the newest key. Errors: crypto.
[[nodiscard]] Result<SentCode> make_sent_code(const Keyring& ring, const RecordName& record,
                                              const Secret& digits, const SentFor& asked, UnixTime until);

// What was typed, to be judged with `sent`; made with its key, or with the newest one when there is no code
// or its key is gone, so that the work is the same. Errors: crypto.
[[nodiscard]] Result<SentAnswer> sent_answer(const Keyring& ring, const RecordName& record,
                                             const Secret& digits, const SentFor& asked,
                                             const SentCode& sent);

// A code is on its way that a dialogue for the same may still be answered with: none is sent. Errors: crypto.
[[nodiscard]] Result<bool> is_alive(const Keyring& ring, const RecordName& record, const SentCode& sent,
                                    const SentFor& asked, UnixTime now);

}  // namespace secondstep
