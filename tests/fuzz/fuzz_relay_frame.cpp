// What comes out of a connection of TLS, from whoever has a certificate: frames are taken until something is wrong or
// missing. What was taken, written again, is the same bytes.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include <algorithm>

#include "relay/frame.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace secondstep;
    ByteView rest(data, size);
    for (;;) {
        const auto taken = relay::take(rest);
        if (!taken || !*taken) return 0;
        Secret again;
        relay::append(again, (*taken)->frame);
        if ((*taken)->size > rest.size() || !std::ranges::equal(again.bytes(), rest.first((*taken)->size)))
            std::abort();
        rest = rest.subspan((*taken)->size);
    }
}
