#include "fuzz/picture_reading.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    secondstep::testing::read_any_picture({data, size});
    return 0;
}
