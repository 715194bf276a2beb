#include "account/devices.h"

#include <algorithm>

#include "base/text.h"

namespace secondstep {
namespace {

std::string quoted(std::string_view name) {
    return "\"" + printable(name) + "\"";
}

// A list that is spelled in one way only would let "Tablet" stand beside "tablet": who is asked on the
// telephone which one to remove does not say so.
const Authenticator* same_name(const Credential& credential, std::string_view name) {
    const std::string wanted = lowercase_ascii(name);
    const auto found = std::ranges::find_if(credential.authenticators, [&](const Authenticator& device) {
        return lowercase_ascii(device.name) == wanted;
    });
    return found == credential.authenticators.end() ? nullptr : &*found;
}

std::unexpected<Error> not_a_name() {
    return fail(Errc::invalid, "a device's name has 1 to 64 bytes of UTF-8, without control characters");
}

std::unexpected<Error> is_there(std::string_view name) {
    return fail(Errc::exists, "there is a device " + quoted(name) + " already: choose another name");
}

// "1 or 3"
std::string numbers_of(const Credential& credential, std::string_view name) {
    std::string numbers;
    for (std::size_t i = 0; i < credential.authenticators.size(); ++i) {
        if (credential.authenticators[i].name == name)
            numbers += (numbers.empty() ? "" : " or ") + std::to_string(i + 1);
    }
    return numbers;
}

}  // namespace

bool is_device_name(std::string_view name) {
    return !trimmed(name).empty() && name.size() <= max_device_name && printable(name) == name;
}

std::string shown_name(const Authenticator& device) {
    return device.name.empty() ? "(no name)" : printable(device.name);
}

std::string names_of_devices(const Credential& credential) {
    std::string names;
    for (const Authenticator& device : credential.authenticators)
        names += (names.empty() ? "" : ", ") + shown_name(device);
    return names;
}

UnixTime added_at(const Authenticator& device, const Credential& credential) {
    return device.added_at == never ? credential.enrolled_at : device.added_at;
}

UnixTime last_used(const Authenticator& device, const State& state) {
    const AuthenticatorUse* const use = find_use(state, device.id);
    return use == nullptr ? never : use->last_success;
}

Result<AuthenticatorId> device_called(const Credential& credential, std::string_view word) {
    const auto& devices = credential.authenticators;
    const auto of_that_name = std::ranges::count(devices, word, &Authenticator::name);
    if (of_that_name == 1) return std::ranges::find(devices, word, &Authenticator::name)->id;
    if (of_that_name > 1)
        return fail(Errc::exists, std::to_string(of_that_name) + " devices are called " + quoted(word) +
                                      ": say the number, " + numbers_of(credential, word));
    const auto number = parse_number<std::size_t>(word).value_or(0);
    if (number >= 1 && number <= devices.size()) return devices[number - 1].id;
    return fail(Errc::not_found, "there is no device " + quoted(word) +
                                     (devices.empty() ? "" : "; there are: " + names_of_devices(credential)));
}

const Authenticator* find_device(const Credential& credential, const AuthenticatorId& id) {
    const auto found = std::ranges::find(credential.authenticators, id, &Authenticator::id);
    return found == credential.authenticators.end() ? nullptr : &*found;
}

Result<void> check_addition(const Credential& credential, std::string_view name) {
    if (channel_of(credential.method))
        return fail(Errc::invalid, "codes are sent by " + std::string(to_text(credential.method)) +
                                       ", and no device stands beside that");
    if (!is_device_name(name)) return not_a_name();
    if (const auto* same = same_name(credential, name)) return is_there(same->name);
    if (credential.authenticators.size() >= max_authenticators)
        return fail(Errc::too_large, "there are four devices already, and no more fit: remove one first (" +
                                         names_of_devices(credential) + ")");
    return {};
}

Result<void> check_new_name(const Credential& credential, const AuthenticatorId& device,
                            std::string_view name) {
    if (!is_device_name(name)) return not_a_name();
    for (const Authenticator& other : credential.authenticators) {
        if (other.id != device && lowercase_ascii(other.name) == lowercase_ascii(name))
            return is_there(other.name);
    }
    return {};
}

Result<void> check_removal(const Credential& credential) {
    if (credential.authenticators.size() > 1) return {};
    return fail(Errc::not_allowed, "that is the last device, and without one nobody logs in");
}

std::string free_device_name(const Credential& credential) {
    std::string name = "phone";
    for (unsigned number = 2; same_name(credential, name) != nullptr; ++number)
        name = "phone-" + std::to_string(number);
    return name;
}

Credential without_device(const Credential& credential, const AuthenticatorId& id) {
    Credential rest = credential.clone();
    std::erase_if(rest.authenticators, [&](const Authenticator& device) { return device.id == id; });
    return rest;
}

Credential with_renamed_device(const Credential& credential, const AuthenticatorId& id,
                               std::string_view name) {
    Credential renamed = credential.clone();
    for (Authenticator& device : renamed.authenticators) {
        if (device.id == id) device.name = name;
    }
    return renamed;
}

}  // namespace secondstep
