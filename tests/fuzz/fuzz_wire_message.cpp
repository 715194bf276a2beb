// What a service or a module may receive from the other side: any bytes. What decodes must encode to the same
// bytes again: one meaning, one form.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include <algorithm>

#include "wire/message.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace secondstep;
    const ByteView packet(data, size);
    const Result<wire::Message> message = wire::decode(packet);
    if (!message) return 0;
    const Result<Secret> again = wire::encode(*message, packet[0]);
    if (!again || !std::ranges::equal(again->bytes(), packet)) std::abort();
    return 0;
}
