#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "account/account_name.h"
#include "account/text_record.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/secret.h"
#include "otp/key_description.h"

namespace secondstep {

// What its owner calls a linked portal, in scripts too: 1 to 32 of letters, digits, '.', '_' and '-', the
// first one a letter or a digit. Errors of create: invalid.
class PortalName {
  public:
    [[nodiscard]] static Result<PortalName> create(std::string_view name);
    [[nodiscard]] const std::string& text() const { return text_; }
    friend bool operator==(const PortalName&, const PortalName&) = default;

  private:
    explicit PortalName(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

inline constexpr std::size_t longest_portal_note = 200;  // bytes of a note or an address
inline constexpr std::size_t max_portal_readers = 16;
inline constexpr std::size_t max_linked_portals = 32;  // of one owner

// An account that may read the codes: the uid is of when it was named, so that somebody who gets the name
// later reads nothing.
struct PortalReader {
    AccountName account;
    std::optional<uid_t> uid;
    friend bool operator==(const PortalReader&, const PortalReader&) = default;
};

// The second factor of an outside portal, kept for a program that logs in there: we are the authenticator,
// not the verifier.
struct LinkedPortal {
    PortalName name;
    otp::KeyDescription token;  // of HOTP: the counter of the next code
    std::string note;           // UTF-8 without control characters
    std::string url;
    bool enabled = true;                // codes are handed out
    std::vector<PortalReader> readers;  // who may read the codes, beside the owner
    UnixTime linked_at{};
    std::optional<std::uint64_t> last;  // TOTP: the newest step that was handed out
    UnixTime last_at{};                 // when a code was handed out

    [[nodiscard]] LinkedPortal clone() const;
    [[nodiscard]] bool is_counted() const;  // HOTP
    [[nodiscard]] bool is_readable_by(const AccountName& account, const std::optional<uid_t>& uid) const;
};

// A note or an address is at most 200 bytes of UTF-8 without control characters. Errors: invalid.
[[nodiscard]] Result<void> check_portal_text(std::string_view text);
// Errors: invalid, naming what is wrong: a note, an address or a name that is too long or has control
// characters, a key of 0 or more than 128 bytes, too many readers, one twice.
[[nodiscard]] Result<void> check(const LinkedPortal& portal);

// All that one owner has linked, sealed together.
struct LinkedPortals {
    std::optional<AccountName> owner;  // nothing: the host
    // The uid that had the name when the first one was linked: somebody who gets the name
    // later gets none of it.
    std::optional<uid_t> uid;
    std::vector<LinkedPortal> portals;  // no name twice

    [[nodiscard]] LinkedPortal* find(const PortalName& name);
    [[nodiscard]] const LinkedPortal* find(const PortalName& name) const;
};

// The text inside the seal; described field by field in etc/FORMATS.md. Errors: as decode_credential().
[[nodiscard]] Secret encode(const LinkedPortals& portals);
[[nodiscard]] Result<LinkedPortals> decode_linked_portals(const Secret& text);

// The fields of one portal, in a record of another kind (a request to link it).
void write_portal(TextRecordWriter& out, const LinkedPortal& portal);
// Returns nullopt if the record was refused.
[[nodiscard]] std::optional<LinkedPortal> read_portal(TextRecordReader& in);

}  // namespace secondstep
