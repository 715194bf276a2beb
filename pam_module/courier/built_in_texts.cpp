#include "courier/built_in_texts.h"

#include <array>

namespace secondstep::courier::built_in {

std::span<const Placeholder> code_placeholders() {
    using enum Placeholder;
    static constexpr std::array all = {code, user, host, service, minutes, contact, to};
    return all;
}

std::span<const Placeholder> notice_placeholders() {
    using enum Placeholder;
    static constexpr std::array all = {notice, user, host, service, contact, to};
    return all;
}

std::span<const Placeholder> all_placeholders() {
    using enum Placeholder;
    static constexpr std::array all = {notice, user, host, service, minutes, contact, to};
    return all;
}

}  // namespace secondstep::courier::built_in
