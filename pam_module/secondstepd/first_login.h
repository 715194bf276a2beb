#pragma once

#include "base/error.h"
#include "base/randomness.h"
#include "policy/config.h"
#include "store/file_store.h"

namespace secondstep::service {

// What a service that is started by root needs of a store that nobody has used yet (store/first_use.h), in two halves: the
// host key, in a directory that is root's, before the privileges are gone; and what is sealed with it afterwards. Under
// systemd the service never is root: secondstep-host-key.service does it first.
class FirstLogin {
  public:
    // As root; anybody else makes nothing. Errors: as is_unused() and HostKeyFile::make().
    [[nodiscard]] static Result<FirstLogin> prepare(const Config& config, Randomness& randomness);
    // Errors: as FileStore::create_layout().
    [[nodiscard]] Result<void> finish(const FileStore& store) const;

  private:
    explicit FirstLogin(bool is_first) : is_first_(is_first) {}
    bool is_first_;
};

}  // namespace secondstep::service
