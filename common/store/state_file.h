#pragma once

#include <array>
#include <string>

#include "account/account_name.h"
#include "account/state.h"
#include "base/file.h"
#include "store/store_context.h"

namespace secondstep {

// What the two slots of a state file say together.
struct StateSlots {
    State state;                    // of the newest slot that verifies; a fresh one when none does
    std::array<bool, 2> damaged{};  // a slot that does not verify
    std::size_t next = 0;           // the slot to write next: a damaged one, else the older one

    [[nodiscard]] bool any_damaged() const { return damaged[0] || damaged[1]; }
    [[nodiscard]] bool all_damaged() const { return damaged[0] && damaged[1]; }
};

enum class Durability {
    now,    // the write has reached the disk when the call returns
    later,  // a flush of the whole file system follows
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
    [[nodiscard]] Result<StateSlots> read() const;

    // Writes `next` with the following generation into the slot that `slots` names, and brings `slots` up to
    // date. When both were damaged, both are written.
    [[nodiscard]] Result<void> write(StateSlots& slots, const State& next, Durability durability) const;

    // The content of a new file: `state` as generations 1 and 2.
    [[nodiscard]] static Result<Bytes> new_content(const RecordName& name, State state, const Keyring& ring);

  private:
    StateFile(UniqueFd fd, RecordName name, const Keyring& ring)
        : fd_(std::move(fd)), name_(std::move(name)), ring_(&ring) {}
    [[nodiscard]] Result<void> write_slot(StateSlots& slots, State next, Durability durability) const;

    UniqueFd fd_;
    RecordName name_;
    const Keyring* ring_;
};

[[nodiscard]] std::string state_file_name(const RecordName& name);

}  // namespace secondstep
