#include <cstdlib>

#include "fleet/join_token.h"

using namespace secondstep;

// What is taken for a token is written in one way, which means the same token.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Secret typed = Secret::copy_of(ByteView(data, size));
    const auto token = fleet::parse_join_token(typed.text());
    if (!token) return 0;
    const auto text = fleet::to_text(*token);
    if (!text) std::abort();
    const auto again = fleet::parse_join_token(text->text());
    if (!again || again->permission != token->permission || again->authority != token->authority ||
        !equal_in_constant_time(again->secret, token->secret))
        std::abort();
    return 0;
}
