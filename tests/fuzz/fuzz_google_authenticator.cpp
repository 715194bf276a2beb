#include "fuzz/imported_reading.h"
#include "migration/formats/google_authenticator.h"

using namespace secondstep;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    tool::check(tool::read_google_authenticator({.text = input, .user = "alice", .place = "file"},
                                                {.now = from_unix(1795826840)}));
    return 0;
}
