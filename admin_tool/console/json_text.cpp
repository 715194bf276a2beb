#include "console/json_text.h"

namespace secondstep::tool {

namespace {

void append_quoted(Secret& text, std::string_view value) {
    text.push_back('"');
    text.append(value);
    text.push_back('"');
}

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
