#include "fuzz/imported_reading.h"
#include "migration/formats/otpauth_lines.h"

using namespace secondstep;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    tool::check(tool::read_otpauth_lines(input, "file"));
    return 0;
}
