#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "account/slot_reader.h"
#include "account/state.h"
#include "base/byte_codec.h"

// The parts of a slot's content, as etc/FORMATS.md has them. What format 1 wrote otherwise has its own reader
// in state_content_1.cpp.
namespace secondstep::slot {

inline constexpr std::size_t time_size = 8;
inline constexpr std::size_t short_time_size = 5;
inline constexpr std::size_t count_size = 4;  // before a list
inline constexpr std::size_t flag_size = 1;
inline constexpr std::size_t notice_room =
    1 + max_notice_from;  // a text: its length in one byte, and its bytes
inline constexpr std::size_t client_service_room = 1 + max_client_service;
inline constexpr std::size_t address_room = 1 + 16;  // a family, and an address of either

// How many bytes write() and write_entry() make of each; slot_entries_test.cpp holds them to it.
template <typename Part>
inline constexpr std::size_t size_of = 0;
template <>
inline constexpr std::size_t size_of<UnixTime> = short_time_size;
template <>
inline constexpr std::size_t size_of<Failures> = 4 + 2 * time_size;
template <>
inline constexpr std::size_t size_of<RecoveryUse> = sizeof(RecoverySetId) + 4 + 2 * flag_size + 2 + time_size;
template <>
inline constexpr std::size_t size_of<OneTimeGrant> =
    flag_size + 7 + sizeof(KeyId) + sizeof(Digest) + time_size;
template <>
inline constexpr std::size_t size_of<Restore> =
    sizeof(RecoverySetId) + 4 + 1 + 3 + sizeof(Source::key) + time_size;
template <>
inline constexpr std::size_t size_of<ChangeNotice> = 1 + flag_size + 6 + time_size + notice_room;
template <>
inline constexpr std::size_t size_of<SentCode> =
    3 * flag_size + 1 + 4 + sizeof(KeyId) + sizeof(Digest) + sizeof(SentCodeBinding) + time_size;
template <>
inline constexpr std::size_t size_of<AuthenticatorUse> =
    sizeof(AuthenticatorId) + 3 * flag_size + 5 + 2 * 8 + time_size;
template <>
inline constexpr std::size_t size_of<KnownSource> =
    4 + sizeof(Source::key) + sizeof(HostTag) + 3 * short_time_size + 1;
template <>
inline constexpr std::size_t size_of<RememberedClient> =
    client_service_room + address_room + 2 * short_time_size + sizeof(HostTag);
template <>
inline constexpr std::size_t size_of<RecentFailures::OfKnown> = 1 + short_time_size;

// Eight bytes, and five; outside of what they hold they are written as its ends.
void write_time(ByteWriter& out, UnixTime time);
void write_short_time(ByteWriter& out, UnixTime time);

void write(ByteWriter& out, const Failures& failures);
void write(ByteWriter& out, const RecoveryUse& recovery);
void write(ByteWriter& out, const OneTimeGrant& grant);
void write(ByteWriter& out, const Restore& restore);
void write(ByteWriter& out, const ChangeNotice& notice);
void write(ByteWriter& out, const SentCode& sent);
void write_entry(ByteWriter& out, const AuthenticatorUse& use);
void write_entry(ByteWriter& out, const KnownSource& known);
void write_entry(ByteWriter& out, const RememberedClient& client);
void write_entry(ByteWriter& out, const RecentFailures::OfKnown& failure);
void write_entry(ByteWriter& out, UnixTime time);  // short

Failures read_failures(SlotReader& in);
RecoveryUse read_recovery(SlotReader& in);
OneTimeGrant read_grant(SlotReader& in);
Restore read_restore(SlotReader& in);
ChangeNotice read_notice(SlotReader& in);
SentCode read_sent_code(SlotReader& in);
void read_entry(SlotReader& in, AuthenticatorUse& use);
void read_entry(SlotReader& in, KnownSource& known);
void read_entry(SlotReader& in, RememberedClient& client);
void read_entry(SlotReader& in, RecentFailures::OfKnown& failure);
void read_entry(SlotReader& in, UnixTime& time);  // short

// A count, the entries, and zeros where further entries would be.
template <typename Entry>
constexpr std::size_t size_of_list(std::size_t room) {
    return count_size + room * size_of<Entry>;
}

template <typename Entry>
void write_list(ByteWriter& out, const std::vector<Entry>& entries, std::size_t room) {
    out.u32(static_cast<std::uint32_t>(entries.size()));
    for (const Entry& entry : entries)
        write_entry(out, entry);
    out.zeros((room - entries.size()) * size_of<Entry>);
}

template <typename Entry>
std::vector<Entry> read_list(SlotReader& in, std::size_t room) {
    std::vector<Entry> entries(in.count(room));
    for (Entry& entry : entries)
        read_entry(in, entry);
    in.zeros((room - entries.size()) * size_of<Entry>);
    return entries;
}

}  // namespace secondstep::slot
