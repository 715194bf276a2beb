#pragma once

#include <span>

#include "account/state.h"
#include "base/clock.h"
#include "base/rate_limit.h"

// How many messages an account may cause. The times are in the state, so that neither a restart nor many
// logins at once get round the limits; a message is written down before it is sent.
namespace secondstep {

// A trusted caller (a web site) says itself that a password was right. It has a budget of its own: one that
// is broken sends nobody's last message before their login over ssh.
enum class SendAsker { owner, portal };

// Limits with a count over max_remembered_sends are not kept. A time that lies in the future, from a clock
// that ran ahead, counts like one that lies as far back.
[[nodiscard]] bool may_send(const State& state, SendAsker asker, std::span<const RateLimit> limits,
                            UnixTime now);
void record_send(State& state, SendAsker asker, UnixTime now);
// The message of that moment did not leave: it does not count against its owner.
void take_back_send(State& state, SendAsker asker, UnixTime when);

}  // namespace secondstep
