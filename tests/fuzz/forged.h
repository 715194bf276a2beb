#pragma once

#include <algorithm>
#include <string_view>

#include "account/state_slot.h"
#include "account/text_record.h"
#include "base/bytes.h"
#include "otp/kdf.h"

namespace secondstep {

// What a fuzzer does not find by itself: the sums that a forger would compute.

// The lines of `body`, as one text with the right beginning and end. Those of a whole record come out as they were.
inline Secret with_right_check(std::string_view what, unsigned version, std::string_view body) {
    TextRecordWriter out(what, version);
    while (!body.empty()) {
        const std::string_view line = body.substr(0, body.find('\n'));
        const std::size_t equals = line.find('=');
        if (equals != std::string_view::npos && !line.starts_with("check="))
            out.text(line.substr(0, equals), line.substr(equals + 1));
        body.remove_prefix(std::min(line.size() + 1, body.size()));
    }
    return std::move(out).finish();
}

// A slot of a state that begins with this, and is zeros behind it; what is too long is cut off.
inline Bytes with_right_mac(ByteView begin, const Secret& key) {
    constexpr std::size_t mac_size = 32;
    Bytes slot(begin.begin(), begin.end());
    slot.resize(state_slot_size - mac_size);
    const Digest mac = otp::hmac_sha256(key.bytes(), slot).value();
    slot.insert(slot.end(), mac.begin(), mac.end());
    return slot;
}

}  // namespace secondstep
