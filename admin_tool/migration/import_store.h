#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "access/store_session.h"
#include "account/credential.h"
#include "migration/import_options.h"

namespace secondstep::tool {

// What an import makes of one account's record, inside the child that may use the store. Without --add and
// --replace it enrolls only where nobody is enrolled, so it can be repeated, and what somebody has set up
// meanwhile stays.
class ImportStore {
  public:
    ImportStore(StoreSession& session, const ImportOptions& options) : session_(session), options_(options) {}

    enum class Step : std::uint8_t { none, enroll, add, replace };
    // What there is to do so that `present` has all that `wanted` has. Errors: exists, invalid, too_large
    // (what has to be said to whoever asked for it).
    [[nodiscard]] Result<Step> step_for(const Account& present, const Credential& wanted) const;

    // The owner is told of what was added or replaced. Errors: as change(), and those of step_for() when
    // somebody else was faster.
    [[nodiscard]] Result<void> carry_out(Step step, const Credential& wanted);
    // Counters that the other system has moved on since they were imported, as long as it was still in use: a
    // code used there must not be accepted here. (Of timed codes none lives long enough.) The next counter of each
    // device that was moved on, or would be. Errors: as change(); invalid (further ahead than the device can be
    // resynchronised back from, and not --replace: no code that it shows would be accepted any more).
    [[nodiscard]] Result<std::vector<std::uint64_t>> catch_up(const Account& present,
                                                              const Credential& wanted);

  private:
    [[nodiscard]] Rewrite rewrite(Step step, const Account& present, const Credential& wanted) const;
    void note(Step step, const Credential& wanted, Kept kept) const;
    void note_counters(const Credential& wanted, const std::vector<std::uint64_t>& next, Kept kept) const;

    StoreSession& session_;
    const ImportOptions& options_;
};

// `name`, or the first of "NAME-2", "NAME-3" ... that no device of `credential` has.
[[nodiscard]] std::string free_name(const Credential& credential, const std::string& name);

}  // namespace secondstep::tool
