// secondstep-relay --join: a host that has nothing but a token, at a real node.
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <memory>
#include <mutex>
#include <vector>

#include "fleet/possession.h"
#include "fleet/site_files.h"
#include "relay/fleet_peer.h"
#include "relay/played_service.h"
#include "relay/relay_world.h"
#include "relay/speech.h"

namespace secondstep::testing {
namespace {

using relay::Certified;
using relay::JoinAsked;
using relay::Refused;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

unsigned mode_of(const std::string& path) {
    struct stat about{};
    return ::stat(path.c_str(), &about) == 0 ? about.st_mode & 07777U : 0U;
}

class Join : public ::testing::Test {
  protected:
    struct Ended {
        int status;
        std::string said;
    };
    // With what stands on its standard input.
    Ended join(const std::string& nodes, const std::string& token, const std::string& name = "web01",
               const std::vector<std::string>& more = {}) {
        std::array<int, 2> ends{};
        if (::pipe(ends.data()) != 0) throw std::runtime_error("pipe");
        const UniqueFd input(ends[0]);
        UniqueFd writer(ends[1]);
        if (::write(writer.get(), token.data(), token.size()) < 0) throw std::runtime_error("write");
        writer = UniqueFd();
        std::vector<std::string> arguments{"--join", nodes, "--name", name, "--config", host_.config};
        arguments.insert(arguments.end(), more.begin(), more.end());
        RelayProcess process({.arguments = arguments, .input = input.get()});
        process.read_log_to_end();
        return {process.wait(), process.log()};
    }
    Ended join() { return join(nodes_option({node_}), world_.authority().token() + "\n"); }
    Ended join_with_certificate() {
        return join(nodes_option({node_}), world_.authority().token() + "\n", "web01", {"--certificate"});
    }

    // What the service of a node does with a wish to join.
    PlayedService::Part certifying(const FleetAuthority& signer, const FleetAuthority& named) {
        return [&](PlayedService::Visit& visit) {
            const auto* const wish = std::get_if<JoinAsked>(&visit.first);
            if (wish == nullptr) return PlayedService::answer_as_usual(visit);
            token_ = wish->token.text();
            visit.peer.send(Certified{signer.sign(wish->request, wish->host, {}), named.certificate()});
        };
    }
    void expect_nothing_written() const {
        for (const char* const name : {"/host.key", "/host.pem", "/authority.pem", "/host.pem.next"})
            EXPECT_NE(::access((host_.directory + name).c_str(), F_OK), 0) << name;
    }

    RelayWorld world_;
    RelayWorld::Machine node_ = world_.node("auth1");
    RelayWorld::Machine host_ = world_.stranger("web01", {node_});
    std::string token_;
};

TEST_F(Join, MakesAHostThatIsServed) {
    const PlayedService service(node_.socket, certifying(world_.authority(), world_.authority()));
    RelayProcess node(node_.config);
    node.await_line("is ready");
    const Ended ended = join();
    EXPECT_EQ(ended.status, 0) << ended.said;
    EXPECT_EQ(token_, world_.authority().token());
    EXPECT_EQ(mode_of(host_.directory + "/host.key"), 0400U);
    EXPECT_EQ(mode_of(host_.directory + "/host.pem"), 0444U);
    EXPECT_EQ(content_of(host_.directory + "/authority.pem"), world_.authority().certificate());
    RelayProcess host(host_.config);
    host.await_line("is asked from now on");
    PacketPeer talk(host_.socket);
    talk.send(open_of("alice"));
    EXPECT_EQ(said(talk.receive()), "hello");
    EXPECT_EQ(service.conversations().front().certificate,
              fingerprint_of(content_of(host_.directory + "/host.pem")));
}

// The relay need not be started again.
TEST_F(Join, IsNoticedByTheRelayThatRuns) {
    const PlayedService service(node_.socket, certifying(world_.authority(), world_.authority()));
    RelayProcess node(node_.config);
    node.await_line("is ready");
    RelayProcess host(host_.config);
    host.await_line("this host has not joined the fleet");
    host.await_line("is ready");
    EXPECT_EQ(join().status, 0);
    host.await_line("is asked from now on");
}

TEST_F(Join, AsksTheNextNodeWhereOneDoesNotAnswer) {
    const PlayedService service(node_.socket, certifying(world_.authority(), world_.authority()));
    RelayProcess node(node_.config);
    node.await_line("is ready");
    const std::string away = "auth0=127.0.0.1:" + std::to_string(free_port());
    const Ended ended = join(away + ", " + nodes_option({node_}), world_.authority().token());
    EXPECT_EQ(ended.status, 0) << ended.said;
    EXPECT_THAT(ended.said, HasSubstr("Node auth0"));
    EXPECT_THAT(ended.said, HasSubstr("Connection refused"));
}

TEST_F(Join, SaysTheNodesWordsWithoutTheirControlCharacters) {
    const PlayedService service(node_.socket, [](PlayedService::Visit& visit) {
        visit.peer.send(Refused{"web01 is registered \x1b[31malready"});
    });
    RelayProcess node(node_.config);
    node.await_line("is ready");
    const Ended ended = join();
    EXPECT_EQ(ended.status, 1);
    EXPECT_THAT(ended.said, HasSubstr("refuses: web01 is registered ?[31malready"));
    expect_nothing_written();
}

// The pin is what the whole of it rests on: nobody in between gets the token.
TEST_F(Join, TellsNothingToANodeOfAnotherFleet) {
    const FleetAuthority another("A fleet");
    const PlayedService service(node_.socket, certifying(world_.authority(), world_.authority()));
    RelayProcess node(node_.config);
    node.await_line("is ready");
    const Ended ended = join(nodes_option({node_}), another.token());
    EXPECT_EQ(ended.status, 1);
    EXPECT_THAT(ended.said, HasSubstr("certificate is not accepted"));
    EXPECT_THAT(service.questions(), IsEmpty());
    expect_nothing_written();
}

// One that shows the right authority, which anybody can copy, beside a certificate that it has not signed.
TEST_F(Join, TellsNothingToANodeThatHasTheAuthoritysCertificateOnly) {
    const RelayWorld::Machine liar =
        world_.node("auth9", FleetAuthority("A fleet").issue("auth9", FleetAuthority::For::node));
    const PlayedService service(liar.socket, certifying(world_.authority(), world_.authority()));
    RelayProcess node(liar.config);
    node.await_line("is ready");
    const Ended ended = join(nodes_option({liar}), world_.authority().token());
    EXPECT_EQ(ended.status, 1);
    EXPECT_THAT(ended.said, HasSubstr("certificate is not accepted"));
    EXPECT_THAT(service.questions(), IsEmpty());
}

TEST_F(Join, TellsNothingToAHostOrToANodeOfAnotherName) {
    const auto as_host = world_.node("auth8", world_.authority().issue("auth8", FleetAuthority::For::host));
    const PlayedService service(as_host.socket);
    RelayProcess process(as_host.config);
    process.await_line("is ready");
    EXPECT_THAT(join(nodes_option({as_host}), world_.authority().token()).said,
                HasSubstr("certificate is not accepted"));
    RelayProcess node(node_.config);
    node.await_line("is ready");
    const std::string renamed = "auth7=127.0.0.1:" + std::to_string(node_.port);
    EXPECT_THAT(join(renamed, world_.authority().token()).said, HasSubstr("hostname mismatch"));
    EXPECT_THAT(service.questions(), IsEmpty());
}

// A site's authority gives the one to web servers and the other to people: none of these is a node.
TEST_F(Join, TellsNothingToWhoHasAWildcardOrAPersonsNameInsteadOfItsOwn) {
    const std::string name = "auth1.example.com";
    const auto everybody = world_.node(name);
    for (const auto& issued : {world_.authority().issue("*.example.com", FleetAuthority::For::node),
                               world_.authority().issue(name, FleetAuthority::For::person)}) {
        world_.put_certificate(everybody, "node", issued, world_.authority().certificate());
        const PlayedService service(everybody.socket);
        RelayProcess node(everybody.config);
        node.await_line("is ready");
        EXPECT_THAT(join(nodes_option({everybody}), world_.authority().token()).said,
                    HasSubstr("hostname mismatch"));
        EXPECT_THAT(service.questions(), IsEmpty());
    }
}

TEST_F(Join, TakesNoCertificateThatIsNotForIt) {
    const FleetAuthority another("A fleet");
    for (const bool other_authority : {true, false}) {
        const PlayedService service(node_.socket,
                                    certifying(another, other_authority ? another : world_.authority()));
        RelayProcess node(node_.config);
        node.await_line("is ready");
        const Ended ended = join();
        EXPECT_EQ(ended.status, 1);
        EXPECT_THAT(ended.said, HasSubstr(other_authority ? "another authority" : "not good"));
        EXPECT_THAT(ended.said, HasSubstr("secondstep fleet drop-host web01"));
        expect_nothing_written();
    }
}

TEST_F(Join, OfAKeyThatIsNotItsOwnIsRefused) {
    const PlayedService service(node_.socket, [&](PlayedService::Visit& visit) {
        visit.peer.send(Certified{world_.authority().issue("web01", FleetAuthority::For::host).certificate,
                                  world_.authority().certificate()});
    });
    RelayProcess node(node_.config);
    node.await_line("is ready");
    EXPECT_THAT(join().said, HasSubstr("another key"));
    expect_nothing_written();
}

TEST_F(Join, SaysWhenItCannotTellWhatBecameOfIt) {
    const PlayedService service(node_.socket, [](PlayedService::Visit&) {});
    RelayProcess node(node_.config);
    node.await_line("is ready");
    const Ended ended = join();
    EXPECT_EQ(ended.status, 1);
    EXPECT_THAT(ended.said,
                HasSubstr("Whether the host is registered now says, on a node: secondstep fleet status"));
}

TEST_F(Join, SaysThatNothingHasChangedWhereTheServiceIsAway) {
    RelayProcess node(node_.config);
    node.await_line("is ready");
    EXPECT_THAT(join().said, HasSubstr("is away; nothing has changed"));
}

TEST_F(Join, RefusesWhatIsNoTokenNoNameAndNoNode) {
    EXPECT_THAT(join(nodes_option({node_}), "nonsense").said, HasSubstr("no token of a fleet"));
    EXPECT_THAT(join(nodes_option({node_}), "").said, HasSubstr("no token of a fleet"));
    EXPECT_THAT(join(nodes_option({node_}), std::string(2000, 'x')).said, HasSubstr("too long"));
    EXPECT_EQ(join(nodes_option({node_}), world_.authority().token(), "web 01").status, 2);
    EXPECT_EQ(join(nodes_option({node_}), world_.authority().token(), "-x").status, 2);
    EXPECT_EQ(join("auth1=", world_.authority().token()).status, 2);
    const Ended nobody = join(nodes_option({node_}), world_.authority().token());
    EXPECT_EQ(nobody.status, 1);
    EXPECT_THAT(nobody.said, HasSubstr("No node could be asked; nothing has changed."));
    expect_nothing_written();
}

// The token is no argument: everybody sees those of a process.
TEST_F(Join, ShowsTheTokenNowhere) {
    const Ended ended = join("auth1=127.0.0.1:" + std::to_string(free_port()), world_.authority().token());
    EXPECT_THAT(ended.said, Not(HasSubstr(world_.authority().token().substr(0, 9))));
}

// --- with a certificate of the site's own authority ---

void offer(const RelayWorld::Machine& host, const FleetAuthority::Issued& issued) {
    write_file(host.directory + "/host.next", issued.certificate + issued.key, 0400, true);
}

bool is_proof_of(const relay::ShownCertificate& shown, const FleetAuthority::Issued& issued,
                 const Digest& occasion) {
    return shown.chain == issued.certificate &&
           fleet::proves_possession(shown.proof, fleet::read_certificate(issued.certificate).value(),
                                    occasion);
}

TEST_F(Join, ShowsTheCertificateThatIsOfferedAndProvesItsKey) {
    const auto issued = world_.authority().issue("web01", FleetAuthority::For::host);
    const auto token = fleet::parse_join_token(world_.authority().token()).value();
    const PlayedService service(node_.socket, [&](PlayedService::Visit& visit) {
        const auto* const wish = std::get_if<JoinAsked>(&visit.first);
        if (wish == nullptr) return PlayedService::answer_as_usual(visit);
        EXPECT_EQ(wish->request, "");
        EXPECT_TRUE(wish->shown &&
                    is_proof_of(*wish->shown, issued, fleet::occasion_of_joining(token, "web01").value()));
        visit.peer.send(Certified{"", world_.authority().certificate()});
    });
    RelayProcess node(node_.config);
    node.await_line("is ready");
    offer(host_, issued);
    const Ended ended = join_with_certificate();
    EXPECT_EQ(ended.status, 0) << ended.said;
    EXPECT_EQ(content_of(host_.directory + "/host.pem"), issued.certificate);
    EXPECT_EQ(content_of(host_.directory + "/host.key"), issued.key);
    EXPECT_EQ(mode_of(host_.directory + "/host.key"), 0400U);
    EXPECT_EQ(content_of(host_.directory + "/authority.pem"),
              fleet::marked_as_of_site(world_.authority().certificate()));
    EXPECT_NE(::access((host_.directory + "/host.next").c_str(), F_OK), 0);
    RelayProcess host(host_.config);
    host.await_line("is asked from now on");
}

TEST_F(Join, WithoutAGoodOfferAsksNobody) {
    const PlayedService service(node_.socket);
    RelayProcess node(node_.config);
    node.await_line("is ready");
    EXPECT_THAT(join_with_certificate().said, HasSubstr("host.next"));
    auto issued = world_.authority().issue("web01", FleetAuthority::For::host);
    issued.key = world_.authority().issue("web01", FleetAuthority::For::host).key;
    offer(host_, issued);
    EXPECT_THAT(join_with_certificate().said, HasSubstr("does not go with its key"));
    write_file(host_.directory + "/host.next", "nothing of the kind", 0400, true);
    EXPECT_THAT(join_with_certificate().said, HasSubstr("host.next is damaged"));
    write_file(host_.directory + "/host.next", issued.certificate + issued.key, 0444, true);
    EXPECT_THAT(join_with_certificate().said, HasSubstr("chmod"));
    EXPECT_THAT(service.questions(), IsEmpty());
    expect_nothing_written();
}

// --- renewal ---

class Renewal : public ::testing::Test {
  protected:
    // It asks nobody for another certificate, and people log in.
    void expect_no_renewal(const RelayWorld::Machine& host) const {
        const PlayedService service(node_.socket, [](PlayedService::Visit& visit) {
            EXPECT_FALSE(std::holds_alternative<relay::RenewalAsked>(visit.first));
            PlayedService::answer_as_usual(visit);
        });
        RelayProcess node(node_.config);
        node.await_line("is ready");
        RelayProcess process(host.config);
        process.await_line("is asked from now on");
        PacketPeer talk(host.socket);
        talk.send(open_of("alice"));
        EXPECT_EQ(said(talk.receive()), "hello");
    }

    // Two thirds of its life are over.
    RelayWorld world_;
    RelayWorld::Machine node_ = world_.node("auth1");
    FleetAuthority::Issued old_ =
        world_.authority().issue("web01", FleetAuthority::For::host, {seconds{-70'000}, seconds{30'000}});
};

// The earlier one is good until the next one has been used: that is not left to when a connection happens to break.
TEST_F(Renewal, ReplacesKeyAndCertificateAndIsUsedOverANewConnectionOnceNobodyTalks) {
    const PlayedService service(node_.socket, [&](PlayedService::Visit& visit) {
        const auto* const wish = std::get_if<relay::RenewalAsked>(&visit.first);
        if (wish == nullptr) return PlayedService::answer_as_usual(visit);
        EXPECT_EQ(visit.from.certificate, fingerprint_of(old_.certificate));
        visit.peer.send(
            Certified{world_.authority().sign(wish->request, "web01", {}), world_.authority().certificate()});
    });
    const RelayWorld::Machine host = world_.host("web01", {node_}, old_);
    RelayProcess node(node_.config);
    node.await_line("is ready");
    RelayProcess process(host.config);
    process.await_line("The certificate of this host is renewed");
    const std::string renewed = content_of(host.directory + "/host.pem");
    EXPECT_NE(renewed, old_.certificate);
    EXPECT_NE(content_of(host.directory + "/host.key"), old_.key);
    EXPECT_EQ(mode_of(host.directory + "/host.key"), 0400U);
    const auto who = [&] {
        PacketPeer talk(host.socket);
        talk.send(open_of("alice"));
        EXPECT_EQ(said(talk.receive()), "hello");
        return service.conversations().back().certificate;
    };
    process.await_line("over a new connection");
    process.await_line("is asked from now on");
    EXPECT_EQ(who(), fingerprint_of(renewed));
}

TEST_F(Renewal, IsNotWantedOfANewCertificate) {
    expect_no_renewal(world_.host("web01", {node_}));
}

TEST_F(Renewal, ThatIsRefusedOrWrongChangesNothing) {
    std::atomic<bool> refuse = true;
    const PlayedService service(node_.socket, [&](PlayedService::Visit& visit) {
        const auto* const wish = std::get_if<relay::RenewalAsked>(&visit.first);
        if (wish == nullptr) return PlayedService::answer_as_usual(visit);
        if (refuse) return visit.peer.send(Refused{"not now"});
        visit.peer.send(Certified{FleetAuthority("A fleet").sign(wish->request, "web01", {}), ""});
    });
    const RelayWorld::Machine host = world_.host("web01", {node_}, old_);
    RelayProcess node(node_.config);
    node.await_line("is ready");
    {
        RelayProcess process(host.config);
        process.await_line("is not renewed: not now");
    }
    refuse = false;
    RelayProcess process(host.config);
    process.await_line("is not renewed: The node sent a certificate that is not good");
    EXPECT_EQ(content_of(host.directory + "/host.pem"), old_.certificate);
    EXPECT_EQ(content_of(host.directory + "/host.key"), old_.key);
    PacketPeer talk(host.socket);
    talk.send(open_of("alice"));
    EXPECT_EQ(said(talk.receive()), "hello");
}

// A host whose certificate the site's own authority has signed.
class RenewalOfASite : public Renewal {
  protected:
    RelayWorld::Machine host() {
        const RelayWorld::Machine machine = world_.host("web01", {node_}, old_);
        world_.put_certificate(machine, "host", old_,
                               fleet::marked_as_of_site(world_.authority().certificate()));
        return machine;
    }
    void expect_missed() {
        const PlayedService service(node_.socket);
        const RelayWorld::Machine machine = host();
        RelayProcess node(node_.config);
        node.await_line("is ready");
        RelayProcess process(machine.config);
        process.await_line("nobody has given the next one of the site's own authority: secondstep setup");
    }
    Digest occasion() const { return fleet::occasion_of_renewal(fingerprint_of(old_.certificate)).value(); }
};

TEST_F(RenewalOfASite, IsAskedOfNobodyHoweverOldTheCertificateIs) {
    expect_no_renewal(host());
}

TEST_F(RenewalOfASite, IsMissedWhereTheCertificateEndsSoon) {
    old_ = world_.authority().issue("web01", FleetAuthority::For::host, {seconds{-90'000}, seconds{10'000}});
    expect_missed();
}

TEST_F(RenewalOfASite, IsMissedWhereOneThatVouchesForTheCertificateEndsSoon) {
    old_ = world_.authority().issue("web01", FleetAuthority::For::host);
    old_.certificate += world_.authority()
                            .issue("between", FleetAuthority::For::host, {seconds{-7200}, seconds{600}})
                            .certificate;
    expect_missed();
}

// The tool puts the authority's next certificate there, and leaves the host's as it is.
TEST_F(RenewalOfASite, OfTheAuthorityItselfIsNoticedByTheRelayThatRuns) {
    const PlayedService service(node_.socket);
    const RelayWorld::Machine machine = host();
    world_.put_certificate(machine, "host", old_,
                           fleet::marked_as_of_site(FleetAuthority("A fleet").certificate()));
    RelayProcess node(node_.config);
    node.await_line("is ready");
    RelayProcess process(machine.config);
    process.await_line("is not asked");
    write_file(machine.directory + "/authority.pem",
               fleet::marked_as_of_site(world_.authority().certificate()), 0444, true);
    process.await_line("is asked from now on");
}

TEST_F(RenewalOfASite, IsToldOfWhatIsOfferedOverTheConnectionThatIsOpen) {
    const auto next = world_.authority().issue("web01", FleetAuthority::For::host);
    const PlayedService service(node_.socket, [&](PlayedService::Visit& visit) {
        const auto* const wish = std::get_if<relay::RenewalAsked>(&visit.first);
        if (wish == nullptr) return PlayedService::answer_as_usual(visit);
        EXPECT_EQ(visit.from.certificate, fingerprint_of(old_.certificate));
        EXPECT_TRUE(wish->shown && is_proof_of(*wish->shown, next, occasion()));
        visit.peer.send(Certified{"", world_.authority().certificate()});
    });
    const RelayWorld::Machine machine = host();
    RelayProcess node(node_.config);
    node.await_line("is ready");
    RelayProcess process(machine.config);
    process.await_line("is asked from now on");
    offer(machine, next);
    process.await_line("The certificate of this host is renewed");
    EXPECT_EQ(content_of(machine.directory + "/host.pem"), next.certificate);
    EXPECT_EQ(content_of(machine.directory + "/host.key"), next.key);
    EXPECT_TRUE(fleet::is_marked_as_of_site(content_of(machine.directory + "/authority.pem")));
    EXPECT_NE(::access((machine.directory + "/host.next").c_str(), F_OK), 0);
}

// The node would write the third one in the place of the second, and this host shows the second when the answer is lost.
TEST_F(RenewalOfASite, IsToldOfNothingOverAConnectionThatAnEarlierCertificateHasOpened) {
    const auto second = world_.authority().issue("web01", FleetAuthority::For::host);
    const auto third = world_.authority().issue("web01", FleetAuthority::For::host);
    std::atomic<unsigned> looks = 0;
    std::mutex mutex;
    std::vector<relay::Fingerprint> told_by;
    const PlayedService service(node_.socket, [&](PlayedService::Visit& visit) {
        if (std::holds_alternative<relay::StandingAsked>(visit.first)) {
            ++looks;
            looks.notify_all();
        }
        if (!std::holds_alternative<relay::RenewalAsked>(visit.first))
            return PlayedService::answer_as_usual(visit);
        {
            const std::lock_guard lock(mutex);
            told_by.push_back(visit.from.certificate);
        }
        visit.peer.send(Certified{"", world_.authority().certificate()});
    });
    // Until the host has had the answer to a ping that it has sent since.
    const auto await_a_pong = [&] {
        const unsigned wanted = looks + 3;
        for (unsigned seen = looks; seen < wanted; seen = looks)
            looks.wait(seen);
    };
    const RelayWorld::Machine machine = host();
    RelayProcess node(node_.config);
    node.await_line("is ready");
    RelayProcess process(machine.config);
    process.await_line("is asked from now on");
    PacketPeer talk(machine.socket);
    talk.send(open_of("alice"));
    EXPECT_EQ(said(talk.receive()), "hello");
    offer(machine, second);
    process.await_line("The certificate of this host is renewed");
    offer(machine, third);
    await_a_pong();
    EXPECT_EQ(content_of(machine.directory + "/host.pem"), second.certificate);
    talk.send(relay::Answer{.write = {}, .packet = Secret::copy_of(std::string_view("still here"))});
    EXPECT_EQ(said(talk.receive()), "still here") << "who talks is not interrupted";
    talk.hang_up();
    process.await_line("over a new connection");
    process.await_line("The certificate of this host is renewed");
    EXPECT_EQ(content_of(machine.directory + "/host.pem"), third.certificate);
    const std::lock_guard lock(mutex);
    EXPECT_EQ(told_by, (std::vector{fingerprint_of(old_.certificate), fingerprint_of(second.certificate)}));
}

// An hour goes by until the same one is tried again, and none until another one is.
TEST_F(RenewalOfASite, ThatIsRefusedKeepsWhatIsThere) {
    std::atomic<int> asked = 0;
    const PlayedService service(node_.socket, [&](PlayedService::Visit& visit) {
        if (!std::holds_alternative<relay::RenewalAsked>(visit.first))
            return PlayedService::answer_as_usual(visit);
        if (++asked == 1) return visit.peer.send(Refused{"not now"});
        visit.peer.send(Certified{"", world_.authority().certificate()});
    });
    const RelayWorld::Machine machine = host();
    RelayProcess node(node_.config);
    node.await_line("is ready");
    offer(machine, world_.authority().issue("web01", FleetAuthority::For::host));
    RelayProcess process(machine.config);
    process.await_line("is not renewed: not now");
    EXPECT_EQ(content_of(machine.directory + "/host.pem"), old_.certificate);
    EXPECT_EQ(::access((machine.directory + "/host.next").c_str(), F_OK), 0) << "doctor says that it waits";
    const auto another = world_.authority().issue("web01", FleetAuthority::For::host);
    // As the tool replaces it: by a name that is another file's.
    write_file(machine.directory + "/host.another", another.certificate + another.key, 0400, true);
    ASSERT_EQ(
        ::rename((machine.directory + "/host.another").c_str(), (machine.directory + "/host.next").c_str()),
        0);
    process.await_line("The certificate of this host is renewed");
    EXPECT_EQ(content_of(machine.directory + "/host.pem"), another.certificate);
    EXPECT_EQ(asked, 2);
}

// A crash between key and certificate.
TEST_F(Renewal, ThatWasCutInTwoIsWhole) {
    const PlayedService service(node_.socket);
    const RelayWorld::Machine host = world_.host("web01", {node_}, old_);
    const auto next = world_.authority().issue("web01", FleetAuthority::For::host);
    write_file(host.directory + "/host.pem.next", next.certificate, 0444, true);
    write_file(host.directory + "/host.key", next.key, 0400, true);
    RelayProcess node(node_.config);
    node.await_line("is ready");
    RelayProcess process(host.config);
    process.await_line("is ready");
    PacketPeer talk(host.socket);
    talk.send(open_of("alice"));
    EXPECT_EQ(said(talk.receive()), "hello");
    EXPECT_EQ(service.conversations().back().certificate, fingerprint_of(next.certificate));
}

TEST_F(Renewal, OfWhatHasEndedIsJoiningAgainAndTheLogSaysSo) {
    const auto ended =
        world_.authority().issue("web01", FleetAuthority::For::host, {seconds{-7200}, seconds{-3600}});
    const RelayWorld::Machine host = world_.host("web01", {node_}, ended);
    RelayProcess process(host.config);
    process.await_line("has ended 20");
    process.await_line("secondstep fleet invite-hosts; then here: secondstep setup --join");
    process.await_line("is ready");
    PacketPeer talk(host.socket);
    talk.send(open_of("alice"));
    EXPECT_EQ(said(talk.receive()), "(lost 1)");
}

}  // namespace
}  // namespace secondstep::testing
