#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "account/credential.h"
#include "account/state.h"
#include "base/clock.h"
#include "base/randomness.h"
#include "store/file_store.h"
#include "support/temporary_directory.h"

namespace secondstep::testing {

[[nodiscard]] bool is_root();
[[nodiscard]] std::string own_name();  // in passwd, of the test's uid

// A configuration, a host key and a store in a directory of their own.
class Installation {
  public:
    // Whom host key and store belong to: the account that a service started by the test will run as (nobody
    // when the test is root, else whoever runs it), or the test itself.
    enum class Owner { service, test };
    explicit Installation(const std::string& more_configuration = "", Owner owner = Owner::service);

    [[nodiscard]] std::string socket() const { return directory_.file("s.sock"); }
    [[nodiscard]] std::string config() const { return directory_.file("secondstep.conf"); }
    [[nodiscard]] std::string file(const std::string& name) const { return directory_.file(name); }
    [[nodiscard]] std::string configuration() const;
    void write_config(const std::string& text) const;

    struct Enrolled {
        Secret key;
        std::vector<Secret> recovery_codes;
    };
    // Enrolls anew, whatever was there. `recovery_codes`: 0 or 3 to 16; each costs one scrypt.
    Enrolled enroll(const std::string& name, std::optional<uid_t> uid, unsigned recovery_codes = 0);
    Enrolled enroll_self(unsigned recovery_codes = 0);
    // The account's recovery codes are these scratch codes, all unused, from now on.
    void bring_scratch_codes(const std::string& name, const std::vector<Secret>& codes);

    // The same with codes that are sent by mail, and without recovery codes.
    void enroll_address(const std::string& name, std::optional<uid_t> uid, const std::string& address);

    [[nodiscard]] Account account(const std::string& name) const;
    [[nodiscard]] const FileStore& store() const { return *store_; }

  private:
    class AsOwner;
    void write(const Credential& credential);
    TemporaryDirectory directory_;
    std::string more_configuration_;
    Owner owner_;
    SystemClock clock_;
    SystemRandomness randomness_;
    std::unique_ptr<FileStore> store_;
};

// The code an app would show now (or `steps` later).
[[nodiscard]] std::string code_of(const Secret& key, int steps = 0);
[[nodiscard]] std::string wrong_code(const Secret& key);

}  // namespace secondstep::testing
