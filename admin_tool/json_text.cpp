#include "json_text.h"

namespace secondstep::tool {

namespace {

void append_quoted(Secret& text, std::string_view value) {
    text.push_back('"');
    text.append(value);
    text.push_back('"');
}

}  // namespace

std::string dump(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Secret dump_with_secrets(const Json& json, const std::vector<SecretMember>& members,
                         std::string_view list_name, const std::vector<Secret>& list) {
    Secret text = Secret::copy_of(dump(json));
    text.truncate(text.size() - 1);
    for (const SecretMember& member : members) {
        text.push_back(',');
        append_quoted(text, member.name);
        text.push_back(':');
        append_quoted(text, member.value->text());
    }
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
