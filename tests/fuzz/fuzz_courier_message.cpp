// What the service or the tool may send to a courier: any bytes. What decodes must encode
// to the same bytes again.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "base/text.h"
#include "delivery/message.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace secondstep;
    const ByteView packet(data, size);
    const Result<delivery::Message> message = delivery::decode_message(packet);
    if (!message) return 0;
    const Result<Secret> again = delivery::encode(*message);
    if (!again || !std::ranges::equal(again->bytes(), packet)) std::abort();
    if (has_control_characters(message->user + message->host + message->contact + message->notice))
        std::abort();
    return 0;
}
