#include "relay/home_node.h"

#include "base/byte_codec.h"
#include "otp/kdf.h"

namespace secondstep::relay {

Result<std::optional<std::size_t>> home_node(std::string_view account,
                                             std::span<const std::string_view> nodes) {
    std::optional<std::size_t> best;
    Digest highest{};
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        ByteWriter both;
        both.sized(nodes[i]);  // with its length: no name runs into the account's
        both.sized(account);
        const auto weight = otp::sha256(both.view());
        if (!weight) return std::unexpected(weight.error());
        if (!best || *weight > highest) {
            best = i;
            highest = *weight;
        }
    }
    return best;
}

}  // namespace secondstep::relay
