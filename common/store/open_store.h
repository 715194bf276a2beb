#pragma once

#include <expected>
#include <memory>
#include <string>

#include "account/seal.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/randomness.h"
#include "store/account_store.h"
#include "store/file_store.h"

namespace secondstep {

// Which store is meant, and what it is sealed with. The one place where it is decided what keeps the accounts.
struct StoreOrder {
    std::string host_key;  // a path
    FileStore::Options files;
    // What to make of a store that nobody has used yet (first_use.h), and that has no key.
    enum class Unused {
        is_an_error,
        is_empty,  // its keyring is a stand-in, and nothing can be written
    };
    Unused unused = Unused::is_an_error;
};

struct OpenedStore {
    std::shared_ptr<const AccountStore> accounts;
    // The same where files keep the accounts, for what only files have: layout, renaming, batches, machine.
    std::shared_ptr<const FileStore> files;
    std::shared_ptr<const Keyring> keyring;
};

struct NotOpened {
    enum class Part {
        host_key,
        unused,  // nobody has used the store yet: its key is made with the first enrollment
        store,
    };
    Part part;
    Error error;
};

// Errors: as load_keyring and FileStore::open. Their details name the file.
[[nodiscard]] std::expected<OpenedStore, NotOpened> open_store(StoreOrder order, const Clock& clock,
                                                               Randomness& randomness);

}  // namespace secondstep
