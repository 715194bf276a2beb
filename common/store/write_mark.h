#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "account/credential.h"
#include "account/state.h"
#include "base/secret.h"
#include "store/account_store.h"
#include "store/rewrite.h"

namespace secondstep {

// What a write leaves by which it is recognised in the record that is read after it: when nobody could tell
// whether it happened.
// - A credential: by the ids of its new authenticators, else by its new recovery codes, else (a device less,
//   or one that is called otherwise) by all of its content.
// - A removal: nothing is enrolled, and no credential is there.
// - A state: only where IfUnknown says so, and by all of its content. "What I wanted is there, so it was me"
//   would let two who count the same at the same moment count once.
class WriteMark {
  public:
    // What the credential before had; nothing of it is kept.
    struct Before {
        std::vector<AuthenticatorId> authenticators;
        std::optional<RecoverySetId> codes;
        [[nodiscard]] static Before of(const Account& account);
    };
    WriteMark(const Rewrite& rewrite, const Before& before);

    [[nodiscard]] bool is_in(const Account& present) const;

  private:
    struct Nothing {};
    struct Removed {};
    using Mark = std::variant<Nothing, Removed, std::vector<AuthenticatorId>, RecoverySetId, Secret, State>;
    [[nodiscard]] static Mark mark_of(const Rewrite& rewrite, const Before& before);
    [[nodiscard]] static Mark mark_of(const Credential& written, const Before& before);
    Mark mark_;
};

}  // namespace secondstep
