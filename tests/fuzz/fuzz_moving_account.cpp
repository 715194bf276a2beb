#include <cstdlib>
#include <string_view>

#include "account/joined_state.h"
#include "base/text.h"
#include "fleet/move.h"
#include "fuzz/forged.h"

// What opens as an account that moves is one that can be joined with what is there, whatever it says, and is written as it was.
// The bytes come once as they are, and once with the right sums: lines of a credential, an empty one, and what its state begins
// with.
namespace {

using namespace secondstep;

constexpr std::string_view between = "\n\n";

void check(const Secret& content) {
    const auto account = fleet::decode_moving_account(content);
    if (!account) return;
    const State both = joined(State{}, account->state, account->credential);
    if (joined(both, both, account->credential) != both) std::abort();
    if (joined(both, account->state, account->credential) != both) std::abort();
    const auto again = fleet::encode(*account);
    if (!again || !fleet::decode_moving_account(*again)) std::abort();
}

Secret with_right_sums(ByteView slot, unsigned version, std::string_view credential) {
    static const Secret key = Secret::copy_of("secondstep moving account, sealed around it");
    Secret content = Secret::copy_of(with_right_mac(slot, key));
    content.append(with_right_check("secondstep-credential", version, credential).bytes());
    return content;
}

Credential credential() {
    Credential c{AccountName::create("a").value(), std::nullopt, never, Method::totp, {}, std::nullopt};
    c.authenticators.emplace_back();
    c.authenticators.back().key = Secret(20);
    return c;
}

// They are right sums still: with others nothing would be tried any more.
bool check_the_sums() {
    const Secret written = fleet::encode({credential(), State{}}).value();
    const ByteView slot = written.bytes().first(state_slot_size - 32);
    const std::string_view text = written.text().substr(state_slot_size);
    if (!equal_in_constant_time(with_right_sums(slot, 2, text), written)) std::abort();
    return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const bool sums_are_right = check_the_sums();
    static_cast<void>(sums_are_right);
    const Secret input = Secret::copy_of(ByteView(data, size));
    check(input);
    const std::size_t end = input.text().find(between);
    if (end == std::string_view::npos) return 0;
    const ByteView slot = input.bytes().subspan(end + between.size());
    for (const unsigned version : {1U, 2U})
        check(with_right_sums(slot, version, input.text().substr(0, end)));
    return 0;
}
