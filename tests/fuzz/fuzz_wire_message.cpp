// What a service or a module may receive from the other side: any bytes. What decodes must encode to the same
// bytes again: one meaning, one form; and what a service takes from a client is a packet of one message.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include <algorithm>
#include <vector>

#include "wire/message.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace secondstep;
    const ByteView packet(data, size);
    const Result<std::vector<wire::Message>> messages = wire::decode_packet(packet);
    const Result<wire::Message> alone = wire::decode(packet);
    if (alone.has_value() != (messages && messages->size() == 1)) std::abort();
    if (!messages) return 0;
    Secret again;
    for (const wire::Message& message : *messages)
        if (!wire::append(again, message, packet[0])) std::abort();
    if (!std::ranges::equal(again.bytes(), packet)) std::abort();
    return 0;
}
