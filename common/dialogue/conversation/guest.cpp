#include "dialogue/conversation/guest.h"

#include <algorithm>
#include <cstdint>

#include "otp/kdf.h"

namespace secondstep::dialogue {

Result<AttemptId> write_id_at(std::string_view host, const WriteUse& use, ByteView minted) {
    Bytes text(minted.begin(), minted.end());  // of one length, so that nothing runs into what follows
    text.push_back(static_cast<std::uint8_t>(use.purpose));
    text.push_back(static_cast<std::uint8_t>(use.task));
    text.insert(text.end(), host.begin(), host.end());
    text.push_back(0);  // the name of a host has none
    text.insert(text.end(), use.service.begin(), use.service.end());
    const auto digest = otp::sha256(text);
    if (!digest) return std::unexpected(digest.error());
    AttemptId id{};
    std::copy_n(digest->begin(), id.size(), id.begin());
    return id;
}

}  // namespace secondstep::dialogue
