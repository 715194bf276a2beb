// A packet as another relay or the service beside it may send it: any bytes. What decodes encodes to the same bytes again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include <algorithm>

#include "relay/envelope.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace secondstep;
    const ByteView packet(data, size);
    const auto envelope = relay::decode(packet);
    if (!envelope) return 0;
    const auto again = relay::encode(*envelope);
    if (!again || !std::ranges::equal(again->bytes(), packet)) std::abort();
    return 0;
}
