#include "account/candidates.h"

#include <algorithm>
#include <limits>
#include <optional>

namespace secondstep {
namespace {

using Meaning = Candidate::Meaning;

void add_steps(std::vector<Candidate>& out, const Authenticator& authenticator, const AuthenticatorUse& use,
               unsigned window, UnixTime now) {
    const otp::TimeStep current = otp::time_step(now, authenticator.period);
    const auto bar = bar_of(authenticator, use);
    for (otp::TimeStep step = current - std::min<otp::TimeStep>(current, window); step <= current + window;
         ++step) {
        out.push_back({&authenticator, step, bar && step <= *bar ? Meaning::spent : Meaning::fresh});
    }
}

// The counters that were possible before the last one: a code of theirs is not a guess.
void add_counters_behind(std::vector<Candidate>& out, const Authenticator& authenticator, std::uint64_t bar,
                         unsigned look_ahead) {
    for (std::uint64_t back = 0; back < look_ahead && back <= bar; ++back) {
        out.push_back({&authenticator, bar - back, Meaning::spent});
    }
}

void add_counters(std::vector<Candidate>& out, const Authenticator& authenticator,
                  const AuthenticatorUse& use, const VerifyLimits& limits) {
    const auto bar = bar_of(authenticator, use);
    if (bar) add_counters_behind(out, authenticator, *bar, limits.look_ahead);
    const std::uint64_t last_counter = std::numeric_limits<std::uint64_t>::max();
    if (bar == last_counter) return;
    const std::uint64_t first = bar ? *bar + 1 : 0;
    const auto is_successor = [&](std::uint64_t counter) {
        return use.resyncing && counter - 1 == use.resync;
    };
    const unsigned reach = std::max(limits.look_ahead, limits.resync_look_ahead);
    // One past the reach, where the second of two codes may be.
    for (std::uint64_t ahead = 0; ahead <= reach && ahead <= last_counter - first; ++ahead) {
        const std::uint64_t counter = first + ahead;
        const bool fresh = ahead < limits.look_ahead || is_successor(counter);
        if (fresh || ahead < reach) {
            out.push_back({&authenticator, counter, fresh ? Meaning::fresh : Meaning::beyond});
        }
    }
}

std::vector<Candidate> candidates(const Credential& credential, const State& state,
                                  const VerifyLimits& limits, UnixTime now) {
    std::vector<Candidate> out;
    for (const Authenticator& authenticator : credential.authenticators) {
        const AuthenticatorUse* const found = find_use(state, authenticator.id);
        const AuthenticatorUse use = found == nullptr ? AuthenticatorUse{} : *found;
        if (use.closed) continue;
        if (credential.method == Method::totp) add_steps(out, authenticator, use, limits.window, now);
        if (credential.method == Method::hotp) add_counters(out, authenticator, use, limits);
    }
    return out;
}

}  // namespace

std::optional<std::uint64_t> bar_of(const Authenticator& authenticator, const AuthenticatorUse& use) {
    std::optional<std::uint64_t> bar;
    if (authenticator.has_floor) bar = authenticator.floor;
    if (use.used) bar = std::max(bar.value_or(0), use.last);
    return bar;
}

Result<std::vector<Candidate>> compared_candidates(const Credential& credential, const State& state,
                                                   const Secret& answer, const VerifyLimits& limits,
                                                   UnixTime now) {
    std::vector<Candidate> all = candidates(credential, state, limits, now);
    for (Candidate& candidate : all) {
        const Authenticator& a = *candidate.authenticator;
        const auto code = otp::hotp(a.key, candidate.factor, a.digits, a.algorithm);
        if (!code) return std::unexpected(code.error());
        candidate.matched = equal_in_constant_time(*code, answer);
    }
    return all;
}

}  // namespace secondstep
