#include "account/slot_entries.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

namespace secondstep::slot {
namespace {

constexpr std::int64_t latest_short_time = (std::int64_t{1} << 40) - 1;

// The length of the text, its bytes, and zeros up to `room` bytes in all.
void write_text(ByteWriter& out, const std::string& text, std::size_t room) {
    out.u8(static_cast<std::uint8_t>(text.size()));
    out.raw(as_bytes(text));
    out.zeros(room - 1 - text.size());
}

constexpr std::size_t address_size = address_room - 1;
constexpr std::uint8_t family_4 = 4;
constexpr std::uint8_t family_6 = 6;

// The family, and its 4 or 16 bytes in network order; the rest zero.
void write_address(ByteWriter& out, const std::string& text) {
    std::array<std::uint8_t, address_size> bytes{};
    const bool is_v4 = ::inet_pton(AF_INET, text.c_str(), bytes.data()) == 1;
    if (!is_v4) ::inet_pton(AF_INET6, text.c_str(), bytes.data());
    out.u8(is_v4 ? family_4 : family_6);
    out.raw(bytes);
}

std::string read_address(SlotReader& in) {
    const std::uint8_t family = in.u8();
    std::array<char, INET6_ADDRSTRLEN> room{};
    if (family == family_4) {
        const auto bytes = in.array<4>();
        in.zeros(address_size - bytes.size());
        return ::inet_ntop(AF_INET, bytes.data(), room.data(), room.size());
    }
    const auto bytes = in.array<address_size>();
    std::string text = ::inet_ntop(AF_INET6, bytes.data(), room.data(), room.size());
    // An IPv4-mapped address is written as its IPv4.
    if (family != family_6 || exact_address(text) != text) in.refuse();
    return text;
}

}  // namespace

void write_time(ByteWriter& out, UnixTime time) {
    out.i64(std::clamp<std::int64_t>(to_unix(time), 0, latest_slot_time));
}

void write_short_time(ByteWriter& out, UnixTime time) {
    const auto seconds =
        static_cast<std::uint64_t>(std::clamp<std::int64_t>(to_unix(time), 0, latest_short_time));
    out.u8(static_cast<std::uint8_t>(seconds >> 32U));
    out.u32(static_cast<std::uint32_t>(seconds));
}

void write(ByteWriter& out, const Failures& failures) {
    out.u32(failures.count);
    write_time(out, failures.last);
    write_time(out, failures.wait_until);
}

void write(ByteWriter& out, const RecoveryUse& recovery) {
    out.raw(recovery.id);
    out.u32(recovery.used);
    out.u8(recovery.closed ? 1 : 0);
    out.u8(recovery.not_saved ? 1 : 0);
    out.zeros(2);
    write_time(out, recovery.last_judged);
}

void write(ByteWriter& out, const OneTimeGrant& grant) {
    out.u8(grant.given ? 1 : 0);
    out.zeros(7);
    out.raw(grant.key);
    out.raw(grant.digest);
    write_time(out, grant.until);
}

void write(ByteWriter& out, const Restore& restore) {
    out.raw(restore.set);
    out.u32(restore.code);
    out.u8(static_cast<std::uint8_t>(restore.source.kind));
    out.zeros(3);
    out.raw(restore.source.key);
    write_time(out, restore.until);
}

void write(ByteWriter& out, const ChangeNotice& notice) {
    out.u8(static_cast<std::uint8_t>(notice.change));
    out.u8(notice.told_at_known_source ? 1 : 0);
    out.zeros(6);
    write_time(out, notice.when);
    write_text(out, notice.from, notice_room);
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
    write_time(out, sent.until);
}

void write_entry(ByteWriter& out, const AuthenticatorUse& use) {
    out.raw(use.id);
    out.u8(use.used ? 1 : 0);
    out.u8(use.closed ? 1 : 0);
    out.u8(use.resyncing ? 1 : 0);
    out.zeros(5);
    out.u64(use.last);
    out.u64(use.resync);
    write_time(out, use.last_success);
}

void write_entry(ByteWriter& out, const KnownSource& known) {
    out.u8(static_cast<std::uint8_t>(known.source.kind));
    out.u8(known.number);
    out.u8(static_cast<std::uint8_t>(std::min(known.failures.count, closing_failures)));
    out.zeros(1);
    out.raw(known.source.key);
    out.raw(known.host);
    write_short_time(out, known.last_success);
    write_short_time(out, known.failures.last);
    write_short_time(out, known.failures.wait_until);
    out.zeros(1);
}

void write_entry(ByteWriter& out, const RememberedClient& client) {
    write_text(out, client.service, client_service_room);
    write_address(out, client.address);
    write_short_time(out, client.since);
    write_short_time(out, client.until);
    out.raw(client.host);
}

void write_entry(ByteWriter& out, const RecentFailures::OfKnown& failure) {
    out.u8(failure.number);
    write_short_time(out, failure.when);
}

void write_entry(ByteWriter& out, UnixTime time) {
    write_short_time(out, time);
}

Failures read_failures(SlotReader& in) {
    Failures f;
    f.count = in.u32();
    f.last = in.time();
    f.wait_until = in.time();
    return f;
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

// In format 1 the second byte was always zero.
ChangeNotice read_notice(SlotReader& in) {
    ChangeNotice notice;
    notice.change = in.change();
    notice.told_at_known_source = in.flag();
    in.zeros(6);
    notice.when = in.time();
    notice.from = in.text(notice_room);
    return notice;
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

void read_entry(SlotReader& in, AuthenticatorUse& use) {
    use.id = in.array<8>();
    use.used = in.flag();
    use.closed = in.flag();
    use.resyncing = in.flag();
    in.zeros(5);
    use.last = in.u64();
    use.resync = in.u64();
    use.last_success = in.time();
}

void read_entry(SlotReader& in, KnownSource& known) {
    known.source.kind = in.source_kind();
    known.number = in.u8();
    known.failures.count = in.number_up_to(closing_failures);
    in.zeros(1);
    known.source.key = in.array<16>();
    known.host = in.array<8>();
    known.last_success = in.short_time();
    known.failures.last = in.short_time();
    known.failures.wait_until = in.short_time();
    in.zeros(1);
}

void read_entry(SlotReader& in, RememberedClient& client) {
    client.service = in.text(client_service_room);
    client.address = read_address(in);
    client.since = in.short_time();
    client.until = in.short_time();
    client.host = in.array<8>();
}

void read_entry(SlotReader& in, RecentFailures::OfKnown& failure) {
    failure.number = in.u8();
    failure.when = in.short_time();
}

void read_entry(SlotReader& in, UnixTime& time) {
    time = in.short_time();
}

}  // namespace secondstep::slot
