// What people type as the address of their codes: any bytes. What is taken must be itself when typed again,
// and hold nothing that begins a command, an option or a header.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/text.h"
#include "delivery/address.h"

namespace {

using secondstep::delivery::Address;
using secondstep::delivery::Channel;

void check(Channel channel, std::string_view typed) {
    const auto address = Address::create(channel, typed);
    if (!address) return;
    const std::string& text = address->text();
    const auto again = Address::create(channel, text);
    if (!again || *again != *address) std::abort();
    if (text.starts_with('-') || text.find_first_of(" \t\r\n<>\"\\,;:()[]|`%!") != std::string::npos)
        std::abort();
    if (secondstep::printable(text) != text || !secondstep::is_valid_utf8(address->masked())) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view typed(reinterpret_cast<const char*>(data), size);
    check(Channel::mail, typed);
    check(Channel::sms, typed);
    return 0;
}
