#include "store/enrollment_batch.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "store/directory_listing.h"
#include "store/in_parallel.h"
#include "store/record_files.h"

namespace secondstep {
namespace {

Result<void> write_new(int directory, const std::string& name, ByteView content) {
    constexpr int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    const UniqueFd fd(::openat(directory, name.c_str(), flags, S_IRUSR | S_IWUSR));
    if (!fd.valid()) return fail_errno("staging/" + name, errno);
    while (!content.empty()) {
        const ssize_t n = ::write(fd.get(), content.data(), content.size());
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return fail_errno("staging/" + name, n < 0 ? errno : EIO);
        content = content.subspan(static_cast<std::size_t>(n));
    }
    return {};
}

// Never replaces anything. Errors: exists.
Result<void> move_in(int from, const std::string& staged, int to, const std::string& name) {
    if (::renameat2(from, staged.c_str(), to, name.c_str(), RENAME_NOREPLACE) == 0) return {};
    const bool not_known_here = errno == EINVAL || errno == ENOSYS;
    if (!not_known_here) return fail_errno(name, errno);
    if (::linkat(from, staged.c_str(), to, name.c_str(), 0) != 0) return fail_errno(name, errno);
    if (::unlinkat(from, staged.c_str(), 0) != 0) return fail_errno(staged, errno);
    return {};
}

}  // namespace

Result<void> sweep(int directory) {
    Result<void> outcome;
    const auto listed = for_each_name(directory, [&](std::string_view name) {
        if (::unlinkat(directory, std::string(name).c_str(), 0) != 0 && errno != ENOENT) {
            outcome = fail_errno(std::string(name), errno);
        }
        return outcome.has_value();
    });
    return listed ? outcome : listed;
}

Result<std::unique_ptr<StagingFolder>> StagingFolder::lock(UniqueFd folder) {
    if (const auto locked = try_lock(folder.get()); !locked) return std::unexpected(locked.error());
    if (const auto swept = sweep(folder.get()); !swept) return std::unexpected(swept.error());
    return std::unique_ptr<StagingFolder>(new StagingFolder(std::move(folder)));
}

EnrollmentBatch::EnrollmentBatch(StagingFolder& staging, int folder, const StoreContext& context,
                                 const UidIndex* uids, std::vector<Entry> entries)
    : staging_(staging),
      number_(staging.number_of_next_batch()),
      folder_(folder),
      context_(&context),
      uids_(uids),
      entries_(std::move(entries)) {}

EnrollmentBatch::~EnrollmentBatch() {
    if (flushed_.valid()) flushed_.wait();
    for (std::size_t i = 0; i < stages_.size(); ++i) {
        if (stages_[i] == Stage::committed) continue;
        ::unlinkat(staging_.fd(), staged_state(i).c_str(), 0);
        ::unlinkat(staging_.fd(), staged_credential(i).c_str(), 0);
    }
}

std::string EnrollmentBatch::staged_state(std::size_t index) const {
    return std::to_string(number_) + "-" + std::to_string(index) + ".state";
}
std::string EnrollmentBatch::staged_credential(std::size_t index) const {
    return std::to_string(number_) + "-" + std::to_string(index) + ".credential";
}

Result<void> EnrollmentBatch::stage() {
    stages_.assign(entries_.size(), Stage::staged);  // so that a half written one is removed, too
    auto staged = in_parallel(entries_.size(), [&](std::size_t i) -> Result<void> {
        const auto stage_of_it = stage(entries_[i], i);
        if (!stage_of_it) return std::unexpected(stage_of_it.error());
        stages_[i] = *stage_of_it;
        return {};
    });
    if (!staged) take_back_uids();
    if (staged) flushed_ = std::async([this] { return flush(); });
    return staged;
}

Result<EnrollmentBatch::Enrolled> EnrollmentBatch::commit(
    const std::function<Result<void>()>& before_commit) {
    auto done = flushed_.get();
    if (done) done = before_commit();
    if (done) done = commit_all();
    if (done) done = enroll_singly();
    if (!done) take_back_uids();
    if (!done) return std::unexpected(std::move(done.error()));
    return Enrolled{passed_over(), unconfirmed_};
}

Result<EnrollmentBatch::Stage> EnrollmentBatch::stage(const Entry& entry, std::size_t index) const {
    if (is_there(folder_, credential_file_name(entry.name))) return Stage::passed_over;
    if (is_there(folder_, state_file_name(entry.name))) return Stage::singly;
    State none = *entry.state;
    none.enrolled = false;
    const auto state = StateFile::new_content(entry.name, std::move(none), context_->ring);
    if (!state) return std::unexpected(state.error());
    const auto credential = sealed_content(*entry.credential, entry.name, *context_);
    if (!credential) return std::unexpected(credential.error());
    auto written = write_new(staging_.fd(), staged_state(index), *state);
    if (written) written = write_new(staging_.fd(), staged_credential(index), *credential);
    if (written) written = note_uid(entry, UidIndex::Flush::by_the_caller);
    if (!written) return std::unexpected(written.error());
    return Stage::staged;
}

Result<void> EnrollmentBatch::note_uid(const Entry& entry, UidIndex::Flush flush) const {
    const Credential& credential = *entry.credential;
    if (uids_ == nullptr || !credential.uid) return {};
    return uids_->add(*credential.uid, credential.account, flush);
}

// After a failure. Of somebody who was enrolled all the same, by whomever, it stays.
void EnrollmentBatch::take_back_uids() const {
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        const Credential& credential = *entries_[i].credential;
        if (uids_ == nullptr || !credential.uid || stages_[i] != Stage::staged) continue;
        if (is_there(folder_, credential_file_name(entries_[i].name))) continue;
        static_cast<void>(uids_->remove(*credential.uid, credential.account));
    }
}

Result<void> EnrollmentBatch::flush() const {
    if (::syncfs(folder_) != 0) return fail_errno("syncfs", errno);
    return {};
}

Result<void> EnrollmentBatch::commit_all() {
    auto done = commit_states();
    if (done) done = commit_credentials();
    if (done) mark_enrolled();
    return done;
}

Result<void> EnrollmentBatch::commit_states() {
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        if (stages_[i] != Stage::staged) continue;
        const auto moved =
            move_in(staging_.fd(), staged_state(i), folder_, state_file_name(entries_[i].name));
        if (!moved && moved.error().code != Errc::exists) return moved;
        if (!moved) stages_[i] = Stage::singly;  // somebody made one meanwhile, and may hold its lock
    }
    return fsync_directory(folder_);
}

Result<void> EnrollmentBatch::commit_credentials() {
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        if (stages_[i] != Stage::staged) continue;
        const auto moved =
            move_in(staging_.fd(), staged_credential(i), folder_, credential_file_name(entries_[i].name));
        if (!moved && moved.error().code != Errc::exists) return moved;
        stages_[i] = moved ? Stage::committed : Stage::passed_over;
    }
    unconfirmed_ = confirmed(folder_) == Placed::unconfirmed;
    return {};
}

// An unconfirmed rename gets no mark, for the reason that FileTransaction::write_credential gives.
void EnrollmentBatch::mark_enrolled() {
    if (unconfirmed_) return;
    const auto marked = in_parallel(entries_.size(), [&](std::size_t i) -> Result<void> {
        if (stages_[i] != Stage::committed) return {};
        return mark_enrolled(entries_[i]);
    });
    unconfirmed_ = !marked;
}

Result<void> EnrollmentBatch::mark_enrolled(const Entry& entry) const {
    RecordFiles files(folder_, entry.name, *context_);
    if (const auto opened = files.open_state(O_RDWR); !opened) return opened;
    if (!files.lock()) return {};  // a login is at work already, and writes the mark
    auto state = files.load_state();
    if (!state) return std::unexpected(state.error());
    if (state->enrolled) return {};
    state->enrolled = true;
    const auto marked = files.write_state(*state, Durability::later);
    if (!marked) return std::unexpected(marked.error());
    return {};
}

Result<void> EnrollmentBatch::enroll_singly() {
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        if (stages_[i] != Stage::singly) continue;
        const auto outcome = enroll_one(entries_[i]);
        if (!outcome) return std::unexpected(outcome.error());
        stages_[i] = *outcome;
    }
    return {};
}

Result<EnrollmentBatch::Stage> EnrollmentBatch::enroll_one(const Entry& entry) {
    RecordFiles files(folder_, entry.name, *context_);
    if (const auto opened = files.open_state(O_RDWR); !opened) return std::unexpected(opened.error());
    if (const auto locked = files.lock(); !locked) return std::unexpected(locked.error());
    const auto account = files.load(RecordFiles::LostCredential::is_told);
    if (!account) return std::unexpected(account.error());
    if (account->credential || account->lost_credential) return Stage::passed_over;
    if (const auto noted = note_uid(entry, UidIndex::Flush::now); !noted)
        return std::unexpected(noted.error());
    const auto placed = files.write_credential(*entry.credential);
    if (!placed) return std::unexpected(placed.error());
    if (*placed == Placed::unconfirmed) {
        unconfirmed_ = true;
        return Stage::committed;
    }
    // The failures and last steps that are there outlive the enrollment; only what the new one brings is new.
    State next = account->state;
    next.enrolled = true;
    next.enrollment_forced = false;
    next.recovery = entry.state->recovery;
    next.registration = entry.state->registration;
    next.temporary = entry.state->temporary;
    next.restore = entry.state->restore;
    next.notice = entry.state->notice;
    next.clients = entry.state->clients;
    if (!files.write_state(next, Durability::now)) unconfirmed_ = true;
    return Stage::committed;
}

std::vector<std::size_t> EnrollmentBatch::passed_over() const {
    std::vector<std::size_t> indices;
    for (std::size_t i = 0; i < stages_.size(); ++i) {
        if (stages_[i] == Stage::passed_over) indices.push_back(i);
    }
    return indices;
}

}  // namespace secondstep
