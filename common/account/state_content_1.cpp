#include <cstdint>
#include "account/slot_entries.h"

#include "account/state_content.h"

// Format 1, as it was written before format 2; it is read only.
namespace secondstep::slot {
namespace {

constexpr std::size_t known_sources_1 = 16;
constexpr std::size_t known_size_1 = 48;
constexpr std::size_t service_room_1 = 33;
constexpr std::size_t address_room_1 = 47;
constexpr std::size_t client_size_1 = service_room_1 + address_room_1 + 16;
constexpr std::size_t time_size_1 = 8;

KnownSource read_known_1(SlotReader& in) {
    KnownSource known;
    known.source.kind = in.source_kind();
    in.zeros(3);
    known.source.key = in.array<16>();
    known.last_success = in.time();
    known.failures = read_failures(in);
    return known;
}

RememberedClient read_client_1(SlotReader& in) {
    RememberedClient client;
    client.service = in.text(service_room_1);
    client.address = in.text(address_room_1);
    client.since = in.time();
    client.until = in.time();
    // Nothing else was ever written, and format 2 has no room for it.
    if (exact_address(client.address) != client.address) in.refuse();
    return client;
}

UnixTime read_time_1(SlotReader& in) {
    return in.time();
}

template <typename Entry>
std::vector<Entry> read_list_1(SlotReader& in, std::size_t room, std::size_t entry_size,
                               Entry (*read_one)(SlotReader&)) {
    std::vector<Entry> entries;
    const std::size_t count = in.count(room);
    entries.reserve(count);
    for (std::size_t i = 0; i < count; ++i)
        entries.push_back(read_one(in));
    in.zeros((room - count) * entry_size);
    return entries;
}

std::vector<KnownSource> read_all_known_1(SlotReader& in) {
    auto known = read_list_1(in, known_sources_1, known_size_1, &read_known_1);
    for (std::size_t i = 0; i < known.size(); ++i)
        known[i].number = static_cast<std::uint8_t>(i);
    return known;
}

}  // namespace

State read_content_1(SlotReader& in) {
    State s;
    s.enrolled = in.flag();
    s.enrollment_forced = in.flag();
    in.zeros(2);
    s.generation = in.u64();
    s.last_success = in.time();
    s.last_accepted = in.array<16>();
    s.strangers = read_failures(in);
    s.own_uid = read_failures(in);
    s.trusted_callers = read_failures(in);
    s.recovery = read_recovery(in);
    s.uses = read_list<AuthenticatorUse>(in, max_authenticator_uses);
    s.known = read_all_known_1(in);
    s.registration = read_grant(in);
    s.temporary = read_grant(in);
    s.restore = read_restore(in);
    s.notice = read_notice(in);
    s.clients = read_list_1(in, max_remembered_clients, client_size_1, &read_client_1);
    s.sent = read_sent_code(in);
    s.sends = read_list_1(in, max_remembered_sends, time_size_1, &read_time_1);
    in.rest_is_zero();
    if (s.notice.told_at_known_source) in.refuse();  // where that stands now was a zero
    return s;
}

}  // namespace secondstep::slot
