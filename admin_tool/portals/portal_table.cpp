#include <algorithm>
#include <cstdint>

#include "base/local_time.h"
#include "console/output.h"
#include "console/table.h"
#include "console/terminal.h"
#include "portals/portal_call.h"
#include "portals/portal_session.h"
#include "qr/qr_choice.h"
#include "qr/qr_drawing.h"

namespace secondstep::tool {

namespace {

using dialogue::PortalRequest;

std::string text_in(const Json& json, const char* key) {
    const auto found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string time_in(const Json& json, const char* key) {
    const auto found = json.find(key);
    if (found == json.end() || !found->is_number_integer()) return "-";
    return local_minute(from_unix(found->get<std::int64_t>()));
}

std::string readers_in(const Json& json) {
    std::string names;
    for (const Json& reader : json.value("shared_with", Json::array()))
        names += (names.empty() ? "" : ", ") + (reader.is_string() ? reader.get<std::string>() : "");
    return names;
}

std::size_t widest(const std::vector<PortalLine>& lines, const char* key, std::size_t least) {
    for (const PortalLine& line : lines)
        least = std::max(least, text_in(line.json, key).size());
    return least;
}

void show_table(const std::vector<PortalLine>& lines) {
    Stream stream(out());
    Table table(stream, terminal_of(out().fd()),
                {{"PORTAL", widest(lines, "portal", 6)},
                 {"OWNER", widest(lines, "owner", 5)},
                 {"CODES", 5},
                 {"METHOD", 6, false, 72},
                 {"LAST USED", 16, false, 72},
                 {"NOTE", 0}});
    table.header();
    for (const PortalLine& line : lines) {
        const bool on = line.json.value("enabled", false);
        table.row({{text_in(line.json, "portal")},
                   {text_in(line.json, "owner")},
                   {on ? "on" : "off", on ? Table::Colour::green : Table::Colour::yellow},
                   {text_in(line.json, "method")},
                   {time_in(line.json, "last_used")},
                   {text_in(line.json, "note")}});
    }
}

void show_details(const Json& json) {
    const std::string readers = readers_in(json);
    const std::string period = json.contains("period") && json["period"].is_number()
                                   ? ", every " + json["period"].dump() + " s"
                                   : "";
    out().line("Portal     " + text_in(json, "portal"));
    out().line("Owner      " + text_in(json, "owner"));
    out().line("Codes      " +
               std::string(json.value("enabled", false) ? "are handed out" : "are switched off"));
    out().line("Entry      " + text_in(json, "issuer") + (text_in(json, "issuer").empty() ? "" : ": ") +
               text_in(json, "account"));
    const bool steam = text_in(json, "encoder") == "steam";
    out().line("Method     " + text_in(json, "method") + ", " + json.value("digits", Json(0)).dump() +
               (steam ? " letters of Steam, " : " digits, ") + text_in(json, "algorithm") + period);
    out().line("Address    " + text_in(json, "url"));
    out().line("Note       " + text_in(json, "note"), 11);
    out().line("Shared     " + (readers.empty() ? "with nobody" : "with " + readers), 11);
    out().line("Linked     " + time_in(json, "linked_at"));
    out().line("Last used  " + time_in(json, "last_used"));
}

void show_json(const std::vector<PortalLine>& lines) {
    for (const PortalLine& line : lines)
        out().verbatim(line.secret.empty() ? Secret::copy_of(dump(with_written_times(line.json)))
                                           : line.whole());
}

Exit list(const PortalCall& call, PortalSession& portals, const PortalRequest& request) {
    const auto lines = portals.perform(request, err());
    if (!lines) return lines.error();
    if (call.json()) {
        show_json(*lines);
    } else if (call.name) {
        show_details(lines->front().json);
    } else if (lines->empty()) {
        out().line("No portal is linked. secondstep portal add NAME links one.");
    } else {
        show_table(*lines);
    }
    return unless_unwritten();
}

Exit show_key(const PortalCall& call, const PortalLine& line, const QrChoice& choice) {
    if (call.json()) {
        out().verbatim(line.whole());
        return unless_unwritten();
    }
    if (choice.kind != QrChoice::Kind::none) {
        const auto drawn = draw_qr(line.secret, choice, out());
        if (!drawn) return complain(drawn.error());
    }
    out().line(line.secret);
    return unless_unwritten();
}

OrExit<QrChoice> choice_of(const PortalCall& call) {
    const auto words = call.call.arguments.texts("qr");
    if (words.size() > 1) return stop(complain(Exit::usage, "portal export takes one --qr"));
    if (words.empty()) return QrChoice{QrChoice::Kind::none, ""};
    if (call.json()) return stop(complain(Exit::usage, "--qr does not go with --json"));
    return QrChoice::parse(words.front());
}

}  // namespace

Exit list_portals(const PortalCall& call) {
    const auto request = call.request(PortalRequest::List{call.name});
    if (!request) return request.error();
    return with_portals(call.call, [&](PortalSession& portals) { return list(call, portals, *request); });
}

Exit export_portal(const PortalCall& call) {
    const auto request = call.request(PortalRequest::Reveal{*call.name});
    if (!request) return request.error();
    const auto choice = choice_of(call);
    if (!choice) return choice.error();
    if (choice->is_file())
        return complain(Exit::usage,
                        "portal export shows the code with --qr utf8 or ascii, and writes no file");
    const auto yes = call.agreed("Show the key of " + call.name->text() +
                                 "? Whoever sees it can make every code from now on.");
    if (!yes) return yes.error();
    return with_portals(call.call, [&](PortalSession& portals) {
        const auto lines = portals.perform(*request, err());
        if (!lines) return lines.error();
        if (lines->size() != 1) return complain(Exit::unavailable, "the service sent no key");
        return show_key(call, lines->front(), *choice);
    });
}

}  // namespace secondstep::tool
