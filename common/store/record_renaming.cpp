#include "store/record_renaming.h"

#include <fcntl.h>

#include <algorithm>
#include <utility>

namespace secondstep {
namespace {

using LostCredential = RecordFiles::LostCredential;

// Whatever name somebody guessed under: the guesses count on.
void keep_the_more(Failures& counter, const Failures& other) {
    if (other.count > counter.count) counter = other;
}

// Codes that were given out or sent are bound to the old name, and end with it.
State state_under_new_name(State before, const State& of_new_name, const ChangeNotice& notice) {
    before.enrolled = false;
    before.registration = {};
    before.temporary = {};
    before.sent = {};
    before.notice = notice;
    keep_the_more(before.strangers, of_new_name.strangers);
    keep_the_more(before.own_uid, of_new_name.own_uid);
    keep_the_more(before.trusted_callers, of_new_name.trusted_callers);
    return before;
}

}  // namespace

Result<RecordFiles> RecordRenaming::locked(const AccountName& name, bool make_it) const {
    RecordFiles files(folder_, RecordName::of(name), context_);
    auto opened = files.open_state(O_RDWR);
    if (!opened && opened.error().code == Errc::not_found && make_it) {
        opened = files.create_state();
        if (opened) opened = files.open_state(O_RDWR);
    }
    if (opened) opened = files.lock();
    if (!opened) return std::unexpected(std::move(opened.error()));
    return files;
}

Result<void> RecordRenaming::commit(RecordFiles& from, Account& from_account, RecordFiles& to,
                                    const State& to_state, std::optional<uid_t> uid,
                                    const ChangeNotice& notice) const {
    Credential renamed = from_account.credential->clone();
    renamed.account = to_;
    renamed.uid = uid;
    if (uid) {
        if (auto noted = uids_.add(*uid, to_, UidIndex::Flush::now); !noted) return noted;
    }
    const State state = state_under_new_name(from_account.state, to_state, notice);
    if (const auto written = to.write_state(state, Durability::now); !written)
        return std::unexpected(written.error());
    if (auto prepared = from.prepare_move(*from_account.credential, renamed, to.name()); !prepared)
        return prepared;
    return from.move_credential(to.name());
}

Result<void> RecordRenaming::finish(RecordFiles& from, RecordFiles& to) const {
    auto before = from.load_state();
    if (!before) return std::unexpected(before.error());
    const State nobodys = state_without_owner(std::move(*before));
    if (const auto written = from.write_state(nobodys, Durability::now); !written)
        return std::unexpected(written.error());
    auto account = to.load(LostCredential::is_an_error);
    if (!account) return std::unexpected(account.error());
    // Not confirmed by the disk, it is this file or the one before, and both open under the new name.
    if (const auto written = to.write_credential(*account->credential); !written)
        return std::unexpected(written.error());
    account->state.enrolled = true;
    const auto marked = to.write_state(account->state, Durability::now);
    return marked ? Result<void>{} : std::unexpected(marked.error());
}

Result<void> RecordRenaming::run(std::optional<uid_t> uid, const ChangeNotice& notice,
                                 const std::function<Result<void>()>& after_commit) const {
    auto from = locked(from_, false);
    if (!from) return std::unexpected(std::move(from.error()));
    auto to = locked(to_, true);
    if (!to) return std::unexpected(std::move(to.error()));
    const auto to_account = to->load(LostCredential::is_told);
    if (!to_account) return std::unexpected(to_account.error());
    const auto committed = to->has_moved_from(from->name());
    if (!committed) return std::unexpected(committed.error());
    std::optional<uid_t> old_uid;
    if (!*committed) {
        if (to_account->credential || to_account->lost_credential)
            return fail(Errc::exists, to_.text() + " is enrolled already.");
        auto from_account = from->load(LostCredential::is_an_error);
        if (!from_account) return std::unexpected(from_account.error());
        if (!from_account->credential) return fail(Errc::not_found, from_.text() + " is not enrolled.");
        old_uid = from_account->credential->uid;
        if (auto done = commit(*from, *from_account, *to, to_account->state, uid, notice); !done) return done;
    }
    if (auto moved = after_commit(); !moved) return moved;
    if (auto finished = finish(*from, *to); !finished) return finished;
    // A name too many is no harm. When it is finished later, nothing says the old uid; most often it is this.
    for (const auto& noted : {old_uid, uid}) {
        if (noted) static_cast<void>(uids_.remove(*noted, from_));
    }
    return {};
}

}  // namespace secondstep
