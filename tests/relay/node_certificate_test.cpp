// The certificate of a node: the relay asks the service beside it for the next one, and shows that.
#include "relay/node_certificate.h"

#include <gmock/gmock.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include <atomic>
#include <chrono>

#include "fleet/site_files.h"
#include "relay/fleet_peer.h"
#include "relay/played_service.h"
#include "relay/relay_world.h"
#include "relay/speech.h"

namespace secondstep::testing {
namespace {

using relay::Certified;
using relay::NodeRenewalAsked;
using relay::Refused;
using std::chrono::seconds;
using ::testing::HasSubstr;

unsigned mode_of(const std::string& path) {
    struct stat about{};
    return ::stat(path.c_str(), &about) == 0 ? about.st_mode & 07777U : 0;
}

class CertificateOfANode : public ::testing::Test {
  protected:
    [[nodiscard]] FleetAuthority::Issued issued(seconds begins, seconds ends) const {
        return world_.authority().issue("auth1", FleetAuthority::For::node, {begins, ends});
    }
    // What it shows to whom comes now.
    [[nodiscard]] std::array<std::uint8_t, 32> shown() const {
        const FleetPeer host(node_.port,
                             {.own = world_.authority().issue("web01", FleetAuthority::For::host)});
        return host.peer_fingerprint();
    }
    // A service that answers the wish with what `answer` makes of the request.
    [[nodiscard]] PlayedService::Part answering(std::function<relay::Envelope(const std::string&)> answer) {
        return [this, answer = std::move(answer)](PlayedService::Visit& visit) {
            const auto* const wish = std::get_if<NodeRenewalAsked>(&visit.first);
            if (wish == nullptr) return PlayedService::answer_as_usual(visit);
            EXPECT_EQ(visit.from.certificate, relay::Fingerprint{});
            EXPECT_EQ(visit.from.address, "") << "no host says it";
            EXPECT_EQ(wish->node, "auth1");
            ++asked_;
            visit.peer.send(answer(wish->request));
        };
    }
    [[nodiscard]] relay::Envelope next_of(const std::string& request) const {
        return Certified{world_.authority().sign(request, "auth1", {}, FleetAuthority::For::node),
                         world_.authority().certificate()};
    }

    RelayWorld world_;
    // Two thirds of its life are over.
    FleetAuthority::Issued old_ = issued(seconds{-70'000}, seconds{30'000});
    RelayWorld::Machine node_ = world_.node("auth1", old_);
    std::atomic<unsigned> asked_ = 0;
};

TEST_F(CertificateOfANode, IsReplacedByTheServicesNextOneAndShownAtOnce) {
    const PlayedService service(node_.socket,
                                answering([&](const auto& request) { return next_of(request); }));
    RelayProcess process(node_.config);
    process.await_line("The certificate of this node is renewed");
    const std::string renewed = content_of(node_.directory + "/node.pem");
    EXPECT_NE(renewed, old_.certificate);
    EXPECT_NE(content_of(node_.directory + "/node.key"), old_.key);
    EXPECT_EQ(mode_of(node_.directory + "/node.key"), 0400U);
    EXPECT_EQ(shown(), fingerprint_of(renewed));
    EXPECT_EQ(asked_, 1U);
}

// The relay of a node that was away for so long asks the service as well, which nobody's certificate is needed for.
TEST_F(CertificateOfANode, IsReplacedAlsoAfterItHasEnded) {
    world_.put_certificate(node_, "node", issued(seconds{-70'000}, seconds{-60}),
                           world_.authority().certificate());
    const PlayedService service(node_.socket,
                                answering([&](const auto& request) { return next_of(request); }));
    RelayProcess process(node_.config);
    process.await_line("The certificate of this node is renewed");
}

// The clock was ahead when it was made, and is right again.
TEST_F(CertificateOfANode, IsReplacedWhereItBeginsLater) {
    world_.put_certificate(node_, "node", issued(seconds{40'000}, seconds{80'000}),
                           world_.authority().certificate());
    const PlayedService service(node_.socket,
                                answering([&](const auto& request) { return next_of(request); }));
    RelayProcess process(node_.config);
    process.await_line("The certificate of this node is renewed");
}

TEST_F(CertificateOfANode, IsNotAskedForBeforeItsTime) {
    world_.put_certificate(node_, "node", issued(seconds{-60'000}, seconds{40'000}),
                           world_.authority().certificate());
    const PlayedService service(node_.socket,
                                answering([&](const auto& request) { return next_of(request); }));
    RelayProcess process(node_.config);
    process.await_line("is ready");
    // Whoever comes is answered after the first look.
    const FleetPeer host(node_.port, {.own = world_.authority().issue("web01", FleetAuthority::For::host)});
    EXPECT_TRUE(host.shook_hands());
    EXPECT_EQ(asked_, 0U);
}

// The service has no key of that authority.
TEST_F(CertificateOfANode, IsNotAskedForWhereTheSitesOwnAuthoritySigns) {
    world_.put_certificate(node_, "node", old_, fleet::marked_as_of_site(world_.authority().certificate()));
    const PlayedService service(node_.socket,
                                answering([&](const auto& request) { return next_of(request); }));
    RelayProcess process(node_.config);
    process.await_line("is ready");
    EXPECT_EQ(shown(), fingerprint_of(old_.certificate)) << "after the first look";
    EXPECT_EQ(asked_, 0U);
}

TEST_F(CertificateOfANode, OfTheSitesOwnAuthorityThatEndsSoonIsComplainedAbout) {
    world_.put_certificate(node_, "node", issued(seconds{-90'000}, seconds{10'000}),
                           fleet::marked_as_of_site(world_.authority().certificate()));
    RelayProcess process(node_.config);
    process.await_line("nobody has given the next one of the site's own authority: secondstep fleet create");
}

TEST_F(CertificateOfANode, StaysWhereTheNextOneIsRefusedOrNotGood) {
    const auto expect_kept = [&](const std::string& reason,
                                 const std::function<relay::Envelope(const std::string&)>& answer) {
        const PlayedService service(node_.socket, answering(answer));
        RelayProcess process(node_.config);
        process.await_line("is not renewed: " + reason);
        EXPECT_EQ(content_of(node_.directory + "/node.pem"), old_.certificate);
        EXPECT_EQ(content_of(node_.directory + "/node.key"), old_.key);
        EXPECT_EQ(shown(), fingerprint_of(old_.certificate));
    };
    expect_kept("not now", [](const auto&) { return Refused{"not now"}; });
    const FleetAuthority other("A fleet");
    expect_kept("The node sent a certificate that is not good", [&](const auto& request) {
        return Certified{other.sign(request, "auth1", {}, FleetAuthority::For::node), other.certificate()};
    });
    expect_kept("The node sent a certificate that is not good", [&](const auto& request) {
        return Certified{world_.authority().sign(request, "auth1", {}, FleetAuthority::For::host), ""};
    });
    expect_kept("The certificate is of another node than auth1", [&](const auto& request) {
        return Certified{world_.authority().sign(request, "auth2", {}, FleetAuthority::For::node), ""};
    });
    expect_kept("The node sent a certificate of another key", [&](const auto&) {
        return Certified{world_.authority().issue("auth1", FleetAuthority::For::node).certificate, ""};
    });
}

TEST_F(CertificateOfANode, WithoutAServiceIsShownAsItIsAndTheLogSaysHowToReplaceIt) {
    RelayProcess process(node_.config);
    process.await_line("is not renewed: the service of this node has not answered");
    EXPECT_THAT(process.log(), HasSubstr("node.pem, which ends 20"));
    EXPECT_THAT(process.log(), HasSubstr("by hand: secondstep fleet create"));
    EXPECT_EQ(shown(), fingerprint_of(old_.certificate));
}

// The question is the relay's own: no host gets one of a node by it.
TEST_F(CertificateOfANode, IsNoHostsToAskFor) {
    const PlayedService service(node_.socket,
                                answering([&](const auto& request) { return next_of(request); }));
    RelayProcess process(node_.config);
    process.await_line("The certificate of this node is renewed");
    FleetPeer host(node_.port, {.own = world_.authority().issue("web01", FleetAuthority::For::host)});
    host.send(relay::Carried{0, relay::encode(NodeRenewalAsked{"auth1", "request"}).value()});
    EXPECT_TRUE(host.is_hung_up_on());
    process.await_line("it sent what a host does not send");
    EXPECT_EQ(asked_, 1U);
}

}  // namespace
}  // namespace secondstep::testing
