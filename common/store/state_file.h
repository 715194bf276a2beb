#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "account/account_name.h"
#include "account/state.h"
#include "base/file.h"
#include "store/store_context.h"

namespace secondstep {

// What the two slots of a state file say together.
struct StateSlots {
    State state;                    // of the newest slot that verifies; a fresh one when none does
    std::uint64_t generation = 0;   // of that one, also when `state` was taken away
    std::array<bool, 2> damaged{};  // a slot that does not verify
    std::size_t next = 0;           // the slot to write next: a damaged one, else the older one

    [[nodiscard]] bool any_damaged() const { return damaged[0] || damaged[1]; }
    [[nodiscard]] bool all_damaged() const { return damaged[0] && damaged[1]; }
};

enum class Durability {
    now,    // the write has reached the disk when the call returns
    later,  // a flush of the whole file system follows
};

// The key of a record's slots: those of one key of the ring, derived once.
class SlotKey {
  public:
    // Of `key`; until the next call. Errors: crypto.
    [[nodiscard]] Result<const Secret*> of(const Keyring::Key& key, const RecordName& name);

  private:
    std::optional<KeyId> of_;
    Secret derived_;
};

// NAME.state: two slots, and the lock of the record.
class StateFile {
  public:
    // Errors: not_found, untrusted, damaged (longer than two slots), not_allowed, io.
    [[nodiscard]] static Result<StateFile> open(int directory, const RecordName& name, int flags,
                                                const StoreContext& context);

    // At once or not at all. Errors: busy, io.
    [[nodiscard]] Result<void> lock() const { return try_lock(fd_.get()); }

    // A slot that does not verify is not an error, see StateSlots. Errors: damaged (a key that is not in the
    // ring), unsupported (a newer format), crypto, io.
    [[nodiscard]] Result<StateSlots> read();

    // Writes `next` with the following generation into the slot that `slots` names, and brings all of `slots` but
    // its state up to date. When both were damaged, both are written. What was written.
    [[nodiscard]] Result<State> write(StateSlots& slots, State next, Durability durability);

    // The content of a new file: `state` as generations 1 and 2.
    [[nodiscard]] static Result<Bytes> new_content(const RecordName& name, State state, const Keyring& ring);

  private:
    StateFile(UniqueFd fd, RecordName name, const Keyring& ring)
        : fd_(std::move(fd)), name_(std::move(name)), ring_(&ring) {}
    [[nodiscard]] Result<std::optional<State>> decode(ByteView slot);
    [[nodiscard]] Result<void> write_slot(StateSlots& slots, State& next, Durability durability);

    UniqueFd fd_;
    RecordName name_;
    const Keyring* ring_;
    SlotKey key_;
};

[[nodiscard]] std::string state_file_name(const RecordName& name);

}  // namespace secondstep
