#include <algorithm>
#include <cstddef>
#include <cstdlib>

#include "account/seal.h"
#include "account/text_record.h"

// As fuzz_credential, for the keyring file.
namespace {

using namespace secondstep;

void parse(const Secret& text) {
    const auto ring = Keyring::parse(text);
    if (ring && ring->encode().text() != text.text()) std::abort();
}

Secret with_frame(std::string_view body) {
    TextRecordWriter out("secondstep-keyring", 1);
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
    parse(input);
    parse(with_frame(input.text()));
    return 0;
}
