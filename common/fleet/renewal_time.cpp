#include "fleet/renewal_time.h"

#include <cstdint>

#include "base/byte_codec.h"
#include "otp/kdf.h"

namespace secondstep::fleet {
namespace {

// From 0 to 65535. Where it cannot be computed nobody waits for longer.
std::int64_t place_of(std::string_view host) {
    const auto digest = otp::sha256(as_bytes(host));
    if (!digest) return 0;
    return ByteReader(*digest).u16();
}

}  // namespace

UnixTime renewal_time(std::string_view host, UnixTime begins, UnixTime ends) {
    const std::chrono::seconds life = ends - begins;
    return begins + life * 2 / 3 + life / 36 * place_of(host) / 65536;
}

}  // namespace secondstep::fleet
