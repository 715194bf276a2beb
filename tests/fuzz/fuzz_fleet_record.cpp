#include <cstdlib>

#include "fleet/record_text.h"
#include "fuzz/forged.h"

// What is read is written as it was: one content has one text. The bytes come once as they are, and once with the first and the
// last line that a forger would compute.
namespace {

using namespace secondstep;

template <typename Record>
void check(const Secret& text, Result<Record> (*decode)(const Secret&)) {
    const auto record = decode(text);
    if (record && !equal_in_constant_time(fleet::encode(*record), text)) std::abort();
}

template <typename Record>
void check(const Secret& input, std::string_view what, Result<Record> (*decode)(const Secret&)) {
    check(input, decode);
    check(with_right_check(what, 1, input.text()), decode);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Secret input = Secret::copy_of(ByteView(data, size));
    check(input, "secondstep-fleet", fleet::decode_identity);
    check(input, "secondstep-fleet-host", fleet::decode_host);
    check(input, "secondstep-fleet-permission", fleet::decode_permission);
    check(input, "secondstep-fleet-move", fleet::decode_move);
    return 0;
}
