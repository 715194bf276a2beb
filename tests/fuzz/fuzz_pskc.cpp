#include <cstring>

#include "fuzz/imported_reading.h"
#include "migration/formats/pskc.h"
#include "migration/pskc_reader/reading.h"

using namespace secondstep;

namespace {

// As it arrives in the tool; what the reader says must be an answer.
Result<pskc_reader::XmlDocument> document_of(std::string_view input) {
    auto document = pskc_reader::XmlDocument::decode(Secret::copy_of(pskc_reader::answer_to(input)));
    if (!document) std::abort();
    if (!*document) return fail(Errc::invalid, "refused");
    return std::move(**document);
}

}  // namespace

// With the key of the RFC's figure 6. No password: its stretching is libcrypto's, and slow.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    auto key = tool::pre_shared_key_of("12345678901234567890123456789012");
    const auto document = document_of(input);
    tool::check(tool::read_pskc(document, "file", {.key = std::move(*key), .password = std::nullopt}));
    static_cast<void>(tool::protection_of_pskc(document));
    return 0;
}
