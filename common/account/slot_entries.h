#pragma once

#include <cstddef>
#include <vector>

#include "account/slot_reader.h"
#include "account/state.h"
#include "base/byte_codec.h"

// The parts of a slot's content, as etc/FORMATS.md has them. What format 1 wrote otherwise has its own reader
// in state_content_1.cpp.
namespace secondstep::slot {

inline constexpr std::size_t authenticator_size = 40;
inline constexpr std::size_t known_size = 44;
inline constexpr std::size_t client_size = 68;
inline constexpr std::size_t short_time_size = 5;
inline constexpr std::size_t known_failure_size = 6;

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
void write_list(ByteWriter& out, const std::vector<Entry>& entries, std::size_t room,
                std::size_t entry_size) {
    out.u32(static_cast<std::uint32_t>(entries.size()));
    for (const Entry& entry : entries)
        write_entry(out, entry);
    out.zeros((room - entries.size()) * entry_size);
}

template <typename Entry>
std::vector<Entry> read_list(SlotReader& in, std::size_t room, std::size_t entry_size) {
    std::vector<Entry> entries(in.count(room));
    for (Entry& entry : entries)
        read_entry(in, entry);
    in.zeros((room - entries.size()) * entry_size);
    return entries;
}

}  // namespace secondstep::slot
