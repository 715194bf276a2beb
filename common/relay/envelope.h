#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/secret.h"

// What goes between secondstepd and the relay beside it, in packets of SOCK_SEQPACKET, and between two relays in
// frames (frame.h). On a host each conversation is one connection of secondstepd to the relay; on a node each is one
// connection of the relay to secondstepd, which judges. The relay carries the packets of a conversation as they are:
// it knows neither the protocol of the module nor what an introduction says. etc/FORMATS.md has the bytes.
namespace secondstep::relay {

inline constexpr std::uint8_t version = 1;
// A packet of the module's protocol (8192 bytes), an introduction, and what stands around them.
inline constexpr std::size_t max_envelope = 12288;
inline constexpr std::size_t max_packet = 8192;
inline constexpr std::size_t max_introduction = 3072;
inline constexpr std::size_t max_account = 256;
inline constexpr std::size_t max_pem = 4096;     // a request for a certificate, or a certificate
inline constexpr std::size_t max_chain = 10240;  // a certificate with those between it and its authority
inline constexpr std::size_t max_proof = 1024;   // a signature
inline constexpr std::size_t max_token = 128;    // of the code that lets hosts join, as typed
inline constexpr std::size_t max_host_name = 64;
inline constexpr std::size_t max_words = 512;
inline constexpr std::size_t max_node_address = 300;  // the longest name of a machine, and a port
inline constexpr std::size_t max_nodes_seen = 12;
inline constexpr std::size_t max_hosts_seen = 60;  // at a time
inline constexpr std::size_t max_version = 32;

// SHA-256 of a certificate's DER.
using Fingerprint = std::array<std::uint8_t, 32>;
// Of one judged answer, minted by the host; it is the host's own only together with the host's name.
using WriteId = std::array<std::uint8_t, 16>;

// From the relay of a node, first and once on each connection: who is at the other end, as TLS has it. A host cannot
// say it: a relay never passes one on. Without certificate (all zeros) a host may ask to join, and nothing else.
struct From {
    Fingerprint certificate{};
    std::string address;  // of the peer, for the journal
};

// --- a conversation ---

// From a host, first. `account` is what chooses the node that is asked first, and nothing else.
struct Open {
    std::string account;
    Bytes introduction;
    Secret hello;  // a packet of the module's protocol
};
struct Answer {
    WriteId write{};
    Secret packet;
    // For so long its host still waits for what becomes of it, at most 65 seconds. Nothing: a version before
    // secondstep-fleet/4 does not say.
    std::optional<std::chrono::milliseconds> left = {};
};
// From a node: what the module would be told.
struct Said {
    Secret packet;
};
// To a host, last: nothing more comes of this conversation. On the wire between relays it stands for the end of a
// connection that ended without a verdict, too.
enum class Loss : std::uint8_t {
    no_node = 1,     // none is known to be up: nothing was sent
    connection = 2,  // it broke, or the node's service ended
    not_known = 3,   // the node does not know this host (any more)
    unreadable = 4,  // one side sent what the other does not understand
    all_down = 5,    // as no_node, and none has been up for three seconds; of the host's own relay alone
};
struct Lost {
    Loss loss = Loss::connection;
};

// --- a question about a host: one, and its answer ---

// Whether the certificate of From is that of a host of the fleet.
struct StandingAsked {};
struct Standing {
    bool known = false;
    std::string host;
};
// In the place of a request, where the site's own authority signs: the certificate that it has signed.
struct ShownCertificate {
    std::string chain;  // PEM: it, and those between it and the authority
    Bytes proof;        // of its key (fleet/possession.h)
};
// A host that has no certificate of the fleet yet.
struct JoinAsked {
    Secret token;
    std::string host;
    std::string request;  // PKCS #10, PEM
    std::optional<ShownCertificate> shown{};
};
// A host whose certificate (that of From) ends soon, or that has the next one already.
struct RenewalAsked {
    std::string request;
    std::optional<ShownCertificate> shown{};
};
// The relay of a node, whose own certificate ends soon: of the service beside it, for nobody else. From has neither
// certificate nor address then, and no relay passes it on.
struct NodeRenewalAsked {
    std::string node;
    std::string request;
};
struct Certified {
    std::string certificate;  // PEM; empty: the one that was shown
    std::string authority;    // PEM: of the fleet
};
struct Refused {
    std::string words;  // for the administrator of the host
};

// --- what a host tells when a node is there again: one login by a break-glass code, and that it is known now ---

using UseId = std::array<std::uint8_t, 16>;  // minted by the host: whoever hears it twice knows it
struct BreakGlassUsed {
    UseId id{};
    UnixTime at{};  // by the host's clock
    std::string account;
    std::string service;
    std::string from;
    std::uint8_t left = 0;  // codes of that host
};
struct BreakGlassKnown {};

// --- on a host, of its relay: one question and its answer, which never leave the machine ---

struct NodesAsked {};
struct NodeSeen {
    std::string name;
    std::string address;  // and port
    bool is_asked = false;
    std::optional<std::chrono::microseconds> round_trip;  // of the last ping
    std::optional<std::chrono::milliseconds> ahead;       // its clock, of this machine's
    std::string problem;                                  // why it is not asked
};
struct NodesSeen {
    std::vector<NodeSeen> nodes;  // the first of them, where there are more
};

// --- on a node, of its relay: likewise, as often as there is more ---

// Of hosts whose name comes after this one; empty: of the first.
struct HostsAsked {
    std::string after;
};
// A host that was connected since the relay began, which knows of no other. Version and clock are the host's own word.
struct HostSeen {
    std::string name;
    std::string address;                             // it came from
    std::optional<std::chrono::seconds> connected;   // for so long; nothing: it is not
    std::chrono::seconds heard{};                    // its last word is so old
    std::string version;                             // of its program; empty: it does not say
    std::optional<std::chrono::milliseconds> ahead;  // its clock, of this machine's
};
struct HostsSeen {
    std::chrono::seconds running{};  // the relay, for so long
    bool more = false;
    std::vector<HostSeen> hosts;  // by name
};

using Envelope = std::variant<From, Open, Answer, Said, Lost, StandingAsked, Standing, JoinAsked,
                              RenewalAsked, Certified, Refused, NodesAsked, NodesSeen, NodeRenewalAsked,
                              BreakGlassUsed, BreakGlassKnown, HostsAsked, HostsSeen>;

// Errors: too_large (a field over its bound).
[[nodiscard]] Result<Secret> encode(const Envelope& envelope);
// Strict. Errors: unsupported (another version), damaged.
[[nodiscard]] Result<Envelope> decode(ByteView packet);

}  // namespace secondstep::relay
