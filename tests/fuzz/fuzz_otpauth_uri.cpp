#include <cstdlib>

#include "base/text.h"
#include "otp/otpauth_uri.h"

using namespace secondstep;

namespace {

void check(const otp::DescribedKey& described) {
    for (const otp::Remark& remark : described.remarks) {
        if (remark.sentence.empty() || has_control_characters(remark.sentence)) std::abort();
    }
    if (has_control_characters(described.label_issuer)) std::abort();
}

}  // namespace

// What is read can be written under some name, and what was written is read again as the same key.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Secret input = Secret::copy_of(ByteView(data, size));
    auto described = otp::parse_otpauth_uri(input.text());
    if (!described) return 0;
    check(*described);
    otp::KeyDescription& key = described->key;
    if (key.account.empty()) key.account = "x";
    const auto text = otp::to_uri(key);
    if (!text) std::abort();
    const auto again = otp::parse_otpauth_uri(text->text());
    // An encoded name is up to three times as long, and stands there twice, so it may be over the bound.
    if (!again && text->size() > 4096) return 0;
    if (!again || !otp::same(again->key, key)) std::abort();
    return 0;
}
