#include "store/enrolling.h"

#include <unistd.h>

#include <utility>

#include "store/enrollment_batch.h"

namespace secondstep {

Enrolling::Batch::Batch(std::unique_ptr<EnrollmentBatch> files) : files_(std::move(files)) {}
Enrolling::Batch::Batch(Batch&&) noexcept = default;
Enrolling::Batch& Enrolling::Batch::operator=(Batch&&) noexcept = default;
Enrolling::Batch::~Batch() = default;

Enrolling::Enrolling(std::unique_ptr<StagingFolder> staging, int folder, const StoreContext& context,
                     const UidIndex& uids)
    : staging_(std::move(staging)),
      folder_(folder),
      randomness_(context.randomness),
      context_{context.ring, context.clock, randomness_, context.window, context.owner},
      uids_(uids) {}

Enrolling::~Enrolling() = default;

Result<std::unique_ptr<Enrolling>> Enrolling::begin(UniqueFd staging, int folder, const StoreContext& context,
                                                    const UidIndex& uids) {
    auto locked = StagingFolder::lock(std::move(staging));
    if (!locked) return std::unexpected(std::move(locked.error()));
    return std::unique_ptr<Enrolling>(new Enrolling(std::move(*locked), folder, context, uids));
}

Result<Enrolling::Batch> Enrolling::stage(const std::vector<NewAccount>& accounts) {
    std::vector<EnrollmentBatch::Entry> entries;
    entries.reserve(accounts.size());
    for (const NewAccount& a : accounts)
        entries.push_back({RecordName::of(a.credential.account), &a.credential, &a.state});
    auto batch = std::make_unique<EnrollmentBatch>(*staging_, folder_, context_, &uids_, std::move(entries));
    if (auto staged = batch->stage(); !staged) return std::unexpected(std::move(staged.error()));
    return Batch(std::move(batch));
}

Result<Enrolled> Enrolling::commit(Batch batch, const std::function<Result<void>()>& before_commit) {
    const auto enrolled = batch.files_->commit(before_commit);
    if (!enrolled) return std::unexpected(enrolled.error());
    Enrolled outcome{.passed_over = {}, .unconfirmed = enrolled->unconfirmed};
    for (const std::size_t i : enrolled->passed_over)
        outcome.passed_over.push_back(batch.files_->entries()[i].credential->account);
    return outcome;
}

Placed Enrolling::confirm() const {
    return ::syncfs(folder_) == 0 ? Placed::durably : Placed::unconfirmed;
}

}  // namespace secondstep
