#include "store/state_file.h"
#include "account/state_slot.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>

namespace secondstep {
namespace {

constexpr std::size_t file_size = 2 * state_slot_size;

std::unexpected<Error> not_two_slots(const RecordName& name) {
    return fail(Errc::damaged, state_file_name(name) + " does not have " + std::to_string(file_size) +
                                   " bytes. Remove it and enroll the account again.");
}

std::unexpected<Error> in_file(const RecordName& name, const Error& error) {
    return fail(error.code, state_file_name(name) + ": " + error.detail);
}

// Decodes the two slots of one file; the key they share is derived once.
class SlotDecoder {
  public:
    SlotDecoder(const RecordName& name, const Keyring& ring) : name_(name), ring_(ring) {}

    // Nothing: the slot is damaged. Errors: a slot that may be good, but cannot be judged with these keys and
    // by this program. Taking that for damage would overwrite it.
    [[nodiscard]] Result<std::optional<State>> decode(ByteView slot) {
        const auto id = key_id_of_slot(slot);
        if (!id) return damage_is_no_error(id.error());
        const auto key = key_for(*id);
        if (!key) return std::unexpected(key.error());
        auto state = decode_slot(slot, **key);
        if (!state) return damage_is_no_error(state.error());
        return std::optional(std::move(*state));
    }

  private:
    [[nodiscard]] Result<std::optional<State>> damage_is_no_error(const Error& error) const {
        if (error.code == Errc::damaged) return std::optional<State>{};
        return in_file(name_, error);
    }

    [[nodiscard]] Result<const Secret*> key_for(const KeyId& id) {
        if (derived_for_ == id) return &key_;
        const Keyring::Key* const key = ring_.find(id);
        if (key == nullptr) {
            return fail(Errc::damaged,
                        state_file_name(name_) +
                            " was written with a key that is not in host.key: restore host.key.");
        }
        auto derived = Keyring::state_mac_key(*key, name_);
        if (!derived) return std::unexpected(derived.error());
        key_ = std::move(*derived);
        derived_for_ = id;
        return &key_;
    }

    const RecordName& name_;
    const Keyring& ring_;
    std::optional<KeyId> derived_for_;
    Secret key_;
};

StateSlots combined(std::optional<State> first, std::optional<State> second) {
    StateSlots slots;
    slots.damaged = {!first, !second};
    const bool first_is_newer = first && (!second || first->generation >= second->generation);
    slots.next = first_is_newer ? 1 : 0;
    if (first_is_newer) {
        slots.state = std::move(*first);
    } else if (second) {
        slots.state = std::move(*second);
    }
    return slots;
}

Result<void> write_all_at(int fd, off_t offset, ByteView content) {
    while (!content.empty()) {
        const ssize_t n = ::pwrite(fd, content.data(), content.size(), offset);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return fail_errno("write", n < 0 ? errno : EIO);
        content = content.subspan(static_cast<std::size_t>(n));
        offset += n;
    }
    return {};
}

Result<Bytes> encoded(const State& state, const RecordName& name, const Keyring& ring) {
    const auto key = Keyring::state_mac_key(ring.newest(), name);
    if (!key) return std::unexpected(key.error());
    return encode_slot(state, ring.newest().id, *key);
}

}  // namespace

std::string state_file_name(const RecordName& name) {
    return name.stem() + ".state";
}

Result<StateFile> StateFile::open(int directory, const RecordName& name, int flags,
                                  const StoreContext& context) {
    const FileTrust trust{.owner = context.owner, .max_size = file_size};
    auto fd = open_trusted(directory, state_file_name(name).c_str(), flags, trust);
    if (fd) return StateFile(std::move(*fd), name, context.ring);
    if (fd.error().code == Errc::too_large) return not_two_slots(name);
    return std::unexpected(std::move(fd.error()));
}

Result<StateSlots> StateFile::read() const {
    std::array<std::uint8_t, file_size>
        both;  // NOLINT(cppcoreguidelines-pro-type-member-init): read_at fills it
    if (const auto filled = read_at(fd_.get(), 0, both); !filled) {
        return filled.error().code == Errc::damaged ? not_two_slots(name_) : in_file(name_, filled.error());
    }
    SlotDecoder decoder(name_, *ring_);
    auto first = decoder.decode(ByteView(both).first(state_slot_size));
    if (!first) return std::unexpected(std::move(first.error()));
    auto second = decoder.decode(ByteView(both).last(state_slot_size));
    if (!second) return std::unexpected(std::move(second.error()));
    return combined(std::move(*first), std::move(*second));
}

Result<void> StateFile::write(StateSlots& slots, const State& next, Durability durability) const {
    const bool both = slots.all_damaged();
    auto written = write_slot(slots, next, durability);
    if (written && both) written = write_slot(slots, next, durability);
    return written;
}

Result<void> StateFile::write_slot(StateSlots& slots, State next, Durability durability) const {
    next.generation = slots.state.generation + 1;
    const auto slot = encoded(next, name_, *ring_);
    if (!slot) return std::unexpected(slot.error());
    const auto offset = static_cast<off_t>(slots.next * state_slot_size);
    const auto written = durability == Durability::now ? write_at_durably(fd_.get(), offset, *slot)
                                                       : write_all_at(fd_.get(), offset, *slot);
    if (!written) return in_file(name_, written.error());
    slots.damaged.at(slots.next) = false;
    slots.next = 1 - slots.next;
    slots.state = std::move(next);
    return {};
}

Result<Bytes> StateFile::new_content(const RecordName& name, State state, const Keyring& ring) {
    Bytes content;
    for (const std::uint64_t generation : {1U, 2U}) {
        state.generation = generation;
        const auto slot = encoded(state, name, ring);
        if (!slot) return slot;
        content.insert(content.end(), slot->begin(), slot->end());
    }
    return content;
}

}  // namespace secondstep
