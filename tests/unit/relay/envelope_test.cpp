#include "relay/envelope.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "support/failure.h"

namespace secondstep::relay {
namespace {

using testing::failure;

Secret secret(const std::string& text) {
    return Secret::copy_of(text);
}

Fingerprint some_fingerprint() {
    Fingerprint fingerprint{};
    fingerprint[0] = 0xab;
    fingerprint[31] = 0xcd;
    return fingerprint;
}

NodeSeen some_node() {
    return {.name = "auth1",
            .address = "192.0.2.11:7464",
            .is_asked = true,
            .round_trip = std::chrono::microseconds{400},
            .ahead = std::chrono::milliseconds{-1500},
            .problem = "none"};
}

HostSeen some_host() {
    return {.name = "web01",
            .address = "192.0.2.21",
            .connected = std::chrono::seconds{3'600},
            .heard = std::chrono::seconds{1},
            .version = "0.1.0",
            .ahead = std::chrono::milliseconds{-1500}};
}

// One of each, with fields that can be told apart.
std::vector<Envelope> one_of_each() {
    std::vector<Envelope> all;
    all.emplace_back(From{some_fingerprint(), "192.0.2.7"});
    all.emplace_back(Open{"alice", {1, 2, 3}, secret("hello")});
    all.emplace_back(Answer{{1, 2, 3}, secret("123456")});
    all.emplace_back(Said{secret("what the module is told")});
    all.emplace_back(Lost{Loss::not_known});
    all.emplace_back(StandingAsked{});
    all.emplace_back(Standing{true, "web01"});
    all.emplace_back(JoinAsked{secret("token"), "web01", "request"});
    all.emplace_back(RenewalAsked{"request"});
    all.emplace_back(Certified{"certificate", "authority"});
    all.emplace_back(Refused{"words"});
    all.emplace_back(NodesAsked{});
    all.emplace_back(NodesSeen{{some_node()}});
    all.emplace_back(NodeRenewalAsked{"auth1", "request"});
    all.emplace_back(BreakGlassUsed{.id = {4, 5, 6},
                                    .at = from_unix(1'800'000'000),
                                    .account = "root",
                                    .service = "sshd",
                                    .from = "192.0.2.7",
                                    .left = 7});
    all.emplace_back(BreakGlassKnown{});
    all.emplace_back(HostsAsked{"web01"});
    all.emplace_back(HostsSeen{std::chrono::seconds{86'400}, true, {some_host()}});
    all.emplace_back(Answer{{1, 2, 3}, secret("123456"), std::chrono::milliseconds{1'000}});
    all.emplace_back(JoinAsked{secret("token"), "web01", "", ShownCertificate{"chain", {1, 2}}});
    all.emplace_back(RenewalAsked{"", ShownCertificate{"chain", {1, 2}}});
    return all;
}

Bytes encoded(const Envelope& envelope) {
    const Secret packet = encode(envelope).value();
    return {packet.bytes().begin(), packet.bytes().end()};
}

TEST(Envelope, OfEachKindComesBackAsTheSameBytes) {
    // Three of them in either of two forms.
    ASSERT_EQ(one_of_each().size(), std::variant_size_v<Envelope> + 3);
    for (const Envelope& envelope : one_of_each()) {
        const Bytes bytes = encoded(envelope);
        const auto back = decode(bytes);
        ASSERT_TRUE(back) << envelope.index() << back.error().detail;
        EXPECT_EQ(back->index(), envelope.index());
        EXPECT_EQ(encoded(*back), bytes);
    }
}

TEST(Envelope, HasItsFieldsInTheirPlaces) {
    const auto from = std::get<From>(decode(encoded(From{some_fingerprint(), "192.0.2.7"})).value());
    EXPECT_EQ(from.certificate, some_fingerprint());
    EXPECT_EQ(from.address, "192.0.2.7");
    const auto open = std::get<Open>(decode(encoded(Open{"alice", {1, 2, 3}, secret("hello")})).value());
    EXPECT_EQ(open.account, "alice");
    EXPECT_EQ(open.introduction, (Bytes{1, 2, 3}));
    EXPECT_EQ(open.hello.text(), "hello");
    const auto answer = std::get<Answer>(decode(encoded(Answer{{9, 8}, secret("123456")})).value());
    EXPECT_EQ(answer.write, (WriteId{9, 8}));
    EXPECT_EQ(answer.packet.text(), "123456");
    EXPECT_EQ(answer.left, std::nullopt);
    const auto left = [](std::chrono::milliseconds time) {
        return std::get<Answer>(decode(encoded(Answer{{}, secret("1"), time})).value()).left;
    };
    using std::chrono::milliseconds;
    EXPECT_EQ(left(milliseconds{6'543}), milliseconds{6'543});
    EXPECT_EQ(encoded(Answer{{}, secret("1"), milliseconds{1}}).at(1), 19) << "which stands in FORMATS.md";
    EXPECT_EQ(left(milliseconds{-1}), milliseconds{0});
    EXPECT_EQ(left(milliseconds{70'000}), milliseconds{65'535});
    const auto join = std::get<JoinAsked>(decode(encoded(JoinAsked{secret("t"), "web01", "r"})).value());
    EXPECT_EQ(join.token.text(), "t");
    EXPECT_EQ(join.host, "web01");
    EXPECT_EQ(join.request, "r");
    EXPECT_FALSE(join.shown);
    const auto shown = std::get<JoinAsked>(
        decode(encoded(JoinAsked{secret("t"), "web01", "", ShownCertificate{"c", {1, 2}}})).value());
    EXPECT_EQ(shown.host, "web01");
    EXPECT_EQ(shown.shown->chain, "c");
    EXPECT_EQ(shown.shown->proof, (Bytes{1, 2}));
    const auto next =
        std::get<RenewalAsked>(decode(encoded(RenewalAsked{"", ShownCertificate{"n", {3}}})).value());
    EXPECT_EQ(next.shown->chain, "n");
    const auto certified = std::get<Certified>(decode(encoded(Certified{"c", "a"})).value());
    EXPECT_EQ(certified.certificate, "c");
    EXPECT_EQ(certified.authority, "a");
    EXPECT_TRUE(std::get<Standing>(decode(encoded(Standing{true, "web01"})).value()).known);
    EXPECT_FALSE(std::get<Standing>(decode(encoded(Standing{false, ""})).value()).known);
}

TEST(Envelope, TellsOfEachNodeWhatIsKnown) {
    const NodeSeen unknown{.name = "auth2",
                           .address = "auth2.example.com:7464",
                           .is_asked = false,
                           .round_trip = {},
                           .ahead = {},
                           .problem = "it cannot be reached"};
    const auto seen = std::get<NodesSeen>(decode(encoded(NodesSeen{{some_node(), unknown}})).value());
    ASSERT_EQ(seen.nodes.size(), 2U);
    EXPECT_EQ(seen.nodes[0].name, "auth1");
    EXPECT_EQ(seen.nodes[0].address, "192.0.2.11:7464");
    EXPECT_TRUE(seen.nodes[0].is_asked);
    EXPECT_EQ(seen.nodes[0].round_trip, std::chrono::microseconds{400});
    EXPECT_EQ(seen.nodes[0].ahead, std::chrono::milliseconds{-1500});
    EXPECT_FALSE(seen.nodes[1].is_asked);
    EXPECT_FALSE(seen.nodes[1].round_trip);
    EXPECT_FALSE(seen.nodes[1].ahead);
    EXPECT_EQ(seen.nodes[1].problem, "it cannot be reached");
}

// One way to write each: what decodes is what was encoded.
TEST(Envelope, WithANumberThatIsSaidNotToBeKnownIsDamaged) {
    NodeSeen node{
        .name = "a", .address = "b", .is_asked = true, .round_trip = {}, .ahead = {}, .problem = {}};
    Bytes bytes = encoded(NodesSeen{{node}});
    const std::size_t last_of_round_trip = 3 + 3 + 3 + 1 + 1 + 7;
    bytes.at(last_of_round_trip) = 1;
    EXPECT_EQ(failure(decode(bytes)), Errc::damaged);
    bytes.at(last_of_round_trip - 8) = 1;
    EXPECT_EQ(std::get<NodesSeen>(decode(bytes).value()).nodes.at(0).round_trip,
              std::chrono::microseconds{1});
}

TEST(Envelope, HasRoomForSoManyNodesOfTheLongestKind) {
    const NodeSeen longest{.name = std::string(max_host_name, 'n'),
                           .address = std::string(max_node_address, 'a'),
                           .is_asked = false,
                           .round_trip = {},
                           .ahead = {},
                           .problem = std::string(max_words, 'p')};
    EXPECT_TRUE(encode(NodesSeen{std::vector(max_nodes_seen, longest)}));
    EXPECT_EQ(failure(encode(NodesSeen{std::vector(max_nodes_seen + 1, some_node())})), Errc::too_large);
}

TEST(Envelope, SaysWhichHostsAreSeen) {
    const HostSeen gone{.name = "web02",
                        .address = "192.0.2.22",
                        .connected = {},
                        .heard = std::chrono::seconds{90},
                        .version = {},
                        .ahead = {}};
    const HostsSeen all{std::chrono::seconds{86'400}, true, {some_host(), gone}};
    const auto seen = std::get<HostsSeen>(decode(encoded(all)).value());
    EXPECT_EQ(seen.running, std::chrono::days{1});
    EXPECT_TRUE(seen.more);
    ASSERT_EQ(seen.hosts.size(), 2U);
    EXPECT_EQ(seen.hosts[0].name, "web01");
    EXPECT_EQ(seen.hosts[0].address, "192.0.2.21");
    EXPECT_EQ(seen.hosts[0].connected, std::chrono::seconds{3'600});
    EXPECT_EQ(seen.hosts[0].heard, std::chrono::seconds{1});
    EXPECT_EQ(seen.hosts[0].version, "0.1.0");
    EXPECT_EQ(seen.hosts[0].ahead, std::chrono::milliseconds{-1500});
    EXPECT_FALSE(seen.hosts[1].connected);
    EXPECT_EQ(seen.hosts[1].heard, std::chrono::seconds{90});
    EXPECT_FALSE(seen.hosts[1].ahead);
}

// A relay's account is not root, whose tool reckons with what it says.
TEST(Envelope, KeepsTimesWithinWhatCanBeReckonedWith) {
    const std::chrono::seconds most = std::chrono::days{365} * 1000;
    for (const std::int64_t number : {INT64_MIN, INT64_MAX}) {
        const bool is_least = number < 0;
        HostSeen host = some_host();
        host.connected = host.heard = std::chrono::seconds(number);
        host.ahead = std::chrono::milliseconds(number);
        const auto seen = std::get<HostsSeen>(
            decode(encoded(HostsSeen{std::chrono::seconds(number), false, {host}})).value());
        const std::chrono::seconds elapsed = is_least ? std::chrono::seconds{0} : most;
        const std::chrono::milliseconds ahead = is_least ? -most : most;
        EXPECT_EQ(seen.running, elapsed);
        ASSERT_EQ(seen.hosts.size(), 1U);
        EXPECT_EQ(seen.hosts[0].connected, elapsed);
        EXPECT_EQ(seen.hosts[0].heard, elapsed);
        EXPECT_EQ(seen.hosts[0].ahead, ahead);
        NodeSeen node = some_node();
        node.round_trip = std::chrono::microseconds(number);
        node.ahead = std::chrono::milliseconds(number);
        const auto nodes = std::get<NodesSeen>(decode(encoded(NodesSeen{{node}})).value());
        ASSERT_EQ(nodes.nodes.size(), 1U);
        EXPECT_EQ(nodes.nodes[0].round_trip, elapsed);
        EXPECT_EQ(nodes.nodes[0].ahead, ahead);
    }
}

TEST(Envelope, HasRoomForSoManyHostsOfTheLongestKind) {
    HostSeen longest = some_host();
    longest.name = longest.address = std::string(max_host_name, 'n');
    longest.version = std::string(max_version, '9');
    const auto with = [&](std::size_t count) {
        return encode(HostsSeen{{}, false, std::vector(count, longest)});
    };
    EXPECT_TRUE(with(max_hosts_seen));
    EXPECT_EQ(failure(with(max_hosts_seen + 1)), Errc::too_large);
}

// The values are on the wire: another number would be another meaning on the other machine.
TEST(Envelope, BeginsWithItsVersionAndType) {
    std::uint8_t type = 1;
    for (const Envelope& envelope : one_of_each()) {
        const Bytes bytes = encoded(envelope);
        EXPECT_EQ(bytes[0], 1);
        EXPECT_EQ(bytes[1], type++);
    }
    EXPECT_EQ(encoded(Lost{Loss::no_node}), (Bytes{1, 5, 1}));
    EXPECT_EQ(encoded(Lost{Loss::connection}), (Bytes{1, 5, 2}));
    EXPECT_EQ(encoded(Lost{Loss::not_known}), (Bytes{1, 5, 3}));
    EXPECT_EQ(encoded(Lost{Loss::unreadable}), (Bytes{1, 5, 4}));
    EXPECT_EQ(encoded(Lost{Loss::all_down}), (Bytes{1, 5, 5}));
    EXPECT_EQ(encoded(Said{secret("ab")}), (Bytes{1, 4, 0, 2, 'a', 'b'}));
}

TEST(Envelope, IsDamagedWhenItIsShorterOrLonger) {
    for (const Envelope& envelope : one_of_each()) {
        Bytes bytes = encoded(envelope);
        for (std::size_t size = 0; size < bytes.size(); ++size)
            EXPECT_EQ(failure(decode(ByteView(bytes).first(size))), Errc::damaged)
                << envelope.index() << size;
        bytes.push_back(0);
        EXPECT_EQ(failure(decode(bytes)), Errc::damaged) << envelope.index();
    }
}

TEST(Envelope, OfAnotherVersionIsUnsupported) {
    Bytes bytes = encoded(StandingAsked{});
    bytes[0] = 2;
    EXPECT_EQ(failure(decode(bytes)), Errc::unsupported);
}

TEST(Envelope, OfAnUnknownTypeLossOrTruthIsDamaged) {
    EXPECT_EQ(failure(decode(Bytes{1, 0})), Errc::damaged);
    EXPECT_EQ(failure(decode(Bytes{1, 17})), Errc::damaged);
    EXPECT_EQ(failure(decode(Bytes{1, 255})), Errc::damaged);
    EXPECT_EQ(failure(decode(Bytes{1, 5, 0})), Errc::damaged);
    EXPECT_EQ(failure(decode(Bytes{1, 5, 6})), Errc::damaged);
    EXPECT_EQ(failure(decode(Bytes{1, 7, 2, 0, 0})), Errc::damaged);
}

struct Bound {
    const char* field;
    std::size_t most;
    Envelope (*with)(std::size_t);
};

class EnvelopeBound : public ::testing::TestWithParam<Bound> {};

TEST_P(EnvelopeBound, IsKept) {
    const auto [field, most, with] = GetParam();
    const auto largest = encode(with(most));
    ASSERT_TRUE(largest) << field;
    EXPECT_TRUE(decode(largest->bytes())) << field;
    EXPECT_EQ(failure(encode(with(most + 1))), Errc::too_large) << field;
}

std::string letters(std::size_t size) {
    return std::string(size, 'x');
}

INSTANTIATE_TEST_SUITE_P(
    Each, EnvelopeBound,
    ::testing::Values(
        Bound{"address", max_host_name, [](std::size_t n) -> Envelope { return From{{}, letters(n)}; }},
        Bound{"account", max_account, [](std::size_t n) -> Envelope { return Open{letters(n), {}, {}}; }},
        Bound{"introduction", max_introduction,
              [](std::size_t n) -> Envelope { return Open{"a", Bytes(n), {}}; }},
        Bound{"hello", max_packet, [](std::size_t n) -> Envelope { return Open{"a", {}, Secret(n)}; }},
        Bound{"answer", max_packet, [](std::size_t n) -> Envelope { return Answer{{}, Secret(n)}; }},
        Bound{"said", max_packet, [](std::size_t n) -> Envelope { return Said{Secret(n)}; }},
        Bound{"host", max_host_name, [](std::size_t n) -> Envelope { return Standing{true, letters(n)}; }},
        Bound{"token", max_token, [](std::size_t n) -> Envelope { return JoinAsked{Secret(n), "", ""}; }},
        Bound{"joining host", max_host_name,
              [](std::size_t n) -> Envelope { return JoinAsked{{}, letters(n), ""}; }},
        Bound{"request", max_pem, [](std::size_t n) -> Envelope { return JoinAsked{{}, "", letters(n)}; }},
        Bound{"renewal", max_pem, [](std::size_t n) -> Envelope { return RenewalAsked{letters(n)}; }},
        Bound{"chain", max_chain,
              [](std::size_t n) -> Envelope { return RenewalAsked{"", ShownCertificate{letters(n), {}}}; }},
        Bound{
            "proof", max_proof,
            [](std::size_t n) -> Envelope { return JoinAsked{{}, "", "", ShownCertificate{"", Bytes(n)}}; }},
        Bound{"certificate", max_pem, [](std::size_t n) -> Envelope { return Certified{letters(n), ""}; }},
        Bound{"authority", max_pem, [](std::size_t n) -> Envelope { return Certified{"", letters(n)}; }},
        Bound{"words", max_words, [](std::size_t n) -> Envelope { return Refused{letters(n)}; }}));

// A field over its bound, written by somebody else's encoder.
TEST(Envelope, WithAFieldOverItsBoundIsDamaged) {
    Bytes bytes{1, 4, 0x20, 0x01};
    bytes.resize(4 + 0x2001);
    EXPECT_EQ(failure(decode(bytes)), Errc::damaged);
    EXPECT_EQ(failure(decode(Bytes(max_envelope + 1, 1))), Errc::damaged);
}

TEST(Envelope, TheLargestShownCertificateFits) {
    EXPECT_TRUE(encode(JoinAsked{Secret(max_token), letters(max_host_name), "",
                                 ShownCertificate{letters(max_chain), Bytes(max_proof)}}));
}

TEST(Envelope, TheLargestOpenFits) {
    EXPECT_TRUE(encode(Open{letters(max_account), Bytes(max_introduction), Secret(max_packet)}));
}

}  // namespace
}  // namespace secondstep::relay
