// What a program with anybody's uid may ask for devices with: any bytes. What decodes must encode to the same
// bytes again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "enrollment/device_request.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace secondstep;
    const Secret form = Secret::copy_of(ByteView(data, size));
    const auto request = dialogue::decode_device_request(form);
    if (request && dialogue::encode(*request).text() != form.text()) std::abort();
    return 0;
}
