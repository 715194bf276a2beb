#include <cstddef>
#include <cstdlib>

#include "account/credential.h"
#include "fuzz/forged.h"

// Whatever is accepted is written back byte by byte as it was: one credential has one text. The bytes come
// once as they are, and once with the check line that a forger would compute.
namespace {

using namespace secondstep;

void decode(const Secret& text) {
    const auto credential = decode_credential(text);
    if (!credential) return;
    const Secret again = encode(*credential);
    const bool is_version_1 = text.text().starts_with("secondstep-credential 1\n");
    if (!is_version_1 && again.text() != text.text()) std::abort();
    if (!decode_credential(again)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Secret input = Secret::copy_of(ByteView(data, size));
    decode(input);
    for (const unsigned version : {1U, 2U})
        decode(with_right_check("secondstep-credential", version, input.text()));
    return 0;
}
