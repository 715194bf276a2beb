#include <cstring>

#include "fuzz/imported_reading.h"
#include "migration/formats/pskc.h"

using namespace secondstep;

// With the key of the RFC's figure 6. No password: its stretching is libcrypto's, and slow.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    auto key = tool::pre_shared_key_of("12345678901234567890123456789012");
    tool::check(tool::read_pskc(input, "file", {.key = std::move(*key), .password = std::nullopt}));
    static_cast<void>(tool::protection_of_pskc(input));
    return 0;
}
