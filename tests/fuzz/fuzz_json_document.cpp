#include "fuzz/app_export_reading.h"

using namespace secondstep;

// Beside nlohmann-json: what one reads the other reads, as the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    tool::check_json(std::string_view(reinterpret_cast<const char*>(data), size));
    return 0;
}
