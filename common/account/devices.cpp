#include "account/devices.h"

#include <algorithm>
#include <functional>
#include <vector>

#include "base/pasted_text.h"
#include "base/text.h"

namespace secondstep {
namespace {

std::string in_quotes(std::string_view name) {
    return "\"" + printable(name) + "\"";
}

// In one case, with one space for whatever blanks stand together, and none at the ends.
std::string folded(std::string_view name) {
    std::string text;
    for (std::string_view rest = without_outer_blanks(name); !rest.empty();) {
        const std::string_view from_here = rest;
        const bool blank = take_pasted_character(rest).kind == PastedCharacter::Kind::blank;
        const std::string_view taken = from_here.substr(0, from_here.size() - rest.size());
        if (!blank) text += lowercase_ascii(taken);
        if (blank && !text.ends_with(' ')) text += ' ';
    }
    return text;
}

bool is_number(std::string_view name) {
    const std::string_view digits = without_outer_blanks(name);
    return !digits.empty() && std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
}

std::unexpected<Error> not_a_name() {
    return fail(Errc::invalid, std::string(device_name_rule));
}

std::unexpected<Error> is_there(std::string_view name) {
    return fail(Errc::exists, "there is a device " + in_quotes(name) + " already: choose another name");
}

// "1 or 3"
std::string numbers_of(const std::vector<std::size_t>& places) {
    std::string numbers;
    for (const std::size_t place : places)
        numbers += (numbers.empty() ? "" : " or ") + std::to_string(place + 1);
    return numbers;
}

std::vector<std::size_t> places_where(const Credential& credential,
                                      const std::function<bool(const std::string& name)>& is_meant) {
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < credential.authenticators.size(); ++i) {
        if (is_meant(credential.authenticators[i].name)) places.push_back(i);
    }
    return places;
}

// As it is spelled, or else as people say it.
std::vector<std::size_t> places_of(const Credential& credential, std::string_view word) {
    auto exact = places_where(credential, [&](const std::string& name) { return name == word; });
    if (!exact.empty() || is_blank(word)) return exact;
    return places_where(credential, [&](const std::string& name) { return is_same_device_name(name, word); });
}

}  // namespace

bool is_device_name(std::string_view name) {
    return !is_blank(name) && !is_number(name) && name.size() <= max_device_name && printable(name) == name;
}

bool is_same_device_name(std::string_view one, std::string_view other) {
    return folded(one) == folded(other);
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
    const std::vector<std::size_t> places = places_of(credential, word);
    if (places.size() == 1) return devices[places.front()].id;
    if (places.size() > 1)
        return fail(Errc::exists, std::to_string(places.size()) + " devices are called " + in_quotes(word) +
                                      ": say the number, " + numbers_of(places));
    const auto number = parse_number<std::size_t>(word).value_or(0);
    if (number >= 1 && number <= devices.size()) return devices[number - 1].id;
    return fail(Errc::not_found, "there is no device " + in_quotes(word) +
                                     (devices.empty() ? "" : "; there are: " + names_of_devices(credential)));
}

const Authenticator* find_device(const Credential& credential, const AuthenticatorId& id) {
    const auto found = std::ranges::find(credential.authenticators, id, &Authenticator::id);
    return found == credential.authenticators.end() ? nullptr : &*found;
}

// A list that is spelled in one way only would let "Tablet" stand beside "tablet": who is asked on the
// telephone which one to remove does not say so.
const Authenticator* device_named_like(const Credential& credential, std::string_view name) {
    const auto found = std::ranges::find_if(credential.authenticators, [&](const Authenticator& device) {
        return is_same_device_name(device.name, name);
    });
    return found == credential.authenticators.end() ? nullptr : &*found;
}

Result<void> check_addition(const Credential& credential, std::string_view name) {
    if (channel_of(credential.method))
        return fail(Errc::invalid, "codes are sent by " + std::string(to_text(credential.method)) +
                                       ", and no device stands beside that");
    if (!is_device_name(name)) return not_a_name();
    if (const auto* same = device_named_like(credential, name)) return is_there(same->name);
    if (credential.authenticators.size() >= max_authenticators)
        return fail(Errc::too_large, "there are four devices already, and no more fit: remove one first (" +
                                         names_of_devices(credential) + ")");
    return {};
}

Result<void> check_new_name(const Credential& credential, const AuthenticatorId& device,
                            std::string_view name) {
    if (!is_device_name(name)) return not_a_name();
    for (const Authenticator& other : credential.authenticators) {
        if (other.id != device && is_same_device_name(other.name, name)) return is_there(other.name);
    }
    return {};
}

Result<void> check_removal(const Credential& credential) {
    if (credential.authenticators.size() > 1) return {};
    return fail(Errc::not_allowed, "that is the last device, and without one nobody logs in");
}

std::string free_device_name(const Credential& credential) {
    std::string name = "phone";
    for (unsigned number = 2; device_named_like(credential, name) != nullptr; ++number)
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
