#pragma once

#include <cstdint>
#include <string_view>

#include "base/error.h"
#include "policy/certainty.h"

namespace secondstep {

// 192.0.2.0/24, 2001:db8::/32, a single address, or the word `local`: no remote host
// and a terminal that is a device. Errors of parse: invalid.
class Network {
  public:
    [[nodiscard]] static Result<Network> parse(std::string_view text);
    // A zone does not count (fe80::1%eth0). An `rhost` that is not one (UseDNS, "UNKNOWN", a print server)
    // is somewhere, but where cannot be told: host names are never resolved. It is never `local`.
    [[nodiscard]] Certainty contains(std::string_view rhost, std::string_view tty) const;
    [[nodiscard]] bool is_local() const { return local_; }

  private:
    Network() = default;
    [[nodiscard]] bool has_no_host_bits() const;
    bool local_ = false;
    bool v6_ = false;
    unsigned prefix_ = 0;
    std::uint8_t address_[16] = {};
};

// "192.0.2.7", "2001:db8::1", "fe80::1%eth0": something networks can be compared with.
[[nodiscard]] bool is_address(std::string_view rhost);

}  // namespace secondstep
