#include "store/write_mark.h"

#include <algorithm>

namespace secondstep {
namespace {

bool is_among(const AuthenticatorId& id, const std::vector<AuthenticatorId>& ids) {
    return std::ranges::find(ids, id) != ids.end();
}

// But for its generation, which the store counts.
bool is_same(const State& present, State wanted) {
    wanted.generation = present.generation;
    return present == wanted;
}

}  // namespace

WriteMark::Before WriteMark::Before::of(const Account& account) {
    if (!account.credential) return {};
    const auto& codes = account.credential->recovery;
    return {ids_of(*account.credential), codes ? std::optional(codes->id) : std::nullopt};
}

WriteMark::WriteMark(const Rewrite& rewrite, const Before& before) : mark_(mark_of(rewrite, before)) {}

WriteMark::Mark WriteMark::mark_of(const Rewrite& rewrite, const Before& before) {
    if (std::holds_alternative<RemoveCredential>(rewrite)) return Removed{};
    if (const auto* replaced = std::get_if<WriteCredential>(&rewrite))
        return mark_of(replaced->credential, before);
    const auto* state = std::get_if<WriteState>(&rewrite);
    if (state != nullptr && state->if_unknown == IfUnknown::recognised) return state->next;
    return Nothing{};
}

WriteMark::Mark WriteMark::mark_of(const Credential& written, const Before& before) {
    std::vector<AuthenticatorId> ids = ids_of(written);
    std::erase_if(ids, [&](const AuthenticatorId& id) { return is_among(id, before.authenticators); });
    if (!ids.empty()) return ids;
    if (written.recovery && written.recovery->id != before.codes) return written.recovery->id;
    return encode(written);
}

bool WriteMark::is_in(const Account& present) const {
    if (std::holds_alternative<Nothing>(mark_)) return false;
    if (std::holds_alternative<Removed>(mark_))
        return !present.credential && !present.lost_credential && !present.state.enrolled;
    if (const auto* state = std::get_if<State>(&mark_)) return is_same(present.state, *state);
    if (!present.credential) return false;
    if (const auto* codes = std::get_if<RecoverySetId>(&mark_))
        return present.credential->recovery && present.credential->recovery->id == *codes;
    if (const auto* content = std::get_if<Secret>(&mark_))
        return encode(*present.credential).text() == content->text();
    const std::vector<AuthenticatorId> there = ids_of(*present.credential);
    return std::ranges::all_of(std::get<std::vector<AuthenticatorId>>(mark_),
                               [&](const AuthenticatorId& id) { return is_among(id, there); });
}

}  // namespace secondstep
