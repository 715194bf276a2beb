#include "fleet/host_tag.h"

#include <algorithm>

#include "otp/kdf.h"

namespace secondstep::fleet {

Result<HostTag> tag_of(std::string_view host) {
    const auto digest = otp::sha256(as_bytes(host));
    if (!digest) return std::unexpected(digest.error());
    HostTag tag{};
    std::copy_n(digest->begin(), tag.size(), tag.begin());
    return tag;
}

}  // namespace secondstep::fleet
