#include "dialogue/visit/told_later.h"

#include "dialogue/texts/messages.h"

namespace secondstep::dialogue {
namespace {

// From the answer to the start of the session.
constexpr std::chrono::seconds a_moment{120};
// Who has no second step and logs in by key alone never comes where a notice is taken from the state.
constexpr std::chrono::seconds told_by_key_for = std::chrono::days{30};

std::string codes_left(const Visit& visit, const Account& account) {
    if (account.state.last_factor != Factor::recovery_code || !account.credential->recovery) return {};
    return messages::recovery_code_accepted(recovery_codes_left(*account.credential, account.state),
                                            account.credential->recovery->digests.size(),
                                            visit.config().contact);
}

}  // namespace

bool is_of_this_moment(UnixTime last_success, UnixTime now) {
    return last_success <= now && now - last_success <= a_moment;
}

std::string what_was_put_off(const Visit& visit, const Account& account) {
    const State& state = account.state;
    const bool here = visit.request.caller == Caller::root;
    const bool after_a_code = visit.enrolled && is_of_this_moment(state.last_success, visit.now());
    std::string text;
    if (here && after_a_code) text = codes_left(visit, account);
    const bool still_told = !visit.enrolled && visit.now() < state.notice.when + told_by_key_for;
    const bool told = here && (after_a_code || still_told) && state.notice.change != Change::none;
    if (told) text += messages::changed(state.notice, visit.config().contact);
    return text;
}

}  // namespace secondstep::dialogue
