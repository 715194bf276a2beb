#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"

namespace secondstep::tool {

using Json = nlohmann::ordered_json;

// One line. Invalid UTF-8 becomes U+FFFD instead of an exception.
[[nodiscard]] std::string dump(const Json& json);

// Times that the service says in seconds since 1970, here and in the objects inside, as root's are written:
// "2026-11-28T18:52:07Z". Of those members that are times: last_used, linked_at, invited_until, since, until.
[[nodiscard]] Json with_written_times(Json json);

// `json`, an object, with further members whose values are secrets: they never become a std::string. The
// secrets are keys, URIs and codes: ASCII without a character JSON would escape.
struct SecretMember {
    std::string_view name;
    const Secret* value;
};
[[nodiscard]] Secret dump_with_secrets(const Json& json, const std::vector<SecretMember>& members);
[[nodiscard]] Secret dump_with_secrets(const Json& json, const std::vector<SecretMember>& members,
                                       std::string_view list_name, const std::vector<Secret>& list);

}  // namespace secondstep::tool
