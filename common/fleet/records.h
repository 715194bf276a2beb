#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/secret.h"
#include "fleet/host.h"
#include "fleet/join_token.h"
#include "relay/envelope.h"

namespace secondstep::fleet {

// Whether an account of one name has one uid on all hosts (a directory), or a uid of its own on each.
enum class Uids : std::uint8_t { same = 1, differ = 2 };

// A node, as hosts are told of it.
struct Node {
    std::string name;
    std::string place;  // "192.0.2.11:7464"
    friend bool operator==(const Node&, const Node&) = default;
};

// What a fleet is.
struct FleetIdentity {
    std::array<std::uint8_t, 16> id{};
    Uids uids = Uids::same;
    UnixTime since{};
    std::vector<Node> nodes;
    Bytes authority;       // certificate, DER
    Secret authority_key;  // PKCS #8, DER; empty: the authority is the site's own, and has its key
    [[nodiscard]] bool is_of_site() const { return authority_key.empty(); }
};

// A host that has joined.
struct RegisteredHost {
    std::string name;
    HostClass changes = HostClass::login;
    relay::Fingerprint certificate{};
    UnixTime certificate_end{};
    // While it is renewed: what the host has been given and not used yet. Both are good until it has.
    std::optional<relay::Fingerprint> next{};
    UnixTime next_end{};  // with next
    // SHA-256 of the public key it joined with, so that it may ask again for a certificate that got lost on its way;
    // zeros after its first renewal.
    Digest key{};
    PermissionId permission{};  // by which it joined
    UnixTime since{};
    bool suspended = false;  // it is nobody's until an administrator says otherwise
    friend bool operator==(const RegisteredHost&, const RegisteredHost&) = default;
};

// All that are registered. Of a record that cannot be read nobody knows whose certificate it is: it is no host that is
// not there.
struct HostList {
    struct Unreadable {
        std::string name;
        Error error;
    };
    std::vector<RegisteredHost> hosts;  // by name
    std::vector<Unreadable> unreadable{};
};

// What lets hosts join until `end`: each name once, at most `count` of them in all.
struct JoinPermission {
    PermissionId id{};
    Digest secret{};                 // digest_of_secret()
    std::vector<std::string> names;  // patterns with is_pattern
    bool is_pattern = false;
    unsigned count = 0;
    UnixTime since{};
    UnixTime end{};
    HostClass changes = HostClass::login;
    bool suspended = false;
    std::vector<std::string> spent{};  // names that have joined by it; see also places_left()
    friend bool operator==(const JoinPermission&, const JoinPermission&) = default;
};
inline constexpr unsigned most_places = 1000;
inline constexpr std::size_t most_names = 1000;

// What becomes of a host that shows the secret of a permission.
enum class Joining : std::uint8_t {
    registered,
    again,  // it is registered by the same permission with the same key: its certificate got lost on its way
    not_known,  // there is no such permission (any more)
    ended,
    used_up,
    not_named,          // the permission is for others
    spent,              // this name has joined by it before, and was dropped
    registered_before,  // by another permission, or with another key: drop-host first
};

// The names that have joined by it, also where what counts them was not written after the host was registered.
[[nodiscard]] std::vector<std::string> names_joined(const JoinPermission& permission,
                                                    const std::vector<RegisteredHost>& hosts);
[[nodiscard]] unsigned places_left(const JoinPermission& permission,
                                   const std::vector<RegisteredHost>& hosts);
// Pure: what join() decides. `registered`: that name, as it stands.
[[nodiscard]] Joining judge_joining(const JoinPermission& permission,
                                    const std::vector<RegisteredHost>& hosts, const RegisteredHost& host,
                                    UnixTime now);

// The records of a fleet. Implementations: FileFleetRecords; later a store that several nodes share. What they owe is
// in tests/unit/fleet/fleet_records_contract.h. Thread-safe. Errors of all: untrusted, damaged, unsupported, crypto, io;
// of those that write also busy (somebody else does for seconds), and io when the disk did not confirm it: it may be in
// force then, and doing it again is safe. Of all but identity() and create(): not_found where there is no fleet.
class FleetRecords {
  public:
    FleetRecords() = default;
    FleetRecords(const FleetRecords&) = delete;
    FleetRecords& operator=(const FleetRecords&) = delete;
    virtual ~FleetRecords() = default;

    // Nothing: there is no fleet.
    [[nodiscard]] virtual Result<std::optional<FleetIdentity>> identity() const = 0;
    // Errors: exists.
    [[nodiscard]] virtual Result<void> create(const FleetIdentity& identity) = 0;

    [[nodiscard]] virtual Result<HostList> hosts() const = 0;
    [[nodiscard]] virtual Result<std::optional<RegisteredHost>> host(const std::string& name) const = 0;
    // Gives `change` the record as it is, and writes what it makes of it; nothing where it gives nothing. It is pure, and
    // may be asked again. False: there is no such host, or nothing was written.
    using Change = std::function<std::optional<RegisteredHost>(const RegisteredHost&)>;
    [[nodiscard]] virtual Result<bool> change(const std::string& name, const Change& change) = 0;
    // Its certificates are nobody's from now on, and its place in its permission is not free again. False: there is none.
    [[nodiscard]] virtual Result<bool> drop(const std::string& name) = 0;

    [[nodiscard]] virtual Result<std::vector<JoinPermission>> permissions() const = 0;
    [[nodiscard]] virtual Result<std::optional<JoinPermission>> permission(const PermissionId& id) const = 0;
    // Also forgets those that ended more than a week ago. Errors: exists.
    [[nodiscard]] virtual Result<void> permit(const JoinPermission& permission) = 0;
    [[nodiscard]] virtual Result<bool> withdraw(const PermissionId& id) = 0;

    // Takes a place of `host.permission` and registers the host, as one step: whoever is killed in between has done both
    // or nothing. What is not `registered` or `again` has changed nothing. The secret was judged before.
    // Errors: also damaged, while there is a host whose record nobody can read: it may hold the last place.
    [[nodiscard]] virtual Result<Joining> join(const RegisteredHost& host, UnixTime now) = 0;

    // Writes every record with the newest key of the ring, where it is sealed with another one. How many.
    [[nodiscard]] virtual Result<std::size_t> seal_anew() = 0;
};

// What a permission keeps of the secret of its token: SHA-256, which is enough for 96 random bits. Errors: crypto.
[[nodiscard]] Result<Digest> digest_of_secret(const PermissionId& id, const Secret& secret);

}  // namespace secondstep::fleet
