#include "console/json_text.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/local_time.h"

namespace secondstep::tool {

namespace {

void append_quoted(Secret& text, std::string_view value) {
    text.push_back('"');
    text.append(value);
    text.push_back('"');
}

constexpr auto times =
    std::to_array<std::string_view>({"last_used", "linked_at", "invited_until", "since", "until"});

// Without the brace at its end.
Secret opened_object(const Json& json, const std::vector<SecretMember>& members) {
    Secret text = Secret::copy_of(dump(json));
    text.truncate(text.size() - 1);
    for (const SecretMember& member : members) {
        text.push_back(',');
        append_quoted(text, member.name);
        text.push_back(':');
        append_quoted(text, member.value->text());
    }
    return text;
}

}  // namespace

std::string dump(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json with_written_times(Json json) {
    for (auto member = json.begin(); member != json.end(); ++member) {
        if (member->is_structured()) {
            *member = with_written_times(std::move(*member));
        } else if (json.is_object() && member->is_number_integer() &&
                   std::ranges::find(times, member.key()) != times.end()) {
            *member = utc_second(from_unix(member->get<std::int64_t>()));
        }
    }
    return json;
}

Secret dump_with_secrets(const Json& json, const std::vector<SecretMember>& members) {
    Secret text = opened_object(json, members);
    text.push_back('}');
    return text;
}

Secret dump_with_secrets(const Json& json, const std::vector<SecretMember>& members,
                         std::string_view list_name, const std::vector<Secret>& list) {
    Secret text = opened_object(json, members);
    text.push_back(',');
    append_quoted(text, list_name);
    text.append(":[");
    for (std::size_t i = 0; i < list.size(); ++i) {
        if (i > 0) text.push_back(',');
        append_quoted(text, list[i].text());
    }
    text.append("]}");
    return text;
}

}  // namespace secondstep::tool
