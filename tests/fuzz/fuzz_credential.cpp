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
    if (credential && encode(*credential).text() != text.text()) std::abort();
}

// The lines of `body`, as one text with the right beginning and end.
Secret with_frame(std::string_view body) {
    TextRecordWriter out("secondstep-credential", 1);
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
    decode(with_frame(input.text()));
    return 0;
}
