#pragma once

#include <string>

#include "base/error.h"

namespace secondstep {

// A store that nobody has used yet: packages and images leave it without a host key and without anything that is
// sealed with one, because these belong to one machine and images are cloned. The first enrollment, or the first
// start of the service, makes both (HostKeyFile::make(), FileStore::create_layout()).
//
// It says so itself, by a file in it: a store whose files or whose key were lost must never look like it.

// As the store's owner, for a directory that holds no accounts. Safe to repeat. Errors: untrusted, io.
[[nodiscard]] Result<void> mark_unused(const std::string& store);

// False also when it says so but has the folder of accounts and no key: then a key was lost. Any caller who may look into
// the store. Errors: not_allowed, io (never "unused").
[[nodiscard]] Result<bool> is_unused(const std::string& store, const std::string& host_key);

// The mark is taken away when everything is made. Errors: io.
[[nodiscard]] Result<void> end_first_use(int store);

}  // namespace secondstep
