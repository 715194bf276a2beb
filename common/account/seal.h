#pragma once

#include <string_view>
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
        KeyId id;
        Secret key;  // 32 bytes
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

inline constexpr std::size_t max_sealed_size = 131072;       // of anything
inline constexpr std::size_t max_sealed_credential = 16384;  // of a credential, which every login reads

// AES-256-GCM; key = HKDF-SHA256(key of the ring, fresh 128-bit salt, "credential"),
// so a nonce is never used twice with a key; associated data = format, NAME, key id:
// a credential copied to another name does not open.
[[nodiscard]] Result<Bytes> seal(const Secret& plain, const RecordName& name, const Keyring& ring,
                                 Randomness& randomness);
// Of the beginning of a sealed file, without opening it: which key would. Errors: damaged, unsupported.
[[nodiscard]] Result<KeyId> key_id_of_sealed(ByteView beginning);
// Errors: damaged (cut, changed, or of another name), unsupported (newer format), not_found (a key that is
// not in the ring: restore host.key), crypto.
[[nodiscard]] Result<Secret> unseal(ByteView sealed, const RecordName& name, const Keyring& ring);

}  // namespace secondstep
