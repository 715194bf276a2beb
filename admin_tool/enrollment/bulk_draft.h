#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "access/store_session.h"
#include "enrollment/enroll_request.h"
#include "store/randomness_stock.h"

namespace secondstep::tool {

// Somebody of the list of enroll --bulk, before the store was asked about them.
struct Newcomer {
    std::size_t line = 0;
    AccountName account;
    std::optional<uid_t> uid;
    std::string issuer;  // of their line; empty: it names none
    std::string device;  // likewise
};

struct BadLine {
    std::size_t line = 0;
    std::string why;
};

// What is to be enrolled at once.
struct BulkBatch {
    std::vector<NewAccount> accounts;
    Secret lines;  // of the output: these accounts'
    std::uint64_t passed_over = 0;
    std::vector<BadLine> bad;
};

// Makes the second steps of newcomers, of many by several threads at once.
class BulkDraft {
  public:
    BulkDraft(const StoreSession& session, const EnrollRequest& request);

    // In the order of `newcomers`. Errors: io (no memory).
    [[nodiscard]] Result<BulkBatch> make(const std::vector<Newcomer>& newcomers);

  private:
    struct Drafted {
        std::optional<NewAccount> account;
        Secret line;
        std::optional<Error> problem;
    };
    // Neither account nor problem: who has a second step is passed over.
    [[nodiscard]] Result<Drafted> draft_of(const Newcomer& newcomer);
    [[nodiscard]] Result<Drafted> draft_of(const Newcomer& newcomer, const Account& before);
    [[nodiscard]] dialogue::EnrollmentOptions options_for(const Newcomer& newcomer,
                                                          const Account& before) const;

    const StoreSession& session_;
    const EnrollRequest& request_;
    RandomnessStock randomness_;
    std::string issuer_;
    std::string administrator_;
};

}  // namespace secondstep::tool
