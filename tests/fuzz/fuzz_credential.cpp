#include <algorithm>
#include <cstddef>
#include <cstdlib>

#include "account/credential.h"
#include "account/text_record.h"

// Whatever is accepted is written back byte by byte as it was: one credential has one text. The bytes come
// once as they are, and once with the check line that a forger would compute.
namespace {

using namespace secondstep;

void decode(const Secret& text) {
    const auto credential = decode_credential(text);
    if (!credential) return;
    const Secret again = encode(*credential);
    const bool is_version_1 = text.text().starts_with("secondstep-credential 1\n");
    if (!is_version_1 && again.text() != text.text()) std::abort();
    if (!decode_credential(again)) std::abort();
}

// The lines of `body`, as one text with the right beginning and end.
Secret with_frame(std::string_view body, unsigned version) {
    TextRecordWriter out("secondstep-credential", version);
    while (!body.empty()) {
        const std::string_view line = body.substr(0, body.find('\n'));
        const std::size_t equals = line.find('=');
        if (equals == std::string_view::npos) break;
        out.text(line.substr(0, equals), line.substr(equals + 1));
        body.remove_prefix(std::min(line.size() + 1, body.size()));
    }
    return std::move(out).finish();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Secret input = Secret::copy_of(ByteView(data, size));
    decode(input);
    for (const unsigned version : {1U, 2U})
        decode(with_frame(input.text(), version));
    return 0;
}
