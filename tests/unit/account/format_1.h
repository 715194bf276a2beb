#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "account/credential.h"
#include "account/state.h"
#include "account/state_slot.h"
#include "account/text_record.h"
#include "base/byte_codec.h"
#include "otp/kdf.h"

// What a program of format 1 wrote, by the table it had in etc/FORMATS.md: stores of that age are still read.
namespace secondstep::testing {

class SlotOfFormat1 {
  public:
    SlotOfFormat1(const State& state, const KeyId& key, const Secret& mac_key) {
        out_.raw(as_bytes("SSTPSTAT"));
        out_.u32(1);
        out_.raw(key);
        begin(state);
        lists(state);
        grants(state);
        clients(state);
        sent(state);
        out_.zeros(state_slot_size - 32 - out_.size());
        const Digest mac = otp::hmac_sha256(mac_key.bytes(), out_.view()).value();
        out_.raw(mac);
    }

    [[nodiscard]] Bytes bytes() && { return std::move(out_).take(); }

  private:
    void flag(bool set) { out_.u8(set ? 1 : 0); }
    void time(UnixTime time) { out_.i64(to_unix(time)); }
    void text(std::string_view text, std::size_t room) {
        out_.u8(static_cast<std::uint8_t>(text.size()));
        out_.raw(as_bytes(text));
        out_.zeros(room - 1 - text.size());
    }
    void failures(const Failures& failures) {
        out_.u32(failures.count);
        time(failures.last);
        time(failures.wait_until);
    }
    void source(const Source& source) {
        out_.u8(static_cast<std::uint8_t>(source.kind));
        out_.zeros(3);
        out_.raw(source.key);
    }
    void begin(const State& s) {
        flag(s.enrolled);
        flag(s.enrollment_forced);
        out_.zeros(2);
        out_.u64(s.generation);
        time(s.last_success);
        out_.raw(s.last_accepted);
        for (const Failures* counter : {&s.strangers, &s.own_uid, &s.trusted_callers})
            failures(*counter);
        out_.raw(s.recovery.id);
        out_.u32(s.recovery.used);
        flag(s.recovery.closed);
        flag(s.recovery.not_saved);
        out_.zeros(2);
        time(s.recovery.last_judged);
    }
    void lists(const State& s) {
        out_.u32(static_cast<std::uint32_t>(s.uses.size()));
        for (const AuthenticatorUse& use : s.uses) {
            out_.raw(use.id);
            flag(use.used);
            flag(use.closed);
            flag(use.resyncing);
            out_.zeros(5);
            out_.u64(use.last);
            out_.u64(use.resync);
            time(use.last_success);
        }
        out_.zeros((8 - s.uses.size()) * 40);
        out_.u32(static_cast<std::uint32_t>(s.known.size()));
        for (const KnownSource& known : s.known) {
            source(known.source);
            time(known.last_success);
            failures(known.failures);
        }
        out_.zeros((16 - s.known.size()) * 48);
    }
    void grants(const State& s) {
        for (const OneTimeGrant* grant : {&s.registration, &s.temporary}) {
            flag(grant->given);
            out_.zeros(7);
            out_.raw(grant->key);
            out_.raw(grant->digest);
            time(grant->until);
        }
        out_.raw(s.restore.set);
        out_.u32(s.restore.code);
        source(s.restore.source);
        time(s.restore.until);
        out_.u8(static_cast<std::uint8_t>(s.notice.change));
        out_.zeros(7);
        time(s.notice.when);
        text(s.notice.from, 64);
    }
    void clients(const State& s) {
        out_.u32(static_cast<std::uint32_t>(s.clients.size()));
        for (const RememberedClient& client : s.clients) {
            text(client.service, 33);
            text(client.address, 47);
            time(client.since);
            time(client.until);
        }
        out_.zeros((16 - s.clients.size()) * 96);
    }
    void sent(const State& s) {
        flag(s.sent.given);
        flag(s.sent.used);
        flag(s.sent.undelivered);
        out_.u8(s.sent.wrong);
        out_.zeros(4);
        out_.raw(s.sent.key);
        out_.raw(s.sent.digest);
        out_.raw(s.sent.binding);
        time(s.sent.until);
        out_.u32(static_cast<std::uint32_t>(s.sends.size()));
        for (const UnixTime send : s.sends)
            time(send);
        out_.zeros((10 - s.sends.size()) * 8);
    }

    ByteWriter out_;
};

// The text of a credential without what version 2 added.
inline Secret text_of_version_1(const Credential& credential) {
    const Secret text = encode(credential);
    TextRecordWriter out("secondstep-credential", 1);
    std::string_view lines = text.text();
    lines.remove_prefix(lines.find('\n') + 1);
    for (; !lines.starts_with("check="); lines.remove_prefix(lines.find('\n') + 1)) {
        const std::string_view line = lines.substr(0, lines.find('\n'));
        const std::string_view key = line.substr(0, line.find('='));
        if (key != "added-at" && key != "reserve") out.text(key, line.substr(key.size() + 1));
    }
    return std::move(out).finish();
}

}  // namespace secondstep::testing
