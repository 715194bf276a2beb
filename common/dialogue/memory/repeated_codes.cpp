#include "dialogue/memory/repeated_codes.h"

#include <algorithm>

#include "base/byte_codec.h"
#include "otp/kdf.h"

namespace secondstep::dialogue {
namespace {

constexpr std::size_t most_codes = 65536;

}  // namespace

// The lengths stand before the texts, so that no two uses are written the same.
Result<std::string> RepeatedCodes::name_of(const Use& use, const Secret& code) const {
    ByteWriter text;
    for (const std::string_view part : {use.enrollment, use.service, use.address})
        text.sized(part);
    const auto of_use = otp::hmac_sha256(key_.bytes(), text.view());
    if (!of_use) return std::unexpected(of_use.error());
    const auto of_code = otp::hmac_sha256(*of_use, code.bytes());
    if (!of_code) return std::unexpected(of_code.error());
    return std::string(of_code->begin(), of_code->end());
}

bool RepeatedCodes::knows(const Use& use, const Secret& code, Time now) {
    const auto name = name_of(use, code);
    if (!name) return false;
    const std::lock_guard lock(mutex_);
    const auto found = ends_.find(*name);
    return found != ends_.end() && now < found->second;
}

void RepeatedCodes::add(const Use& use, const Secret& code, Time now, std::chrono::seconds time) {
    const auto name = name_of(use, code);
    if (!name) return;
    const std::lock_guard lock(mutex_);
    if (ends_.size() >= most_codes) {
        std::erase_if(ends_, [now](const auto& entry) { return entry.second <= now; });
    }
    if (ends_.size() >= most_codes) return;  // asked for a new code; nothing is let in by mistake
    const auto [at, is_new] = ends_.try_emplace(*name, now + time);
    if (!is_new && at->second <= now) at->second = now + time;
}

}  // namespace secondstep::dialogue
