#include "base/token.h"

#include <string.h>  // explicit_bzero

#include <algorithm>

namespace secondstep {

std::optional<Token> Token::of(ByteView bytes) noexcept {
    if (bytes.size() > max_size) return std::nullopt;
    Token token;
    std::ranges::copy(bytes, token.bytes_.begin());
    token.size_ = bytes.size();
    return token;
}

Token::~Token() {
    ::explicit_bzero(bytes_.data(), bytes_.size());
}

}  // namespace secondstep
