#include "dialogue/conversation/guest.h"

#include <algorithm>

#include "otp/kdf.h"

namespace secondstep::dialogue {

Result<AttemptId> write_id_at(std::string_view host, ByteView minted) {
    Bytes text(minted.begin(), minted.end());  // of one length, so that nothing runs into the name
    text.insert(text.end(), host.begin(), host.end());
    const auto digest = otp::sha256(text);
    if (!digest) return std::unexpected(digest.error());
    AttemptId id{};
    std::copy_n(digest->begin(), id.size(), id.begin());
    return id;
}

}  // namespace secondstep::dialogue
