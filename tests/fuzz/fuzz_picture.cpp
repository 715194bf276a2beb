// A picture somebody made to harm, in the process that decodes it; and what the tool makes of any answer. The
// answer has always the form the tool understands.
#include <cstdlib>

#include "qr/reader/answer.h"
#include "qr/reader/reading.h"

using namespace secondstep;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView input(data, size);
    const auto back = qr_reader::decode(qr_reader::encode(qr_reader::answer_to(input)));
    if (!back) std::abort();
    if (const auto answer = qr_reader::decode(input)) {
        if (qr_reader::encode(*answer) != Bytes(input.begin(), input.end())) std::abort();
    }
    return 0;
}
