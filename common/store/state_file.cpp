#include "store/state_file.h"
#include "account/state_slot.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
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

std::unexpected<Error> key_is_gone(const RecordName& name) {
    return fail(Errc::damaged,
                state_file_name(name) + " was written with a key that is not in host.key: restore host.key.");
}

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
    slots.generation = slots.state.generation;
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

}  // namespace

std::string state_file_name(const RecordName& name) {
    return name.stem() + ".state";
}

Result<const Secret*> SlotKey::of(const Keyring::Key& key, const RecordName& name) {
    if (of_ == key.id) return &derived_;
    auto derived = Keyring::state_mac_key(key, name);
    if (!derived) return std::unexpected(std::move(derived.error()));
    derived_ = std::move(*derived);
    of_ = key.id;
    return &derived_;
}

Result<StateFile> StateFile::open(int directory, const RecordName& name, int flags,
                                  const StoreContext& context) {
    const FileTrust trust{.owner = context.owner, .max_size = file_size};
    auto fd = open_trusted(directory, state_file_name(name).c_str(), flags, trust);
    if (fd) return StateFile(std::move(*fd), name, context.ring);
    if (fd.error().code == Errc::too_large) return not_two_slots(name);
    return std::unexpected(std::move(fd.error()));
}

// Nothing: the slot is damaged. Errors: a slot that may be good, but cannot be judged with these keys and by this
// program. Taking that for damage would overwrite it.
Result<std::optional<State>> StateFile::decode(ByteView slot) {
    const auto refused = [this](const Error& error) -> Result<std::optional<State>> {
        if (error.code == Errc::damaged) return std::optional<State>{};
        return in_file(name_, error);
    };
    const auto id = key_id_of_slot(slot);
    if (!id) return refused(id.error());
    const Keyring::Key* const known = ring_->find(*id);
    if (known == nullptr) return key_is_gone(name_);
    const auto key = key_.of(*known, name_);
    if (!key) return std::unexpected(key.error());
    auto state = decode_slot(slot, **key);
    if (!state) return refused(state.error());
    return std::optional(std::move(*state));
}

Result<StateSlots> StateFile::read() {
    std::array<std::uint8_t, file_size>
        both;  // NOLINT(cppcoreguidelines-pro-type-member-init): read_at fills it
    if (const auto filled = read_at(fd_.get(), 0, both); !filled) {
        return filled.error().code == Errc::damaged ? not_two_slots(name_) : in_file(name_, filled.error());
    }
    auto first = decode(ByteView(both).first(state_slot_size));
    if (!first) return std::unexpected(std::move(first.error()));
    auto second = decode(ByteView(both).last(state_slot_size));
    if (!second) return std::unexpected(std::move(second.error()));
    return combined(std::move(*first), std::move(*second));
}

Result<State> StateFile::write(StateSlots& slots, State next, Durability durability) {
    const bool both = slots.all_damaged();
    auto written = write_slot(slots, next, durability);
    if (written && both) written = write_slot(slots, next, durability);
    if (!written) return std::unexpected(std::move(written.error()));
    return next;
}

Result<void> StateFile::write_slot(StateSlots& slots, State& next, Durability durability) {
    next.generation = slots.generation + 1;
    const auto key = key_.of(ring_->newest(), name_);
    if (!key) return std::unexpected(key.error());
    const auto slot = encode_slot(next, ring_->newest().id, **key);
    if (!slot) return std::unexpected(slot.error());
    const auto offset = static_cast<off_t>(slots.next * state_slot_size);
    const auto written = durability == Durability::now ? write_at_durably(fd_.get(), offset, *slot)
                                                       : write_all_at(fd_.get(), offset, *slot);
    if (!written) return in_file(name_, written.error());
    slots.damaged.at(slots.next) = false;
    slots.next = 1 - slots.next;
    slots.generation = next.generation;
    return {};
}

Result<Bytes> StateFile::new_content(const RecordName& name, State state, const Keyring& ring) {
    const auto key = Keyring::state_mac_key(ring.newest(), name);
    if (!key) return std::unexpected(key.error());
    Bytes content;
    content.reserve(file_size);
    for (const std::uint64_t generation : {1U, 2U}) {
        state.generation = generation;
        const auto slot = encode_slot(state, ring.newest().id, *key);
        if (!slot) return slot;
        content.insert(content.end(), slot->begin(), slot->end());
    }
    return content;
}

}  // namespace secondstep
