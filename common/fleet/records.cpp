#include "fleet/records.h"

#include <algorithm>

#include "fleet/name_of_host.h"
#include "otp/kdf.h"

namespace secondstep::fleet {
namespace {

bool is_named(const JoinPermission& permission, const std::string& name) {
    return std::ranges::any_of(permission.names, [&](const std::string& one) {
        return permission.is_pattern ? matches(one, name) : one == name;
    });
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
    return std::ranges::find(names, name) != names.end();
}

}  // namespace

std::vector<std::string> names_joined(const JoinPermission& permission,
                                      const std::vector<RegisteredHost>& hosts) {
    std::vector<std::string> names = permission.spent;
    for (const RegisteredHost& host : hosts) {
        if (host.permission == permission.id && !contains(names, host.name)) names.push_back(host.name);
    }
    return names;
}

unsigned places_left(const JoinPermission& permission, const std::vector<RegisteredHost>& hosts) {
    const std::size_t taken = names_joined(permission, hosts).size();
    return taken < permission.count ? permission.count - static_cast<unsigned>(taken) : 0;
}

Joining judge_joining(const JoinPermission& permission, const std::vector<RegisteredHost>& hosts,
                      const RegisteredHost& host, UnixTime now) {
    if (now >= permission.end || permission.suspended) return Joining::ended;
    if (!is_named(permission, host.name)) return Joining::not_named;
    const auto there = std::ranges::find(hosts, host.name, &RegisteredHost::name);
    if (there != hosts.end()) {
        const bool same = there->permission == permission.id && there->key == host.key && !there->suspended;
        return same ? Joining::again : Joining::registered_before;
    }
    if (contains(permission.spent, host.name)) return Joining::spent;
    return places_left(permission, hosts) > 0 ? Joining::registered : Joining::used_up;
}

Result<Digest> digest_of_secret(const PermissionId& id, const Secret& secret) {
    Secret text = Secret::copy_of("secondstep fleet join 1");
    text.append(id);
    text.append(secret.bytes());
    return otp::sha256(text.bytes());
}

}  // namespace secondstep::fleet
