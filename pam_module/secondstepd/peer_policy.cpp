#include "secondstepd/peer_policy.h"

#include <algorithm>

namespace secondstep::service {

namespace {

dialogue::Caller caller_of(uid_t peer, std::span<const TrustedCaller> trusted, std::string_view service) {
    if (peer == 0) return dialogue::Caller::root;
    const auto applies = [&](const TrustedCaller& t) { return t.uid == peer && t.service == service; };
    return std::ranges::any_of(trusted, applies) ? dialogue::Caller::trusted : dialogue::Caller::own_uid;
}

}  // namespace

std::expected<dialogue::Caller, Verdict> decide_caller(uid_t peer, std::span<const TrustedCaller> trusted,
                                                       const wire::Hello& hello) {
    switch (hello.purpose) {
        case Purpose::authenticate:
            return caller_of(peer, trusted, hello.service);
        case Purpose::account:
            if (peer != 0) return std::unexpected(Verdict::not_needed);
            return dialogue::Caller::root;
        case Purpose::manage:
            return dialogue::Caller::own_uid;
    }
    return std::unexpected(Verdict::not_allowed);
}

Limits::Rank rank_of(uid_t peer, std::span<const TrustedCaller> trusted) {
    if (peer == 0) return Limits::Rank::root;
    const bool is_trusted =
        std::ranges::any_of(trusted, [&](const TrustedCaller& t) { return t.uid == peer; });
    return is_trusted ? Limits::Rank::trusted : Limits::Rank::user;
}

}  // namespace secondstep::service
