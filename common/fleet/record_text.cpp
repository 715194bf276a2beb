#include "fleet/record_text.h"

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "account/record_fields.h"
#include "account/text_record.h"
#include "base/text.h"
#include "fleet/name_of_host.h"

namespace secondstep::fleet {
namespace {

constexpr std::string_view identity_what = "secondstep-fleet";
constexpr std::string_view host_what = "secondstep-fleet-host";
constexpr std::string_view permission_what = "secondstep-fleet-permission";
constexpr std::string_view move_what = "secondstep-fleet-move";
constexpr unsigned version = 1;
constexpr unsigned identity_of_site = 2;  // of a fleet whose authority is the site's own
constexpr std::uint64_t most_nodes = 16;
constexpr std::size_t most_der = 4096;
constexpr std::size_t longest_place = 300;

std::string_view to_text(HostClass changes) {
    switch (changes) {
        case HostClass::login:
            return "login";
        case HostClass::enroll:
            return "enroll";
        case HostClass::changes:
            return "changes";
    }
    return "";
}

HostClass read_class(TextRecordReader& in) {
    const std::string_view text = in.text("class");
    for (const HostClass one : {HostClass::login, HostClass::enroll, HostClass::changes}) {
        if (to_text(one) == text) return one;
    }
    in.refuse();
    return HostClass::login;
}

void write_flag(TextRecordWriter& out, std::string_view key, bool value) {
    out.number(key, value ? 1 : 0);
}

bool read_flag(TextRecordReader& in, std::string_view key) {
    return in.number(key, 1) == 1;
}

std::string read_name(TextRecordReader& in, std::string_view key, bool may_be_pattern = false) {
    std::string name(in.text(key));
    if (!is_name_of_host(name) && !(may_be_pattern && is_pattern_of_hosts(name))) in.refuse();
    return name;
}

void write_names(TextRecordWriter& out, std::string_view count, std::string_view key,
                 const std::vector<std::string>& names) {
    out.number(count, names.size());
    for (const std::string& name : names)
        out.text(key, name);
}

std::vector<std::string> read_names(TextRecordReader& in, std::string_view count, std::string_view key,
                                    bool may_be_pattern) {
    const std::uint64_t size = in.number(count, most_names);
    std::vector<std::string> names;
    for (std::uint64_t i = 0; i < size && in.ok(); ++i)
        names.push_back(read_name(in, key, may_be_pattern));
    return names;
}

Uids read_uids(TextRecordReader& in) {
    const std::string_view text = in.text("uids");
    if (text != "same" && text != "differ") in.refuse();
    return text == "differ" ? Uids::differ : Uids::same;
}

void read_nodes(TextRecordReader& in, std::vector<Node>& nodes) {
    const std::uint64_t count = in.number("nodes", most_nodes);
    for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
        Node node{read_name(in, "node"), std::string(in.text("place"))};
        if (node.place.size() > longest_place || printable(node.place, longest_place) != node.place)
            in.refuse();
        nodes.push_back(std::move(node));
    }
}

std::unexpected<Error> damaged(std::string_view whose) {
    return fail(Errc::damaged, "The record of " + std::string(whose) + " is damaged.");
}

}  // namespace

Secret encode(const FleetIdentity& identity) {
    TextRecordWriter out(identity_what, identity.is_of_site() ? identity_of_site : version);
    out.hex("id", identity.id);
    out.text("uids", identity.uids == Uids::same ? "same" : "differ");
    write_time(out, "since", identity.since);
    out.number("nodes", identity.nodes.size());
    for (const Node& node : identity.nodes) {
        out.text("node", node.name);
        out.text("place", node.place);
    }
    out.hex("authority", identity.authority);
    if (!identity.is_of_site()) out.hex("authority-key", identity.authority_key.bytes());
    return std::move(out).finish();
}

Secret encode(const RegisteredHost& host) {
    TextRecordWriter out(host_what, version);
    out.text("name", host.name);
    out.text("class", to_text(host.changes));
    out.hex("certificate", host.certificate);
    write_time(out, "certificate-end", host.certificate_end);
    write_flag(out, "renewing", host.next.has_value());
    out.hex("next", host.next.value_or(relay::Fingerprint{}));
    write_time(out, "next-end", host.next_end);
    out.hex("key", host.key);
    out.hex("permission", host.permission);
    write_time(out, "since", host.since);
    write_flag(out, "suspended", host.suspended);
    return std::move(out).finish();
}

Secret encode(const JoinPermission& permission) {
    TextRecordWriter out(permission_what, version);
    out.hex("id", permission.id);
    out.hex("secret", permission.secret);
    write_flag(out, "pattern", permission.is_pattern);
    write_names(out, "names", "name", permission.names);
    out.number("count", permission.count);
    write_time(out, "since", permission.since);
    write_time(out, "end", permission.end);
    out.text("class", to_text(permission.changes));
    write_flag(out, "suspended", permission.suspended);
    write_names(out, "spent", "spent-name", permission.spent);
    return std::move(out).finish();
}

Secret encode(const Move& move) {
    TextRecordWriter out(move_what, version);
    out.hex("id", move.id);
    out.text("host", move.host);
    out.text("direction", move.direction == Direction::to_fleet ? "to-fleet" : "to-files");
    out.hex("secret", move.secret.bytes());
    write_time(out, "since", move.since);
    write_time(out, "end", move.end);
    out.hex("came-by", move.came_by);
    return std::move(out).finish();
}

Result<FleetIdentity> decode_identity(const Secret& text) {
    auto opened = TextRecordReader::open(text, identity_what, identity_of_site, version);
    if (!opened) return std::unexpected(opened.error());
    TextRecordReader& in = *opened;
    FleetIdentity identity;
    identity.id = in.array<16>("id");
    identity.uids = read_uids(in);
    identity.since = read_time(in, "since");
    read_nodes(in, identity.nodes);
    const Secret authority = in.hex("authority", 1, most_der);
    identity.authority.assign(authority.bytes().begin(), authority.bytes().end());
    if (in.version() < identity_of_site) identity.authority_key = in.hex("authority-key", 1, most_der);
    if (!in.finished()) return damaged("the fleet");
    return identity;
}

Result<RegisteredHost> decode_host(const Secret& text) {
    auto opened = TextRecordReader::open(text, host_what, version);
    if (!opened) return std::unexpected(opened.error());
    TextRecordReader& in = *opened;
    RegisteredHost host;
    host.name = read_name(in, "name");
    host.changes = read_class(in);
    host.certificate = in.array<32>("certificate");
    host.certificate_end = read_time(in, "certificate-end");
    const bool renewing = read_flag(in, "renewing");
    const auto next = in.array<32>("next");
    if (renewing) host.next = next;
    host.next_end = read_time(in, "next-end");
    if (!renewing && (next != relay::Fingerprint{} || host.next_end != never)) in.refuse();
    host.key = in.array<32>("key");
    host.permission = in.array<5>("permission");
    host.since = read_time(in, "since");
    host.suspended = read_flag(in, "suspended");
    if (!in.finished()) return damaged("a host");
    return host;
}

Result<JoinPermission> decode_permission(const Secret& text) {
    auto opened = TextRecordReader::open(text, permission_what, version);
    if (!opened) return std::unexpected(opened.error());
    TextRecordReader& in = *opened;
    JoinPermission permission;
    permission.id = in.array<5>("id");
    permission.secret = in.array<32>("secret");
    permission.is_pattern = read_flag(in, "pattern");
    permission.names = read_names(in, "names", "name", permission.is_pattern);
    permission.count = static_cast<unsigned>(in.number("count", most_places));
    permission.since = read_time(in, "since");
    permission.end = read_time(in, "end");
    permission.changes = read_class(in);
    permission.suspended = read_flag(in, "suspended");
    permission.spent = read_names(in, "spent", "spent-name", false);
    if (!in.finished()) return damaged("a permission to join");
    return permission;
}

Result<Move> decode_move(const Secret& text) {
    auto opened = TextRecordReader::open(text, move_what, version);
    if (!opened) return std::unexpected(opened.error());
    TextRecordReader& in = *opened;
    Move move;
    move.id = in.array<5>("id");
    move.host = read_name(in, "host");
    const std::string_view direction = in.text("direction");
    if (direction != "to-fleet" && direction != "to-files") in.refuse();
    move.direction = direction == "to-files" ? Direction::to_files : Direction::to_fleet;
    move.secret = in.hex("secret", move_secret_size, move_secret_size);
    move.since = read_time(in, "since");
    move.end = read_time(in, "end");
    move.came_by = in.array<5>("came-by");
    if (!in.finished()) return damaged("a move");
    return move;
}

}  // namespace secondstep::fleet
