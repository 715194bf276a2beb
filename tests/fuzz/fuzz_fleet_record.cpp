#include <cstdlib>

#include "fleet/record_text.h"

using namespace secondstep;

namespace {

// What is read is written as it was: one content has one text.
template <typename Record>
void check(const Secret& text, Result<Record> (*decode)(const Secret&)) {
    const auto record = decode(text);
    if (record && !equal_in_constant_time(fleet::encode(*record), text)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Secret text = Secret::copy_of(ByteView(data, size));
    check(text, fleet::decode_identity);
    check(text, fleet::decode_host);
    check(text, fleet::decode_permission);
    check(text, fleet::decode_move);
    return 0;
}
