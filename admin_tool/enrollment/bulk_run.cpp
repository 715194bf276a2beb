#include "enrollment/bulk_run.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "people/audit.h"

namespace secondstep::tool {

namespace {

// One flush per batch: large enough that it costs little, small enough that Ctrl-C is answered at once.
constexpr std::size_t batch_size = 1000;
constexpr std::size_t max_listed_bad_lines = 1000;
constexpr std::size_t max_told_bad_lines = 20;

bool is_regular(int fd) {
    struct stat info{};
    return ::fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
}

// Lines of a file, read with pread so that its position stays; 0 when it is no file.
std::uint64_t lines_of(int fd) {
    if (!is_regular(fd)) return 0;
    std::array<char, 65536> buffer{};
    std::uint64_t lines = 0;
    off_t offset = 0;
    for (;;) {
        const ssize_t n = ::pread(fd, buffer.data(), buffer.size(), offset);
        if (n <= 0) return lines;
        lines += static_cast<std::uint64_t>(std::count(buffer.begin(), buffer.begin() + n, '\n'));
        offset += n;
    }
}

bool is_header(const CsvReader::Record& record) {
    return record.line == 1 && trimmed(record.fields.front()) == "user";
}

std::string field(const CsvReader::Record& record, std::size_t index) {
    return index < record.fields.size() ? std::string(trimmed(record.fields[index])) : std::string();
}

}  // namespace

BulkRun::BulkRun(StoreSession& session, const EnrollRequest& request, int input, int output,
                 const SharedFlag& torn)
    : session_(session),
      request_(request),
      output_(output),
      torn_(torn),
      seekable_(is_regular(input)),
      reader_(input),
      people_(request.portal_user ? PeopleIndex::Unlisted::absent : PeopleIndex::Unlisted::asked),
      progress_(err(), lines_of(input)),
      draft_(session, request) {}

// Of a batch that failed half way some may be enrolled: the output keeps their lines, and only those.
Exit BulkRun::stopped(const Error& error) const {
    return complain("stopped; what the output holds is enrolled, and the same command goes on", error);
}

Exit BulkRun::run() {
    // From a pipe a line may never come: Ctrl-C must end that wait, and between two batches it harms nothing.
    std::optional<SignalsHeld> till_the_end_of_a_batch;
    if (seekable_) till_the_end_of_a_batch.emplace();
    while (!SignalsHeld::one_is_waiting()) {
        const auto record = reader_.next();
        if (!record) break;
        take(*record);
        progress_.update(++records_);
        if (!batch_is_full()) continue;
        if (const auto enrolled = enroll_newcomers(); !enrolled) return stopped(enrolled.error());
    }
    const bool finished = !SignalsHeld::one_is_waiting();
    auto enrolled = enroll_newcomers();
    if (enrolled) enrolled = settle();
    if (!enrolled) return stopped(enrolled.error());
    confirm();
    progress_.clear();
    return report(finished);
}

bool BulkRun::batch_is_full() const {
    return newcomers_.size() + bad_newcomers_.size() >= batch_size;
}

void BulkRun::take(const CsvReader::Record& record) {
    if (is_header(record)) return;
    if (!record.problem.empty()) return bad_newcomers_.push_back({record.line, record.problem});
    if (const auto added = add(record); !added) bad_newcomers_.push_back({record.line, added.error().detail});
}

Result<void> BulkRun::add(const CsvReader::Record& record) {
    if (record.fields.size() > 3) return fail(Errc::invalid, "more than three fields (user,issuer?,name?)");
    auto account = AccountName::create(trimmed(record.fields.front()));
    if (!account) return std::unexpected(account.error());
    std::string name = account->text();
    const auto uid = uid_of(name);
    if (!uid) return std::unexpected(uid.error());
    account = AccountName::create(name);
    if (!account) return std::unexpected(account.error());
    if (seen_.insert(std::move(name)).second) {
        newcomers_.push_back({record.line, std::move(*account), *uid, field(record, 1), field(record, 2)});
    } else {
        ++passed_over_;
    }
    return {};
}

// `name` becomes the canonical one.
Result<std::optional<uid_t>> BulkRun::uid_of(std::string& name) {
    const auto entry = people_.find(name);
    if (!entry) return std::unexpected(entry.error());
    if (!*entry && !request_.portal_user) {
        ++nobodies_;
        return fail(Errc::not_found, "this machine has no such user");
    }
    if (!*entry) return std::optional<uid_t>();
    name = (*entry)->name;
    return std::optional<uid_t>((*entry)->uid);
}

// Those that were read since the last time. Errors: of the batch before them, too.
Result<void> BulkRun::enroll_newcomers() {
    std::optional<SignalsHeld> held;
    if (!seekable_) held.emplace();
    auto batch = draft_.make(newcomers_);
    newcomers_.clear();
    if (!batch) return std::unexpected(batch.error());
    passed_over_ += batch->passed_over;
    std::vector<BadLine> bad = std::exchange(bad_newcomers_, {});
    bad.insert(bad.end(), batch->bad.begin(), batch->bad.end());
    tell_bad_lines(std::move(bad));
    if (!batch->accounts.empty()) {
        if (auto begun = commit(std::move(*batch)); !begun) return begun;
    }
    if (seekable_) return {};
    // What is read next may let others wait.
    auto settled = settle();
    confirm();
    enrolling_.reset();
    return settled;
}

// Begins to; what it still has to wait for, and what keeps it from that, settle() tells.
Result<void> BulkRun::commit(BulkBatch batch) {
    if (!enrolling_) {
        auto begun = session_.store->begin_enrolling();
        if (!begun) return std::unexpected(begun.error());
        enrolling_ = std::move(*begun);
    }
    auto staged = enrolling_->stage(batch.accounts);
    if (auto settled = settle(); !settled) return settled;
    if (!staged) return std::unexpected(staged.error());
    committing_ = std::move(batch);
    torn_.set();
    committed_ = std::async([this, ready = std::move(*staged)]() mutable { return write(std::move(ready)); });
    return {};
}

Result<Enrolled> BulkRun::write(Enrolling::Batch staged) const {
    return enrolling_->commit(std::move(staged), [this]() -> Result<void> {
        if (::lseek(output_, 0, SEEK_END) < 0) return fail_errno("the output file", errno);
        return write_durable_text(output_, committing_.lines.text(), "the output file");
    });
}

// Waits for the batch that is being committed.
Result<void> BulkRun::settle() {
    if (!committed_.valid()) return {};
    const auto left_out = committed_.get();
    const std::size_t accounts = std::exchange(committing_, {}).accounts.size();
    if (!left_out) return std::unexpected(left_out.error());
    unconfirmed_ = unconfirmed_ || left_out->unconfirmed;
    // Enrolled by somebody else since they were looked at: their lines are taken out at the end.
    lines_to_take_out_ = lines_to_take_out_ || !left_out->passed_over.empty();
    if (!lines_to_take_out_) torn_.clear();
    passed_over_ += left_out->passed_over.size();
    enrolled_ += accounts - left_out->passed_over.size();
    audit("enroll-bulk", "", "accounts=" + std::to_string(accounts - left_out->passed_over.size()));
    return {};
}

void BulkRun::confirm() {
    if (enrolling_ && enrolling_->confirm() == Placed::unconfirmed) unconfirmed_ = true;
}

void BulkRun::tell_bad_lines(std::vector<BadLine> bad) {
    if (bad.empty()) return;
    progress_.clear();
    std::ranges::sort(bad, {}, &BadLine::line);
    for (const BadLine& one : bad) {
        if (told_bad_lines_ < max_told_bad_lines) {
            ++told_bad_lines_;
            complain(Exit::refused, "line " + std::to_string(one.line) + ": " + one.why);
        }
        if (bad_lines_.size() < max_listed_bad_lines)
            bad_lines_.push_back({{"line", one.line}, {"problem", one.why}});
    }
    bad_ += bad.size();
}

void BulkRun::tell_the_rest_of_bad_lines() const {
    if (bad_ > told_bad_lines_)
        complain(Exit::refused, "... and " + std::to_string(bad_ - told_bad_lines_) +
                                    " more bad lines (--json lists " + std::to_string(max_listed_bad_lines) +
                                    ")");
    if (nobodies_ > 0)
        complain(Exit::refused,
                 std::to_string(nobodies_) + (nobodies_ == 1 ? " line names nobody" : " lines name nobody") +
                     " of this machine: for the users of a portal, who have no account here, add "
                     "--portal-user");
}

Exit BulkRun::report(bool finished) {
    tell_the_rest_of_bad_lines();
    if (reader_.failed())
        return complain(Exit::unavailable, "the list of users could not be read to its end");
    if (request_.json) {
        out().verbatim(dump({{"changed", enrolled_ > 0},
                             {"finished", finished},
                             {"enrolled", enrolled_},
                             {"passed_over", passed_over_},
                             {"bad", bad_},
                             {"bad_lines", bad_lines_}}));
    } else {
        out().line(std::to_string(enrolled_) + " enrolled, " + std::to_string(passed_over_) +
                   " passed over because they are enrolled already, " + std::to_string(bad_) + " bad lines.");
    }
    if (unconfirmed_) warn_unconfirmed("enroll --bulk", "what is in the output counts");
    if (!finished) complain(Exit::refused, "stopped: the same command goes on where this one ended");
    return finished && bad_ == 0 ? Exit::done : Exit::refused;
}

}  // namespace secondstep::tool
