#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "access/store_session.h"
#include "console/exit_status.h"
#include "console/json_text.h"
#include "console/progress.h"
#include "enrollment/enroll_request.h"
#include "files/csv.h"
#include "people/people_index.h"

namespace secondstep::tool {

// The store's side of enroll --bulk: reads the users, appends to the output, enrolls, batch by batch.
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
    Result<void> draft(const AccountName& account, std::optional<uid_t> uid, const CsvReader::Record& record,
                       const Account& before);
    [[nodiscard]] dialogue::EnrollmentOptions options_for(const AccountName& account,
                                                          const CsvReader::Record& record,
                                                          const Account& before) const;
    Result<void> commit();
    void bad_line(std::size_t line, const std::string& why);
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
    std::string issuer_;
    std::string administrator_;

    std::vector<FileStore::NewAccount> batch_;
    Secret lines_;
    std::unordered_set<std::string> seen_;  // in this run
    bool lines_to_take_out_ = false;
    bool unconfirmed_ = false;  // see WriteOutcome
    std::uint64_t records_ = 0;
    std::uint64_t enrolled_ = 0;
    std::uint64_t passed_over_ = 0;
    std::uint64_t bad_ = 0;
    Json bad_lines_ = Json::array();
};

}  // namespace secondstep::tool
