#pragma once

#include <sys/types.h>

#include <expected>
#include <span>
#include <string>

#include "base/verdict.h"
#include "dialogue/conversation/request.h"
#include "secondstepd/limits.h"
#include "wire/message.h"

namespace secondstep::service {

// A line of `trusted_callers`, its user name resolved when the configuration was read.
struct TrustedCaller {
    uid_t uid;
    std::string service;
};

// The whole authorisation of a peer, as far as it can be decided before the account is looked up. `peer`
// comes from SO_PEERCRED, everything in `hello` is only what the peer says.
// - uid 0 may ask for anybody.
// - A trusted caller may ask for anybody (but uid 0: the dialogue refuses that after the lookup) on its
//   service, and only to authenticate.
// - Everybody else may ask for the account that has their uid: the dialogue compares after the lookup.
// - In the account phase only uid 0 is asked for something: a program without privileges cannot show that
//   its user has authenticated.
// - Everybody, root too, manages only what is their own.
// The unexpected value is the verdict to end with: not_needed for everybody else's account phase.
[[nodiscard]] std::expected<dialogue::Caller, Verdict> decide_caller(uid_t peer,
                                                                     std::span<const TrustedCaller> trusted,
                                                                     const wire::Hello& hello);

// How many dialogues it may hold at once, and have lines in the journal: trusted for any service counts.
[[nodiscard]] Limits::Rank rank_of(uid_t peer, std::span<const TrustedCaller> trusted);

}  // namespace secondstep::service
