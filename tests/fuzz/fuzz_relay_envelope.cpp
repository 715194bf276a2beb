// A packet as another relay or the service beside it may send it: any bytes. What decodes encodes to the same
// bytes again, but for times beyond what can be reckoned with, which are kept within it once.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include <algorithm>
#include <expected>
#include <variant>

#include "relay/envelope.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace secondstep;
    const ByteView packet(data, size);
    const auto envelope = relay::decode(packet);
    if (!envelope) return 0;
    const auto again = relay::encode(*envelope);
    if (!again || again->bytes().size() != packet.size()) std::abort();
    const bool has_times = std::holds_alternative<relay::NodesSeen>(*envelope) ||
                           std::holds_alternative<relay::HostsSeen>(*envelope);
    if (!has_times && !std::ranges::equal(again->bytes(), packet)) std::abort();
    const auto kept = relay::decode(again->bytes());
    const auto same = kept ? relay::encode(*kept) : std::unexpected(kept.error());
    if (!same || !std::ranges::equal(same->bytes(), again->bytes())) std::abort();
    return 0;
}
