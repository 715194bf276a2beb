#include <algorithm>

#include "account/slot_reader.h"
#include "account/state.h"
#include "base/byte_codec.h"
#include "otp/kdf.h"

// The bytes of a state slot. What each of them means: etc/FORMATS.md.
namespace secondstep {
namespace {

constexpr std::string_view magic = "SSTPSTAT";
constexpr std::uint32_t format = 1;
constexpr std::size_t mac_size = 32;
constexpr std::size_t signed_size = state_slot_size - mac_size;

// A text in a slot: its length in one byte, and room for its bytes.
constexpr std::size_t notice_room = 1 + max_notice_from;
constexpr std::size_t client_service_room = 1 + max_client_service;
constexpr std::size_t client_address_room = 1 + max_client_address;

void write(ByteWriter& out, UnixTime time) {
    out.i64(std::clamp<std::int64_t>(to_unix(time), 0, latest_slot_time));
}

void write(ByteWriter& out, const Failures& f) {
    out.u32(f.count);
    write(out, f.last);
    write(out, f.wait_until);
}

void write(ByteWriter& out, const AuthenticatorUse& use) {
    out.raw(use.id);
    out.u8(use.used ? 1 : 0);
    out.u8(use.closed ? 1 : 0);
    out.u8(use.resyncing ? 1 : 0);
    out.zeros(5);
    out.u64(use.last);
    out.u64(use.resync);
    write(out, use.last_success);
}

void write(ByteWriter& out, const KnownSource& known) {
    out.u8(static_cast<std::uint8_t>(known.source.kind));
    out.zeros(3);
    out.raw(known.source.key);
    write(out, known.last_success);
    write(out, known.failures);
}

void write(ByteWriter& out, const RecoveryUse& recovery) {
    out.raw(recovery.id);
    out.u32(recovery.used);
    out.u8(recovery.closed ? 1 : 0);
    out.u8(recovery.not_saved ? 1 : 0);
    out.zeros(2);
    write(out, recovery.last_judged);
}

void write(ByteWriter& out, const OneTimeGrant& grant) {
    out.u8(grant.given ? 1 : 0);
    out.zeros(7);
    out.raw(grant.key);
    out.raw(grant.digest);
    write(out, grant.until);
}

void write(ByteWriter& out, const Restore& restore) {
    out.raw(restore.set);
    out.u32(restore.code);
    out.u8(static_cast<std::uint8_t>(restore.source.kind));
    out.zeros(3);
    out.raw(restore.source.key);
    write(out, restore.until);
}

// The length of the text, its bytes, and zeros up to `room` bytes in all.
void write_text(ByteWriter& out, const std::string& text, std::size_t room) {
    out.u8(static_cast<std::uint8_t>(text.size()));
    out.raw(as_bytes(text));
    out.zeros(room - 1 - text.size());
}

void write(ByteWriter& out, const ChangeNotice& notice) {
    out.u8(static_cast<std::uint8_t>(notice.change));
    out.zeros(7);
    write(out, notice.when);
    write_text(out, notice.from, notice_room);
}

void write(ByteWriter& out, const RememberedClient& client) {
    write_text(out, client.service, client_service_room);
    write_text(out, client.address, client_address_room);
    write(out, client.since);
    write(out, client.until);
}

void write(ByteWriter& out, const SentCode& sent) {
    out.u8(sent.given ? 1 : 0);
    out.u8(sent.used ? 1 : 0);
    out.u8(sent.undelivered ? 1 : 0);
    out.u8(sent.wrong);
    out.zeros(4);
    out.raw(sent.key);
    out.raw(sent.digest);
    out.raw(sent.binding);
    write(out, sent.until);
}

constexpr std::size_t use_size = 40;
constexpr std::size_t known_size = 48;
constexpr std::size_t time_size = 8;
constexpr std::size_t client_size = client_service_room + client_address_room + 16;

// A count, the entries, and zeros where further entries would be.
template <typename Entry>
void write_list(ByteWriter& out, const std::vector<Entry>& entries, std::size_t room,
                std::size_t entry_size) {
    out.u32(static_cast<std::uint32_t>(entries.size()));
    for (const Entry& entry : entries)
        write(out, entry);
    out.zeros((room - entries.size()) * entry_size);
}

Failures read_failures(SlotReader& in) {
    Failures f;
    f.count = in.u32();
    f.last = in.time();
    f.wait_until = in.time();
    return f;
}

void read(SlotReader& in, AuthenticatorUse& use) {
    use.id = in.array<8>();
    use.used = in.flag();
    use.closed = in.flag();
    use.resyncing = in.flag();
    in.zeros(5);
    use.last = in.u64();
    use.resync = in.u64();
    use.last_success = in.time();
}

void read(SlotReader& in, KnownSource& known) {
    known.source.kind = in.source_kind();
    in.zeros(3);
    known.source.key = in.array<16>();
    known.last_success = in.time();
    known.failures = read_failures(in);
}

RecoveryUse read_recovery(SlotReader& in) {
    RecoveryUse recovery;
    recovery.id = in.array<8>();
    recovery.used = in.u32();
    recovery.closed = in.flag();
    recovery.not_saved = in.flag();
    in.zeros(2);
    recovery.last_judged = in.time();
    return recovery;
}

void read(SlotReader& in, RememberedClient& client) {
    client.service = in.text(client_service_room);
    client.address = in.text(client_address_room);
    client.since = in.time();
    client.until = in.time();
}

void read(SlotReader& in, UnixTime& time) {
    time = in.time();
}

SentCode read_sent_code(SlotReader& in) {
    SentCode sent;
    sent.given = in.flag();
    sent.used = in.flag();
    sent.undelivered = in.flag();
    sent.wrong = in.number_up_to(max_wrong_answers);
    in.zeros(4);
    sent.key = in.array<8>();
    sent.digest = in.array<32>();
    sent.binding = in.array<16>();
    sent.until = in.time();
    return sent;
}

OneTimeGrant read_grant(SlotReader& in) {
    OneTimeGrant grant;
    grant.given = in.flag();
    in.zeros(7);
    grant.key = in.array<8>();
    grant.digest = in.array<32>();
    grant.until = in.time();
    return grant;
}

Restore read_restore(SlotReader& in) {
    Restore restore;
    restore.set = in.array<8>();
    restore.code = in.u32();
    restore.source.kind = in.source_kind();
    in.zeros(3);
    restore.source.key = in.array<16>();
    restore.until = in.time();
    return restore;
}

ChangeNotice read_notice(SlotReader& in) {
    ChangeNotice notice;
    notice.change = in.change();
    in.zeros(7);
    notice.when = in.time();
    notice.from = in.text(notice_room);
    return notice;
}

template <typename Entry>
std::vector<Entry> read_list(SlotReader& in, std::size_t room, std::size_t entry_size) {
    std::vector<Entry> entries(in.count(room));
    for (Entry& entry : entries)
        read(in, entry);
    in.zeros((room - entries.size()) * entry_size);
    return entries;
}

std::unexpected<Error> damaged() {
    return fail(Errc::damaged, "The state is damaged.");
}

Result<State> read_state(ByteView after_key_id) {
    SlotReader in(after_key_id);
    State s;
    s.enrolled = in.flag();
    s.enrollment_forced = in.flag();
    in.zeros(2);
    s.generation = in.u64();
    s.last_success = in.time();
    s.last_accepted = in.array<16>();
    s.strangers = read_failures(in);
    s.own_uid = read_failures(in);
    s.portal = read_failures(in);
    s.recovery = read_recovery(in);
    s.uses = read_list<AuthenticatorUse>(in, max_authenticator_uses, use_size);
    s.known = read_list<KnownSource>(in, max_known_sources, known_size);
    s.registration = read_grant(in);
    s.temporary = read_grant(in);
    s.restore = read_restore(in);
    s.notice = read_notice(in);
    s.clients = read_list<RememberedClient>(in, max_remembered_clients, client_size);
    s.sent = read_sent_code(in);
    s.sends = read_list<UnixTime>(in, max_remembered_sends, time_size);
    in.rest_is_zero();
    if (!in.sound()) return damaged();
    return s;
}

// What follows the format and the key id.
Result<ByteView> after_header(ByteView slot) {
    if (const auto id = key_id_of_slot(slot); !id) return std::unexpected(id.error());
    return slot.first(signed_size).subspan(magic.size() + sizeof format + sizeof(KeyId));
}

bool fits(const RememberedClient& client) {
    return client.service.size() <= max_client_service && client.address.size() <= max_client_address;
}

bool fits(const State& s) {
    return s.uses.size() <= max_authenticator_uses && s.known.size() <= max_known_sources &&
           s.notice.from.size() <= max_notice_from && s.clients.size() <= max_remembered_clients &&
           s.sends.size() <= max_remembered_sends && s.sent.wrong <= max_wrong_answers &&
           std::ranges::all_of(s.clients, [](const RememberedClient& client) { return fits(client); });
}

}  // namespace

Result<Bytes> encode_slot(const State& s, const KeyId& key_id, const Secret& mac_key) {
    if (!fits(s)) {
        return fail(Errc::too_large, "The state has more entries than a slot has room for.");
    }
    ByteWriter out;
    out.raw(as_bytes(magic));
    out.u32(format);
    out.raw(key_id);
    out.u8(s.enrolled ? 1 : 0);
    out.u8(s.enrollment_forced ? 1 : 0);
    out.zeros(2);
    out.u64(s.generation);
    write(out, s.last_success);
    out.raw(s.last_accepted);
    write(out, s.strangers);
    write(out, s.own_uid);
    write(out, s.portal);
    write(out, s.recovery);
    write_list(out, s.uses, max_authenticator_uses, use_size);
    write_list(out, s.known, max_known_sources, known_size);
    write(out, s.registration);
    write(out, s.temporary);
    write(out, s.restore);
    write(out, s.notice);
    write_list(out, s.clients, max_remembered_clients, client_size);
    write(out, s.sent);
    write_list(out, s.sends, max_remembered_sends, time_size);
    out.zeros(signed_size - out.size());
    const auto mac = otp::hmac_sha256(mac_key.bytes(), out.view());
    if (!mac) return std::unexpected(mac.error());
    out.raw(*mac);
    return std::move(out).take();
}

Result<KeyId> key_id_of_slot(ByteView slot) {
    ByteReader in(slot);
    const ByteView found = in.raw(magic.size());
    const std::uint32_t written_as = in.u32();
    const KeyId id = in.array<8>();
    if (slot.size() != state_slot_size || !std::ranges::equal(found, as_bytes(magic)) || written_as == 0) {
        return damaged();
    }
    if (written_as > format) {
        return fail(Errc::unsupported, "The state was written by a newer version of this program.");
    }
    return id;
}

Result<State> decode_slot(ByteView slot, const Secret& mac_key) {
    const auto content = after_header(slot);
    if (!content) return std::unexpected(content.error());
    const auto mac = otp::hmac_sha256(mac_key.bytes(), slot.first(signed_size));
    if (!mac) return std::unexpected(mac.error());
    if (!equal_in_constant_time(*mac, slot.subspan(signed_size))) return damaged();
    return read_state(*content);
}

}  // namespace secondstep
