#include "account/keyring.h"

#include <algorithm>

#include "account/text_record.h"
#include "otp/kdf.h"

namespace secondstep {
namespace {

constexpr std::string_view what = "secondstep-keyring";
constexpr unsigned version = 1;
constexpr std::size_t key_size = 32;
constexpr std::uint64_t most_keys = 16;

}  // namespace

Keyring::Key::Key(const KeyId& its_id, Secret its_key)
    : id(its_id),
      key(std::move(its_key)),
      extracted_(otp::hkdf_extract(key.bytes(), {}).value_or(Secret())) {}

Result<Secret> Keyring::Key::derive(std::string_view purpose) const {
    if (extracted_.empty()) return otp::hkdf_sha256(key.bytes(), {}, as_bytes(purpose), key_size);
    return otp::hkdf_expand(extracted_.bytes(), as_bytes(purpose), key_size);
}

Keyring Keyring::generate(Randomness& randomness) {
    std::vector<Key> keys;
    const KeyId id = randomness.array<8>();
    keys.emplace_back(id, randomness.secret(key_size));
    return Keyring(std::move(keys));
}

Result<Keyring> Keyring::parse(const Secret& file_content) {
    auto opened = TextRecordReader::open(file_content, what, version);
    if (!opened) return std::unexpected(opened.error());
    TextRecordReader& in = *opened;
    const std::uint64_t count = in.number("keys", most_keys);
    Keyring ring{{}};
    for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
        const KeyId id = in.array<8>("id");
        if (ring.find(id) != nullptr) in.refuse();
        ring.keys_.emplace_back(id, in.hex("key", key_size, key_size));
    }
    if (!in.finished() || ring.keys_.empty()) return fail(Errc::damaged, "The host key's text is damaged.");
    return ring;
}

Secret Keyring::encode() const {
    TextRecordWriter out(what, version);
    out.number("keys", keys_.size());
    for (const Key& key : keys_) {
        out.hex("id", key.id);
        out.hex("key", key.key.bytes());
    }
    return std::move(out).finish();
}

const Keyring::Key* Keyring::find(const KeyId& id) const {
    const auto found = std::ranges::find(keys_, id, &Key::id);
    return found == keys_.end() ? nullptr : &*found;
}

Result<Secret> Keyring::state_mac_key(const Key& key, const RecordName& name) {
    return key.derive("secondstep state " + name.sealed_name());
}

Result<std::uint8_t> Keyring::decoy_number(std::string_view account) const {
    const auto key = newest().derive("secondstep decoy");
    if (!key) return std::unexpected(key.error());
    const auto digest = otp::hmac_sha256(key->bytes(), as_bytes(account));
    if (!digest) return std::unexpected(digest.error());
    return digest->front();
}

}  // namespace secondstep
