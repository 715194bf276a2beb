#pragma once

#include <sys/types.h>

#include <optional>
#include <vector>

#include "account/account_name.h"
#include "base/error.h"
#include "store/store_directories.h"

namespace secondstep {

// Under which names a uid was enrolled: uids/UID/NAME, empty files. So somebody whose account was renamed is
// found by their uid. A hint: what it names is believed only when that record's credential says the uid.
// Written before a credential commits, so that a kill leaves a name too many and never one too few. No lock:
// each name is a file of its own, adding and taking out can be repeated, and nobody's name is lost by two at
// once. `directories` outlives it. Thread-safe.
class UidIndex {
  public:
    explicit UidIndex(const StoreDirectories& directories) : directories_(directories) {}

    // In no order. nullopt: no uid is meant, and only the system calls of a uid without names are made. An
    // index that is not there (of an older store) has no names. Errors: untrusted, io.
    [[nodiscard]] Result<std::vector<AccountName>> names_of(std::optional<uid_t> uid) const;
    // Whether the name stands there. Errors: untrusted, io.
    [[nodiscard]] Result<bool> has(uid_t uid, const AccountName& account) const;

    enum class Flush { now, by_the_caller };  // the caller flushes the whole file system afterwards
    // Makes the index of an older store. Errors: untrusted, io.
    [[nodiscard]] Result<void> add(uid_t uid, const AccountName& account, Flush flush) const;
    // Nothing to do when it is not there. Not flushed: a name too many is no harm.
    [[nodiscard]] Result<void> remove(uid_t uid, const AccountName& account) const;

  private:
    [[nodiscard]] Result<bool> add_once(int index, const std::string& of_uid, const std::string& name,
                                        Flush flush) const;
    const StoreDirectories& directories_;
};

}  // namespace secondstep
