#include "account/merged_credential.h"

#include <algorithm>
#include <string>

#include "account/devices.h"
#include "base/text.h"

namespace secondstep {
namespace {

bool has(const Credential& credential, const AuthenticatorId& id) {
    const auto ids = ids_of(credential);
    return std::ranges::find(ids, id) != ids.end();
}

// A set has no time of its own: it came with the enrollment, or with a change of which the owner is still told.
UnixTime codes_since(const SecondStep& step) {
    const ChangeNotice& notice = step.state.notice;
    const bool is_of_codes = notice.change == Change::renewed_codes || notice.change == Change::enrolled;
    return is_of_codes ? std::max(step.credential.enrolled_at, notice.when) : step.credential.enrolled_at;
}

bool takes_arriving_codes(const SecondStep& there, const SecondStep& arriving) {
    if (!arriving.credential.recovery) return false;
    return !there.credential.recovery || codes_since(arriving) > codes_since(there);
}

// Free beside what there is: "phone", else "phone, web01", else as any new device is called.
std::string free_name(const Credential& credential, const std::string& name, std::string_view from) {
    if (!name.empty() && device_named_like(credential, name) == nullptr) return name;
    const std::string longer = name + ", " + std::string(from);
    if (!name.empty() && is_device_name(longer) && device_named_like(credential, longer) == nullptr)
        return longer;
    return free_device_name(credential);
}

Result<void> may_be_one(const Credential& there, const Credential& arriving) {
    const std::string user = there.account.text();
    if (there.uid != arriving.uid)
        return fail(Errc::not_allowed, "it is of another uid there, so perhaps of another person");
    if (there.method != arriving.method)
        return fail(Errc::invalid, "it is " + std::string(to_text(there.method)) + " here and " +
                                       std::string(to_text(arriving.method)) +
                                       " there, which cannot be put together: disable one of the two");
    if (!there.destination) return {};
    if (arriving.destination && there.destination->address.text() == arriving.destination->address.text())
        return {};
    return fail(Errc::invalid, "codes are sent to another address here than there: disable one of the two");
}

}  // namespace

bool has_all_devices(const Credential& there, const Credential& arriving) {
    return there.method == arriving.method &&
           std::ranges::all_of(ids_of(arriving), [&](const auto& id) { return has(there, id); });
}

Result<Credential> merged(const SecondStep& there, const SecondStep& arriving, std::string_view from) {
    const auto possible = may_be_one(there.credential, arriving.credential);
    if (!possible) return std::unexpected(possible.error());
    Credential both = there.credential.clone();
    for (const Authenticator& device : arriving.credential.authenticators) {
        if (has(both, device.id)) continue;
        if (both.authenticators.size() >= max_authenticators)
            return fail(Errc::too_large, "together they would have more than " +
                                             std::to_string(max_authenticators) +
                                             " devices: remove one of them first");
        Authenticator added = device.clone();
        added.name = free_name(both, device.name, from);
        added.added_at = added_at(device, arriving.credential);
        both.authenticators.push_back(std::move(added));
    }
    if (takes_arriving_codes(there, arriving)) both.recovery = arriving.credential.recovery->clone();
    return both;
}

}  // namespace secondstep
