#pragma once

#include <optional>
#include <string>

#include "account/state.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/secret.h"
#include "store/store_context.h"

namespace secondstep {

// Where a store says on which machine it was made, so that a copy is noticed: two machines that both go on
// with one store accept each code twice.

// The machine that asks. Programs read it, tests set it.
struct ThisMachine {
    std::string id_file{};  // /etc/machine-id (machine-id(5)); empty: it has no id
    std::string host{};     // its name, for people
};

// What stands in the store, sealed: nobody learns the id from it (machine-id(5) asks for a keyed hash).
struct MachineRecord {
    Digest machine{};  // HMAC-SHA256(the id, "secondstep store")
    std::string host{};
    UnixTime since{};
};

inline constexpr const char* machine_file_name = "machine";

struct MachineStanding {
    enum class Where {
        here,        // made on this machine
        elsewhere,   // made on another one: moved, copied, or put back from its backup
        not_said,    // the store has no record, or one of a key that is gone
        not_to_say,  // this machine has no id
    };
    Where where = Where::not_said;
    MachineRecord record{};  // with `elsewhere`, and `here`
};

// Errors: not_found (no id: no such file, empty, "uninitialized"), io, crypto.
[[nodiscard]] Result<Digest> digest_of(const ThisMachine& machine);

// `root`: the store's directory. Errors: untrusted, damaged, unsupported, io, crypto.
[[nodiscard]] Result<MachineStanding> machine_standing(int root, const ThisMachine& machine,
                                                       const StoreContext& context);
// Says from now on that the store belongs here. Errors: as digest_of; and io, also when it is not confirmed.
[[nodiscard]] Result<void> record_machine(int root, const ThisMachine& machine, const StoreContext& context);

[[nodiscard]] Secret encode(const MachineRecord& record);
[[nodiscard]] Result<MachineRecord> decode_machine_record(const Secret& text);  // damaged, unsupported

}  // namespace secondstep
