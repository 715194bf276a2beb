#include "enrollment/bulk_run.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "access/earlier_record.h"
#include "account/devices.h"
#include "base/host_name.h"
#include "base/text.h"
#include "enrollment/bulk_output.h"
#include "enrollment/label.h"
#include "people/audit.h"
#include "people/invoker.h"

namespace secondstep::tool {

namespace {

// One flush per batch: large enough that it costs little, small enough that Ctrl-C is answered at once.
constexpr std::size_t batch_size = 1000;
constexpr std::size_t max_listed_bad_lines = 1000;

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
      issuer_(request.issuer.value_or(session.config.issuer)),
      administrator_(administrator()) {
    if (issuer_.empty()) issuer_ = host_name();
}

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
        if (batch_.size() < batch_size) continue;
        if (const auto committed = commit(); !committed) return stopped(committed.error());
    }
    const bool finished = !SignalsHeld::one_is_waiting();
    if (const auto committed = commit(); !committed) return stopped(committed.error());
    progress_.clear();
    return report(finished);
}

void BulkRun::take(const CsvReader::Record& record) {
    if (is_header(record)) return;
    if (!record.problem.empty()) return bad_line(record.line, record.problem);
    if (const auto added = add(record); !added) bad_line(record.line, added.error().detail);
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
    const auto before = session_.store->read(RecordName::of(*account));
    if (!before) return std::unexpected(before.error());
    if (before->credential || !seen_.insert(name).second) {
        ++passed_over_;
        return {};
    }
    if (auto earlier = refuse_earlier_record(*session_.store, *account, *uid); !earlier) return earlier;
    return draft(*account, *uid, record, *before);
}

// `name` becomes the canonical one.
Result<std::optional<uid_t>> BulkRun::uid_of(std::string& name) {
    const auto entry = people_.find(name);
    if (!entry) return std::unexpected(entry.error());
    if (!*entry && !request_.portal_user) return fail(Errc::not_found, "this machine has no such user");
    if (!*entry) return std::optional<uid_t>();
    name = (*entry)->name;
    return std::optional<uid_t>((*entry)->uid);
}

dialogue::EnrollmentOptions BulkRun::options_for(const AccountName& account, const CsvReader::Record& record,
                                                 const Account& before) const {
    dialogue::EnrollmentOptions options = request_.draft_options();
    const unsigned number = dialogue::label_number(before, dialogue::Former::logged_in_only);
    const std::string suffix = number > 1 ? "-" + std::to_string(number) : "";
    const std::string issuer = field(record, 1);
    const std::string name = field(record, 2);
    options.issuer = issuer.empty() ? issuer_ : issuer;
    options.device_name = name.empty() ? request_.name.value_or("phone" + suffix) : name;
    options.label_account = account.text() + suffix;
    return options;
}

Result<void> BulkRun::draft(const AccountName& account, std::optional<uid_t> uid,
                            const CsvReader::Record& record, const Account& before) {
    const auto options = options_for(account, record, before);
    if (!is_device_name(options.device_name)) {
        return fail(Errc::invalid, std::string(device_name_rule));
    }
    const auto enrollment = dialogue::Enrollment::draft(options, session_.randomness);
    const auto uri = enrollment.uri();
    if (!uri) return std::unexpected(uri.error());
    auto recovery = dialogue::make_recovery_set(session_.config.recovery_codes,
                                                otp::RecoveryCodeForm::long_code, session_.randomness);
    if (!recovery) return std::unexpected(recovery.error());
    Credential credential{account, uid, session_.clock.now(), request_.method, {}, std::move(recovery->set)};
    credential.authenticators.push_back(enrollment.authenticator().clone());
    append_bulk_line(lines_, account, *uri, recovery->codes, enrollment.authenticator().id);
    State state =
        state_after_enrollment(before.state, credential,
                               dialogue::notice_of(Change::enrolled, credential.enrolled_at, administrator_));
    batch_.push_back({std::move(credential), std::move(state)});
    return {};
}

Result<void> BulkRun::commit() {
    if (batch_.empty()) return {};
    std::optional<SignalsHeld> held;
    if (!seekable_) held.emplace();
    torn_.set();
    const auto left_out = session_.store->enroll_batch(batch_, [this]() -> Result<void> {
        if (::lseek(output_, 0, SEEK_END) < 0) return fail_errno("the output file", errno);
        return write_durable_text(output_, lines_.text(), "the output file");
    });
    lines_.wipe();
    if (!left_out) return std::unexpected(left_out.error());
    unconfirmed_ = unconfirmed_ || left_out->unconfirmed;
    // Enrolled by somebody else since they were looked at: their lines are taken out at the end.
    lines_to_take_out_ = lines_to_take_out_ || !left_out->passed_over.empty();
    if (!lines_to_take_out_) torn_.clear();
    passed_over_ += left_out->passed_over.size();
    enrolled_ += batch_.size() - left_out->passed_over.size();
    audit("enroll-bulk", "", "accounts=" + std::to_string(batch_.size() - left_out->passed_over.size()));
    batch_.clear();
    return {};
}

void BulkRun::bad_line(std::size_t line, const std::string& why) {
    progress_.clear();
    complain(Exit::refused, "line " + std::to_string(line) + ": " + why);
    ++bad_;
    if (bad_lines_.size() < max_listed_bad_lines) bad_lines_.push_back({{"line", line}, {"problem", why}});
}

Exit BulkRun::report(bool finished) {
    if (reader_.failed())
        return complain(Exit::unavailable, "the list of users could not be read to its end");
    if (request_.json) {
        out().line(dump({{"changed", enrolled_ > 0},
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
