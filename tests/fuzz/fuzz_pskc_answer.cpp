// What a reader of PSKC that was taken over may say: any bytes. What is a document holds what XML may hold.
#include <cstdint>
#include <cstdlib>

#include "base/text.h"
#include "fuzz/imported_reading.h"
#include "migration/formats/pskc.h"

using namespace secondstep;

namespace {

void walk(const pskc_reader::XmlElement& element) {
    if (element.name().empty() || !is_valid_utf8(element.name()) || !is_valid_utf8(element.text().text()))
        std::abort();
    for (const std::string_view name : element.attribute_names()) {
        if (!element.attribute(name)) std::abort();
    }
    for (const pskc_reader::XmlElement& child : element.children()) {
        if (!element.child(child.name())) std::abort();
        walk(child);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto answer = pskc_reader::XmlDocument::decode(Secret::copy_of(ByteView(data, size)));
    if (!answer || !*answer) return 0;
    const Result<pskc_reader::XmlDocument> document = std::move(**answer);
    walk(document->root());
    auto key = tool::pre_shared_key_of("12345678901234567890123456789012");
    tool::check(tool::read_pskc(document, "file", {.key = std::move(*key), .password = std::nullopt}));
    return 0;
}
