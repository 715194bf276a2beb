#pragma once

#include <cstdint>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "access/store_session.h"
#include "console/exit_status.h"
#include "console/json_text.h"
#include "console/progress.h"
#include "enrollment/bulk_draft.h"
#include "enrollment/enroll_request.h"
#include "files/csv.h"
#include "people/people_index.h"

namespace secondstep::tool {

// The store's side of enroll --bulk: reads the users, appends to the output, enrolls, batch by batch. While one
// batch is on its way to the disk the next one is read and made.
class BulkRun {
  public:
    // `torn` is set while lines may stand in the output whose accounts were not committed.
    BulkRun(StoreSession& session, const EnrollRequest& request, int input, int output,
            const SharedFlag& torn);

    Exit run();

  private:
    void take(const CsvReader::Record& record);
    Result<void> add(const CsvReader::Record& record);
    [[nodiscard]] Result<std::optional<uid_t>> uid_of(std::string& name);
    [[nodiscard]] bool batch_is_full() const;
    Result<void> enroll_newcomers();
    Result<void> commit(BulkBatch batch);
    [[nodiscard]] Result<Enrolled> write(Enrolling::Batch staged) const;
    Result<void> settle();
    void confirm();
    void tell_bad_lines(std::vector<BadLine> bad);
    void tell_the_rest_of_bad_lines() const;
    [[nodiscard]] Exit report(bool finished);
    [[nodiscard]] Exit stopped(const Error& error) const;

    StoreSession& session_;
    const EnrollRequest& request_;
    int output_;
    const SharedFlag& torn_;
    bool seekable_;
    CsvReader reader_;
    PeopleIndex people_;
    Progress progress_;
    BulkDraft draft_;

    std::vector<Newcomer> newcomers_;
    std::vector<BadLine> bad_newcomers_;
    std::unordered_set<std::string> seen_;  // in this run
    bool lines_to_take_out_ = false;
    bool unconfirmed_ = false;  // see WriteOutcome
    std::uint64_t records_ = 0;
    std::uint64_t enrolled_ = 0;
    std::uint64_t passed_over_ = 0;
    std::uint64_t bad_ = 0;
    std::uint64_t told_bad_lines_ = 0;
    std::uint64_t nobodies_ = 0;  // bad lines whose user the machine does not know
    Json bad_lines_ = Json::array();

    std::unique_ptr<Enrolling> enrolling_;
    BulkBatch committing_;
    std::future<Result<Enrolled>> committed_;  // last: what it works on outlives its thread
};

}  // namespace secondstep::tool
