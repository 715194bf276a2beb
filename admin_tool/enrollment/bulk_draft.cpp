#include "enrollment/bulk_draft.h"

#include "access/earlier_record.h"
#include "account/devices.h"
#include "base/host_name.h"
#include "enrollment/bulk_output.h"
#include "enrollment/label.h"
#include "people/invoker.h"
#include "store/in_parallel.h"

namespace secondstep::tool {

BulkDraft::BulkDraft(const StoreSession& session, const EnrollRequest& request)
    : session_(session),
      request_(request),
      randomness_(session.randomness),
      issuer_(request.issuer.value_or(session.config.issuer)),
      administrator_(administrator()) {
    if (issuer_.empty()) issuer_ = host_name();
}

Result<BulkBatch> BulkDraft::make(const std::vector<Newcomer>& newcomers) {
    std::vector<Drafted> drafts(newcomers.size());
    const auto done = in_parallel(newcomers.size(), [&](std::size_t i) -> Result<void> {
        auto drafted = draft_of(newcomers[i]);
        if (drafted) {
            drafts[i] = std::move(*drafted);
        } else {
            drafts[i].problem = std::move(drafted.error());
        }
        return {};
    });
    if (!done) return std::unexpected(done.error());
    BulkBatch batch;
    for (std::size_t i = 0; i < drafts.size(); ++i) {
        Drafted& drafted = drafts[i];
        if (drafted.problem) batch.bad.push_back({newcomers[i].line, drafted.problem->detail});
        if (!drafted.problem && !drafted.account) ++batch.passed_over;
        if (!drafted.account) continue;
        batch.accounts.push_back(std::move(*drafted.account));
        batch.lines.append(drafted.line.bytes());
    }
    return batch;
}

Result<BulkDraft::Drafted> BulkDraft::draft_of(const Newcomer& newcomer) {
    const auto before = session_.store->read(RecordName::of(newcomer.account));
    if (!before) return std::unexpected(before.error());
    if (before->credential) return Drafted{};
    if (auto earlier = refuse_earlier_record(*session_.store, newcomer.account, newcomer.uid); !earlier)
        return std::unexpected(earlier.error());
    return draft_of(newcomer, *before);
}

dialogue::EnrollmentOptions BulkDraft::options_for(const Newcomer& newcomer, const Account& before) const {
    dialogue::EnrollmentOptions options = request_.draft_options();
    const unsigned number = dialogue::label_number(before, dialogue::Former::logged_in_only);
    const std::string suffix = number > 1 ? "-" + std::to_string(number) : "";
    options.issuer = newcomer.issuer.empty() ? issuer_ : newcomer.issuer;
    options.device_name =
        newcomer.device.empty() ? request_.name.value_or("phone" + suffix) : newcomer.device;
    options.label_account = newcomer.account.text() + suffix;
    return options;
}

Result<BulkDraft::Drafted> BulkDraft::draft_of(const Newcomer& newcomer, const Account& before) {
    const auto options = options_for(newcomer, before);
    if (!is_device_name(options.device_name)) return fail(Errc::invalid, std::string(device_name_rule));
    const auto enrollment = dialogue::Enrollment::draft(options, randomness_);
    const auto uri = enrollment.uri();
    if (!uri) return std::unexpected(uri.error());
    auto recovery = dialogue::make_recovery_set(session_.config.recovery_codes,
                                                otp::RecoveryCodeForm::long_code, randomness_);
    if (!recovery) return std::unexpected(recovery.error());
    Credential credential{newcomer.account, newcomer.uid, session_.clock.now(),
                          request_.method,  {},           std::move(recovery->set)};
    credential.authenticators.push_back(enrollment.authenticator().clone());
    Drafted drafted;
    append_bulk_line(drafted.line, newcomer.account, *uri, recovery->codes, enrollment.authenticator().id);
    State state =
        state_after_enrollment(before.state, credential,
                               dialogue::notice_of(Change::enrolled, credential.enrolled_at, administrator_));
    drafted.account.emplace(std::move(credential), std::move(state));
    return drafted;
}

}  // namespace secondstep::tool
