#include "fuzz/app_export_reading.h"

using namespace secondstep;

namespace {

// Stretching a password is libcrypto's, and slow: only where the file asks for next to nothing of it.
bool is_cheap(std::string_view text) {
    return text.find("\"n\":2,\"r\":1,\"p\":1") != std::string_view::npos;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const Secret password = Secret::copy_of(std::string_view("x"));
    static_cast<void>(tool::is_encrypted_app_export(text));
    tool::check(tool::read_app_export(text, is_cheap(text) ? &password : nullptr));
    return 0;
}
