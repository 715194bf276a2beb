#include "fuzz/imported_reading.h"
#include "migration/formats/oath_users.h"

using namespace secondstep;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    tool::check(tool::read_oath_users(input, "file", from_unix(1795826840)));
    return 0;
}
