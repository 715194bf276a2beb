#pragma once

#include "account/seal.h"

namespace secondstep {

// The content of a credential's file while it is renamed: sealed for both names. It stands under one of them
// at a time, so that the rename of the file takes it from the one and gives it to the other in one moment.
[[nodiscard]] Bytes moving_file(ByteView sealed_for_one, ByteView sealed_for_other);
[[nodiscard]] bool is_moving(ByteView file);
// What is sealed for `name`. Errors: as unseal().
[[nodiscard]] Result<Secret> unseal_moving(ByteView file, const RecordName& name, const Keyring& ring);

}  // namespace secondstep
