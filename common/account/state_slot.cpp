#include "account/state_slot.h"

#include <algorithm>
#include <cstdint>

#include "account/slot_reader.h"
#include "account/state_content.h"
#include "base/byte_codec.h"
#include "otp/kdf.h"

// The frame of a state slot: header, content, MAC (etc/FORMATS.md).
namespace secondstep {
namespace {

constexpr std::string_view magic = "SSTPSTAT";
constexpr std::uint32_t format = 2;
constexpr std::uint32_t oldest_format = 1;
constexpr std::size_t signed_size = state_slot_size - slot::mac_size;

std::unexpected<Error> damaged() {
    return fail(Errc::damaged, "The state is damaged.");
}

// What a slot begins with.
struct Header {
    std::uint32_t format = 0;
    KeyId key{};

    static Result<Header> of(ByteView bytes) {
        ByteReader in(bytes);
        const ByteView found = in.raw(magic.size());
        Header header;
        header.format = in.u32();
        header.key = in.array<8>();
        if (bytes.size() != state_slot_size || !std::ranges::equal(found, as_bytes(magic)) ||
            header.format < oldest_format) {
            return damaged();
        }
        if (header.format > secondstep::format) {
            return fail(Errc::unsupported, "The state was written by a newer version of this program.");
        }
        return header;
    }
};

bool fits(const RecentFailures& recent) {
    return recent.strangers.size() <= max_recent_failures && recent.own_uid.size() <= max_recent_failures &&
           recent.trusted_callers.size() <= max_recent_failures &&
           recent.known.size() <= max_recent_known_failures;
}

bool fits(const State& s) {
    return s.uses.size() <= max_authenticator_uses && s.known.size() <= max_known_sources &&
           s.notice.from.size() <= max_notice_from && s.clients.size() <= max_remembered_clients &&
           s.sends.size() <= max_remembered_sends && s.portal_sends.size() <= max_remembered_sends &&
           s.sent.wrong <= max_wrong_answers && fits(s.recent) &&
           std::ranges::all_of(
               s.clients, [](const auto& client) { return client.service.size() <= max_client_service; });
}

bool has_addresses(const State& s) {
    return std::ranges::all_of(
        s.clients, [](const auto& client) { return exact_address(client.address) == client.address; });
}

State read_content(std::uint32_t written_as, SlotReader& in) {
    return written_as == oldest_format ? slot::read_content_1(in) : slot::read_content(in);
}

}  // namespace

Result<Bytes> encode_slot(const State& s, const KeyId& key_id, const Secret& mac_key) {
    if (!fits(s)) {
        return fail(Errc::too_large, "The state has more entries than a slot has room for.");
    }
    if (!has_addresses(s)) return fail(Errc::invalid, "A remembered client has no address.");
    ByteWriter out(state_slot_size);
    out.raw(as_bytes(magic));
    out.u32(format);
    out.raw(key_id);
    slot::write_content(out, s);
    const auto mac = otp::hmac_sha256(mac_key.bytes(), out.view());
    if (!mac) return std::unexpected(mac.error());
    out.raw(*mac);
    return std::move(out).take();
}

Result<KeyId> key_id_of_slot(ByteView slot) {
    const Result<Header> header = Header::of(slot);
    if (!header) return std::unexpected(header.error());
    return header->key;
}

Result<State> decode_slot(ByteView slot, const Secret& mac_key) {
    const Result<Header> header = Header::of(slot);
    if (!header) return std::unexpected(header.error());
    const auto mac = otp::hmac_sha256(mac_key.bytes(), slot.first(signed_size));
    if (!mac) return std::unexpected(mac.error());
    if (!equal_in_constant_time(*mac, slot.subspan(signed_size))) return damaged();
    SlotReader in(slot.first(signed_size).subspan(slot::header_size));
    State state = read_content(header->format, in);
    if (!in.sound()) return damaged();
    return state;
}

}  // namespace secondstep
