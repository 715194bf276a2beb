#include <algorithm>
#include <cstddef>
#include <cstdlib>

#include "account/state.h"
#include "account/state_slot.h"
#include "account/verify.h"
#include "fuzz/forged.h"

// A slot as it is, and one whose MAC is right. Whatever is accepted is written back byte by byte as it was
// (what format 1 wrote: with the same meaning), and can be judged with.
namespace {

using namespace secondstep;

const Secret& mac_key() {
    static const Secret key(32);
    return key;
}

Credential credential() {
    Credential c{AccountName::create("a").value(), std::nullopt, never, Method::totp, {}, std::nullopt};
    c.authenticators.emplace_back();
    c.authenticators.back().key = Secret(20);
    return c;
}

void verify_with(const State& state) {
    static const Credential totp = credential();
    const OtpAnswer answer{Secret::copy_of(std::string_view("000000"))};
    const auto result =
        verify(totp, state, Source{}, OtpAnswer{answer.digits.clone()}, {}, {}, from_unix(1'800'000'000));
    if (result && !encode_slot(result->next, {}, mac_key())) std::abort();
}

void decode(ByteView slot) {
    const auto state = decode_slot(slot, mac_key());
    if (!state) return;
    const auto again = encode_slot(*state, key_id_of_slot(slot).value(), mac_key());
    if (!again) std::abort();
    const bool is_format_1 = slot[11] == 1;
    if (!is_format_1 && !std::ranges::equal(*again, slot)) std::abort();
    if (decode_slot(*again, mac_key()).value() != *state) std::abort();
    verify_with(*state);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView input(data, size);
    decode(input);
    decode(with_right_mac(input, mac_key()));
    return 0;
}
