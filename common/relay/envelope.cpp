#include "relay/envelope.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "base/byte_codec.h"

namespace secondstep::relay {
namespace {

// The values travel: never renumber.
enum class Type : std::uint8_t {
    from = 1,
    open = 2,
    answer = 3,
    said = 4,
    lost = 5,
    standing_asked = 6,
    standing = 7,
    join_asked = 8,
    renewal_asked = 9,
    certified = 10,
    refused = 11,
    nodes_asked = 12,
    nodes_seen = 13,
    node_renewal_asked = 14,
    break_glass_used = 15,
    break_glass_known = 16,
    hosts_asked = 17,
    hosts_seen = 18,
    answer_in_time = 19,
    join_shown = 20,
    renewal_shown = 21,
};

// Appends, and remembers whether every field was within its bound. Into a Secret: an answer is one.
class Writer {
  public:
    explicit Writer(Type type) {
        out_.push_back(static_cast<char>(version));
        out_.push_back(static_cast<char>(type));
    }
    void u8(std::uint8_t value) { out_.push_back(static_cast<char>(value)); }
    void raw(ByteView bytes) { out_.append(bytes); }
    void sized(ByteView bytes, std::size_t most) {
        fits_ = fits_ && bytes.size() <= most;
        if (!fits_) return;
        u8(static_cast<std::uint8_t>(bytes.size() >> 8U));
        u8(static_cast<std::uint8_t>(bytes.size()));
        raw(bytes);
    }
    void sized(std::string_view text, std::size_t most) { sized(as_bytes(text), most); }
    [[nodiscard]] Result<Secret> take() && {
        if (!fits_ || out_.size() > max_envelope) return fail(Errc::too_large, "too much for one envelope");
        return std::move(out_);
    }

  private:
    Secret out_;
    bool fits_ = true;
};

template <typename Duration>
void write_known(ByteWriter& out, const std::optional<Duration>& known) {
    out.u8(known ? 1 : 0);
    out.i64(known.value_or(Duration{}).count());
}

void write(Writer& out, const NodeSeen& node) {
    ByteWriter numbers;
    numbers.u8(node.is_asked ? 1 : 0);
    write_known(numbers, node.round_trip);
    write_known(numbers, node.ahead);
    out.sized(node.name, max_host_name);
    out.sized(node.address, max_node_address);
    out.raw(numbers.view());
    out.sized(node.problem, max_words);
}

void write_time_left(Writer& out, std::chrono::milliseconds left) {
    ByteWriter number;
    number.u16(
        static_cast<std::uint16_t>(std::clamp<std::chrono::milliseconds::rep>(left.count(), 0, 0xffff)));
    out.raw(number.view());
}

void write(Writer& out, const HostSeen& host) {
    ByteWriter times;
    write_known(times, host.connected);
    times.i64(host.heard.count());
    ByteWriter clock;
    write_known(clock, host.ahead);
    out.sized(host.name, max_host_name);
    out.sized(host.address, max_host_name);
    out.raw(times.view());
    out.sized(host.version, max_version);
    out.raw(clock.view());
}

void write(Writer& out, const ShownCertificate& shown) {
    out.sized(shown.chain, max_chain);
    out.sized(shown.proof, max_proof);
}

struct Encoder {
    Result<Secret> operator()(const From& from) const {
        Writer out(Type::from);
        out.raw(from.certificate);
        out.sized(from.address, max_host_name);
        return std::move(out).take();
    }
    Result<Secret> operator()(const Open& open) const {
        Writer out(Type::open);
        out.sized(open.account, max_account);
        out.sized(open.introduction, max_introduction);
        out.sized(open.hello.bytes(), max_packet);
        return std::move(out).take();
    }
    Result<Secret> operator()(const Answer& answer) const {
        Writer out(answer.left ? Type::answer_in_time : Type::answer);
        out.raw(answer.write);
        if (answer.left) write_time_left(out, *answer.left);
        out.sized(answer.packet.bytes(), max_packet);
        return std::move(out).take();
    }
    Result<Secret> operator()(const Said& said) const {
        Writer out(Type::said);
        out.sized(said.packet.bytes(), max_packet);
        return std::move(out).take();
    }
    Result<Secret> operator()(const Lost& lost) const {
        Writer out(Type::lost);
        out.u8(static_cast<std::uint8_t>(lost.loss));
        return std::move(out).take();
    }
    Result<Secret> operator()(const StandingAsked&) const { return Writer(Type::standing_asked).take(); }
    Result<Secret> operator()(const Standing& standing) const {
        Writer out(Type::standing);
        out.u8(standing.known ? 1 : 0);
        out.sized(standing.host, max_host_name);
        return std::move(out).take();
    }
    Result<Secret> operator()(const JoinAsked& join) const {
        Writer out(join.shown ? Type::join_shown : Type::join_asked);
        out.sized(join.token.bytes(), max_token);
        out.sized(join.host, max_host_name);
        if (join.shown)
            write(out, *join.shown);
        else
            out.sized(join.request, max_pem);
        return std::move(out).take();
    }
    Result<Secret> operator()(const RenewalAsked& renewal) const {
        Writer out(renewal.shown ? Type::renewal_shown : Type::renewal_asked);
        if (renewal.shown)
            write(out, *renewal.shown);
        else
            out.sized(renewal.request, max_pem);
        return std::move(out).take();
    }
    Result<Secret> operator()(const Certified& certified) const {
        Writer out(Type::certified);
        out.sized(certified.certificate, max_pem);
        out.sized(certified.authority, max_pem);
        return std::move(out).take();
    }
    Result<Secret> operator()(const Refused& refused) const {
        Writer out(Type::refused);
        out.sized(refused.words, max_words);
        return std::move(out).take();
    }
    Result<Secret> operator()(const NodesAsked&) const { return Writer(Type::nodes_asked).take(); }
    Result<Secret> operator()(const NodesSeen& seen) const {
        if (seen.nodes.size() > max_nodes_seen) return fail(Errc::too_large, "too many nodes");
        Writer out(Type::nodes_seen);
        out.u8(static_cast<std::uint8_t>(seen.nodes.size()));
        for (const NodeSeen& node : seen.nodes)
            write(out, node);
        return std::move(out).take();
    }
    Result<Secret> operator()(const NodeRenewalAsked& renewal) const {
        Writer out(Type::node_renewal_asked);
        out.sized(renewal.node, max_host_name);
        out.sized(renewal.request, max_pem);
        return std::move(out).take();
    }
    Result<Secret> operator()(const BreakGlassUsed& used) const {
        Writer out(Type::break_glass_used);
        out.raw(used.id);
        ByteWriter time;
        time.i64(to_unix(used.at));
        out.raw(time.view());
        out.sized(used.account, max_account);
        out.sized(used.service, max_account);
        out.sized(used.from, max_account);
        out.u8(used.left);
        return std::move(out).take();
    }
    Result<Secret> operator()(const BreakGlassKnown&) const { return Writer(Type::break_glass_known).take(); }
    Result<Secret> operator()(const HostsAsked& asked) const {
        Writer out(Type::hosts_asked);
        out.sized(asked.after, max_host_name);
        return std::move(out).take();
    }
    Result<Secret> operator()(const HostsSeen& seen) const {
        if (seen.hosts.size() > max_hosts_seen) return fail(Errc::too_large, "too many hosts");
        Writer out(Type::hosts_seen);
        ByteWriter running;
        running.i64(seen.running.count());
        out.raw(running.view());
        out.u8(seen.more ? 1 : 0);
        out.u8(static_cast<std::uint8_t>(seen.hosts.size()));
        for (const HostSeen& host : seen.hosts)
            write(out, host);
        return std::move(out).take();
    }
};

std::string text(ByteReader& in, std::size_t most) {
    return std::string(in.sized(most));
}

Secret secret(ByteReader& in, std::size_t most) {
    return Secret::copy_of(in.sized(most));
}

std::optional<Loss> loss_of(std::uint8_t value) {
    if (value < static_cast<std::uint8_t>(Loss::no_node) || value > static_cast<std::uint8_t>(Loss::all_down))
        return std::nullopt;
    return static_cast<Loss>(value);
}

std::optional<Envelope> read_open(ByteReader& in) {
    Open open;
    open.account = text(in, max_account);
    const ByteView introduction = as_bytes(in.sized(max_introduction));
    open.introduction.assign(introduction.begin(), introduction.end());
    open.hello = secret(in, max_packet);
    return open;
}

std::optional<Envelope> read_lost(ByteReader& in) {
    const std::optional<Loss> loss = loss_of(in.u8());
    if (!loss) return std::nullopt;
    return Lost{*loss};
}

std::optional<Envelope> read_standing(ByteReader& in) {
    const std::uint8_t known = in.u8();
    if (known > 1) return std::nullopt;
    return Standing{known == 1, text(in, max_host_name)};
}

ShownCertificate read_shown(ByteReader& in) {
    ShownCertificate shown;
    shown.chain = text(in, max_chain);
    const ByteView proof = as_bytes(in.sized(max_proof));
    shown.proof.assign(proof.begin(), proof.end());
    return shown;
}

// Fields one after another: braces would do, but for the order in which they are read.
std::optional<Envelope> read_join(ByteReader& in, bool is_shown) {
    JoinAsked join;
    join.token = secret(in, max_token);
    join.host = text(in, max_host_name);
    if (is_shown)
        join.shown = read_shown(in);
    else
        join.request = text(in, max_pem);
    return join;
}

std::optional<bool> truth(std::uint8_t value) {
    return value > 1 ? std::nullopt : std::optional(value == 1);
}

// Whoever reads of a time reckons with it, as root too, and a relay may send any number: more than that is as much.
constexpr std::chrono::seconds longest_time = std::chrono::days{365} * 1000;

template <typename Duration>
Duration within(std::int64_t number, Duration least) {
    return std::clamp(Duration(number), least, Duration(longest_time));
}

template <typename Duration>
Duration read_elapsed(ByteReader& in) {
    return within(in.i64(), Duration(0));
}

// Whether it is known, and then what; of what is not known the number is 0. False: it is neither.
template <typename Duration>
bool read_known(ByteReader& in, std::optional<Duration>& known, Duration least) {
    const std::optional<bool> is_known = truth(in.u8());
    const std::int64_t number = in.i64();
    if (!is_known || (!*is_known && number != 0)) return false;
    if (*is_known) known = within(number, least);
    return true;
}

template <typename Duration>
bool read_known_elapsed(ByteReader& in, std::optional<Duration>& known) {
    return read_known(in, known, Duration(0));
}

template <typename Duration>
bool read_known_difference(ByteReader& in, std::optional<Duration>& known) {
    return read_known(in, known, -Duration(longest_time));
}

std::optional<NodeSeen> read_node(ByteReader& in) {
    NodeSeen node;
    node.name = text(in, max_host_name);
    node.address = text(in, max_node_address);
    const std::optional<bool> is_asked = truth(in.u8());
    if (!is_asked || !read_known_elapsed(in, node.round_trip) || !read_known_difference(in, node.ahead))
        return std::nullopt;
    node.is_asked = *is_asked;
    node.problem = text(in, max_words);
    return node;
}

std::optional<HostSeen> read_host(ByteReader& in) {
    HostSeen host;
    host.name = text(in, max_host_name);
    host.address = text(in, max_host_name);
    if (!read_known_elapsed(in, host.connected)) return std::nullopt;
    host.heard = read_elapsed<std::chrono::seconds>(in);
    host.version = text(in, max_version);
    if (!read_known_difference(in, host.ahead)) return std::nullopt;
    return host;
}

// `count` of them, or nothing.
template <typename One, typename Read>
bool read_all(ByteReader& in, std::size_t count, std::vector<One>& all, const Read& read_one) {
    for (std::size_t i = 0; i < count; ++i) {
        std::optional<One> one = read_one(in);
        if (!one || !in.ok()) return false;
        all.push_back(std::move(*one));
    }
    return true;
}

std::optional<Envelope> read_hosts(ByteReader& in) {
    HostsSeen seen;
    seen.running = read_elapsed<std::chrono::seconds>(in);
    const std::optional<bool> more = truth(in.u8());
    const std::size_t count = in.u8();
    if (!more || count > max_hosts_seen || !read_all(in, count, seen.hosts, read_host)) return std::nullopt;
    seen.more = *more;
    return seen;
}

std::optional<Envelope> read_nodes(ByteReader& in) {
    NodesSeen seen;
    const std::size_t count = in.u8();
    if (count > max_nodes_seen || !read_all(in, count, seen.nodes, read_node)) return std::nullopt;
    return seen;
}

std::optional<Envelope> read_node_renewal(ByteReader& in) {
    NodeRenewalAsked renewal;
    renewal.node = text(in, max_host_name);
    renewal.request = text(in, max_pem);
    return renewal;
}

std::optional<Envelope> read_break_glass(ByteReader& in) {
    BreakGlassUsed used;
    used.id = in.array<16>();
    used.at = from_unix(in.i64());
    used.account = text(in, max_account);
    used.service = text(in, max_account);
    used.from = text(in, max_account);
    used.left = in.u8();
    return used;
}

std::optional<Envelope> read_answer(ByteReader& in, bool says_time_left) {
    Answer answer;
    answer.write = in.array<16>();
    if (says_time_left) answer.left = std::chrono::milliseconds(in.u16());
    answer.packet = secret(in, max_packet);
    return answer;
}

std::optional<Envelope> read(Type type, ByteReader& in) {
    switch (type) {
        case Type::from: {
            From from;
            from.certificate = in.array<32>();
            from.address = text(in, max_host_name);
            return from;
        }
        case Type::open:
            return read_open(in);
        case Type::answer:
        case Type::answer_in_time:
            return read_answer(in, type == Type::answer_in_time);
        case Type::said:
            return Said{secret(in, max_packet)};
        case Type::lost:
            return read_lost(in);
        case Type::standing_asked:
            return StandingAsked{};
        case Type::standing:
            return read_standing(in);
        case Type::join_asked:
            return read_join(in, false);
        case Type::join_shown:
            return read_join(in, true);
        case Type::renewal_asked:
            return RenewalAsked{text(in, max_pem)};
        case Type::renewal_shown:
            return RenewalAsked{{}, read_shown(in)};
        case Type::certified: {
            Certified certified;
            certified.certificate = text(in, max_pem);
            certified.authority = text(in, max_pem);
            return certified;
        }
        case Type::refused:
            return Refused{text(in, max_words)};
        case Type::nodes_asked:
            return NodesAsked{};
        case Type::nodes_seen:
            return read_nodes(in);
        case Type::node_renewal_asked:
            return read_node_renewal(in);
        case Type::break_glass_used:
            return read_break_glass(in);
        case Type::break_glass_known:
            return BreakGlassKnown{};
        case Type::hosts_asked:
            return HostsAsked{text(in, max_host_name)};
        case Type::hosts_seen:
            return read_hosts(in);
    }
    return std::nullopt;
}

}  // namespace

Result<Secret> encode(const Envelope& envelope) {
    return std::visit(Encoder{}, envelope);
}

Result<Envelope> decode(ByteView packet) {
    if (packet.size() > max_envelope) return fail(Errc::damaged, "an envelope of more than 12288 bytes");
    ByteReader in(packet);
    const std::uint8_t spoken = in.u8();
    if (in.ok() && spoken != version)
        return fail(Errc::unsupported, "an envelope of version " + std::to_string(spoken));
    const auto type = static_cast<Type>(in.u8());
    std::optional<Envelope> envelope = in.ok() ? read(type, in) : std::nullopt;
    if (!envelope || !in.finished()) return fail(Errc::damaged, "a damaged envelope");
    return std::move(*envelope);
}

}  // namespace secondstep::relay
