#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "account/account_name.h"
#include "account/state.h"
#include "base/error.h"
#include "base/randomness.h"
#include "base/secret.h"

namespace secondstep {

// The host's keys, newest first: the first seals, all open. File format: etc/FORMATS.md.
class Keyring {
  public:
    struct Key {
        Key(const KeyId& its_id, Secret its_key);
        KeyId id;
        Secret key;  // 32 bytes
        // HKDF-SHA256(key, `purpose`): 32 bytes for that purpose alone. Errors: crypto.
        [[nodiscard]] Result<Secret> derive(std::string_view purpose) const;

      private:
        // What HKDF makes of the key whatever the purpose is. Empty: it could not be made yet.
        Secret extracted_;
    };
    [[nodiscard]] static Keyring generate(Randomness& randomness);
    [[nodiscard]] static Result<Keyring> parse(const Secret& file_content);  // damaged, unsupported
    [[nodiscard]] Secret encode() const;

    [[nodiscard]] const Key& newest() const { return keys_.front(); }
    [[nodiscard]] const Key* find(const KeyId& id) const;

    // HKDF(key, "state" | NAME): the key of a record's state slots. Errors: crypto.
    [[nodiscard]] static Result<Secret> state_mac_key(const Key& key, const RecordName& name);
    // HKDF(newest key, "decoy"): chooses which of the 256 decoys stands in for a name.
    [[nodiscard]] Result<std::uint8_t> decoy_number(std::string_view account) const;

  private:
    explicit Keyring(std::vector<Key> keys) : keys_(std::move(keys)) {}
    std::vector<Key> keys_;
};

}  // namespace secondstep
