// What an authentication proved is kept for the account phase of the same user, and for nothing else.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <syslog.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <semaphore>
#include <utility>

#include "fake_service.h"
#include "stack.h"
#include "support/captured_syslog.h"
#include "support/pam_host.h"

namespace secondstep::testing {
namespace {

Token proof_of(std::uint8_t filling) {
    return Token::of(Bytes(66, filling)).value();
}

// Only a privileged program has an account phase.
class Proof : public ::testing::Test {
  protected:
    void SetUp() override {
        if (::geteuid() != 0) GTEST_SKIP() << "only a privileged program is asked in this phase";
    }
};

// Ends each authentication with the next verdict and proof, and notes what the account phase hands back.
class Prover {
  public:
    struct Ending {
        Verdict verdict;
        Token proof;
    };
    explicit Prover(std::vector<Ending> endings)
        : service_([this, endings = std::move(endings), next = std::size_t{0}](Peer& peer) mutable {
              const auto greeting = peer.hears();
              if (!greeting) return;
              const auto& hello = std::get<wire::Hello>(*greeting);
              if (hello.purpose == Purpose::account) {
                  handed_back.push_back(hello.proof);
                  nobody_there = hello.nobody_there;
                  peer.says(wire::End{.verdict = Verdict::accepted});
                  return;
              }
              EXPECT_TRUE(hello.proof.empty()) << "the authentication is told of no other";
              peer.says(wire::Ask{.text = "Verification code: "});
              peer.hears();
              const Ending& ending = endings.at(next++);
              peer.says(wire::End{.verdict = ending.verdict, .proof = ending.proof});
          }) {}
    [[nodiscard]] std::string stack() const { return module_alone("socket=" + service_.socket()); }
    const std::vector<Token>& finished() {
        service_.finish();
        return handed_back;
    }

    std::vector<Token> handed_back;
    bool nobody_there = false;

  private:
    FakeService service_;
};

TEST_F(Proof, IsHandedBackInTheAccountPhase) {
    Prover service({{Verdict::accepted, proof_of(1)}});
    PamHost host(service.stack(), "alice", typing({"492039"}));
    EXPECT_EQ(host.authenticate(), PAM_SUCCESS);
    EXPECT_EQ(host.account(), PAM_SUCCESS);
    EXPECT_EQ(service.finished(), (std::vector{proof_of(1)}));
}

TEST_F(Proof, OfWhoMustEnrollIsHandedBackToo) {
    Prover service({{Verdict::not_needed, proof_of(1)}});
    const CapturedSyslog quiet;
    PamHost host(service.stack() + "\nauth required pam_permit.so", "alice", typing({"492039"}));
    EXPECT_EQ(host.authenticate(), PAM_SUCCESS);
    EXPECT_EQ(host.account(), PAM_SUCCESS);
    EXPECT_EQ(service.finished(), (std::vector{proof_of(1)}));
}

TEST_F(Proof, IsNotInTheEnvironment) {
    Prover service({{Verdict::accepted, proof_of(1)}});
    PamHost host(service.stack(), "alice", typing({"492039"}));
    EXPECT_EQ(host.authenticate(), PAM_SUCCESS);
    char** const environment = ::pam_getenvlist(host.handle());
    ASSERT_NE(environment, nullptr);
    EXPECT_EQ(*environment, nullptr);
    std::free(environment);
    static_cast<void>(service.finished());
}

TEST_F(Proof, ThereIsNoneWithoutAnAuthentication) {
    Prover service({});
    PamHost host(service.stack(), "alice", typing({}));
    EXPECT_EQ(host.account(), PAM_SUCCESS);
    EXPECT_EQ(service.finished(), (std::vector{Token{}}));
}

// sudo and sshd use a handle several times.
TEST_F(Proof, AnAuthenticationThatFailedLeavesNothingOfTheOneBefore) {
    for (const Verdict verdict : {Verdict::refused, Verdict::unavailable, Verdict::cancelled}) {
        Prover service({{Verdict::accepted, proof_of(1)}, {verdict, {}}});
        const CapturedSyslog quiet;
        PamHost host(service.stack(), "alice", typing({"492039", "000000"}));
        EXPECT_EQ(host.authenticate(), PAM_SUCCESS);
        EXPECT_NE(host.authenticate(), PAM_SUCCESS);
        EXPECT_EQ(host.account(), PAM_SUCCESS);
        EXPECT_EQ(service.finished(), (std::vector{Token{}}));
    }
}

TEST_F(Proof, AnAuthenticationThatFoundNoServiceLeavesNothingOfTheOneBefore) {
    Prover service({{Verdict::accepted, proof_of(1)}});
    const CapturedSyslog quiet;
    PamHost host(service.stack(), "alice", [&, first = true](const Heard&) mutable {
        return std::exchange(first, false) ? Said{.text = "492039"} : Said{.code = PAM_CONV_ERR};
    });
    EXPECT_EQ(host.authenticate(), PAM_SUCCESS);
    ASSERT_EQ(::pam_set_item(host.handle(), PAM_USER, nullptr), PAM_SUCCESS);
    EXPECT_NE(host.authenticate(), PAM_SUCCESS) << "it does not learn who logs in";
    host.set(PAM_USER, "alice");
    EXPECT_EQ(host.account(), PAM_SUCCESS);
    EXPECT_EQ(service.finished(), (std::vector{Token{}}));
}

TEST_F(Proof, TheNewestOneCounts) {
    Prover service({{Verdict::accepted, proof_of(1)}, {Verdict::accepted, proof_of(2)}});
    PamHost host(service.stack(), "alice", typing({"492039", "114217"}));
    EXPECT_EQ(host.authenticate(), PAM_SUCCESS);
    EXPECT_EQ(host.authenticate(), PAM_SUCCESS);
    EXPECT_EQ(host.account(), PAM_SUCCESS);
    EXPECT_EQ(service.finished(), (std::vector{proof_of(2)}));
}

// Remembered, exempt: the service proves nothing.
TEST_F(Proof, WhoWasNotAskedHasNone) {
    Prover service({{Verdict::accepted, proof_of(1)}, {Verdict::accepted, {}}});
    PamHost host(service.stack(), "alice", typing({"492039", "114217"}));
    EXPECT_EQ(host.authenticate(), PAM_SUCCESS);
    EXPECT_EQ(host.authenticate(), PAM_SUCCESS);
    EXPECT_EQ(host.account(), PAM_SUCCESS);
    EXPECT_EQ(service.finished(), (std::vector{Token{}}));
}

TEST_F(Proof, IsNobodyElses) {
    Prover service({{Verdict::accepted, proof_of(1)}});
    PamHost host(service.stack(), "alice", typing({"492039"}));
    EXPECT_EQ(host.authenticate(), PAM_SUCCESS);
    host.set(PAM_USER, "bob");
    EXPECT_EQ(host.account(), PAM_SUCCESS);
    EXPECT_EQ(service.finished(), (std::vector{Token{}}));
}

TEST_F(Proof, IsNotKeptWhenTheUserChangedInTheConversation) {
    Prover service({{Verdict::accepted, proof_of(1)}});
    const CapturedSyslog quiet;
    PamHost* self = nullptr;
    PamHost host(service.stack(), "alice", [&](const Heard&) {
        self->set(PAM_USER, "bob");
        return Said{.text = "492039"};
    });
    self = &host;
    EXPECT_EQ(host.authenticate(), PAM_AUTH_ERR);
    EXPECT_EQ(host.account(), PAM_SUCCESS);
    host.set(PAM_USER, "alice");
    EXPECT_EQ(host.account(), PAM_SUCCESS);
    EXPECT_EQ(service.finished(), (std::vector{Token{}, Token{}}));
}

// --- what stays in the memory of the host ---

// A proof that is nowhere in this program's memory but where the module keeps it.
constexpr std::uint8_t disguise = 0x35;
std::uint8_t disguised(std::size_t i) {
    return static_cast<std::uint8_t>((i * 37 + 11) ^ disguise);
}
Token rare_proof() {
    Bytes bytes(66);
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = disguised(i) ^ disguise;
    const Token proof = Token::of(bytes).value();
    ::explicit_bzero(bytes.data(), bytes.size());
    return proof;
}
bool is_rare_proof(const std::uint8_t* at) {
    std::size_t i = 0;
    while (i < 66 && (at[i] ^ disguise) == disguised(i))
        ++i;
    return i == 66;
}

// How often it stands in what this program can write. Looked at through a window that is wiped before each
// look: what was seen in it is not seen a second time.
std::size_t rare_proofs_in_memory() {
    static std::array<std::uint8_t, std::size_t{64} << 10U> window{};
    const UniqueFd memory(::open("/proc/self/mem", O_RDONLY | O_CLOEXEC));
    std::vector<std::pair<std::size_t, std::size_t>> regions;
    std::ifstream maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);) {
        if (line.find(" rw") == std::string::npos) continue;
        regions.emplace_back(std::stoul(line, nullptr, 16),
                             std::stoul(line.substr(line.find('-') + 1), nullptr, 16));
    }
    std::size_t found = 0;
    for (const auto& [begin, end] : regions) {
        for (std::size_t at = begin; at + 66 <= end; at += window.size() - 65) {
            ::explicit_bzero(window.data(), window.size());
            const ssize_t size = ::pread(memory.get(), window.data(), std::min(window.size(), end - at),
                                         static_cast<off_t>(at));
            for (ssize_t i = 0; i + 66 <= size; ++i)
                found += is_rare_proof(window.data() + i) ? 1U : 0U;
        }
    }
    ::explicit_bzero(window.data(), window.size());
    return found;
}

TEST_F(Proof, IsWipedWhenItIsReplacedAndAtTheEnd) {
    bool once = false;
    std::counting_semaphore<> said{
        0};  // and what was said is wiped here: it is looked for in this very program
    FakeService service([&](Peer& peer) {
        peer.hears();
        if (std::exchange(once, true)) {
            peer.says(wire::End{.verdict = Verdict::refused});
        } else {
            peer.says(wire::End{.verdict = Verdict::accepted, .proof = rare_proof()});
        }
        said.release();
    });
    const CapturedSyslog quiet;
    {
        PamHost host(module_alone("socket=" + service.socket()), "alice", typing({}));
        ASSERT_EQ(host.authenticate(), PAM_SUCCESS);
        said.acquire();
        EXPECT_EQ(rare_proofs_in_memory(), 1U);
        EXPECT_NE(host.authenticate(), PAM_SUCCESS);
        said.acquire();
        EXPECT_EQ(rare_proofs_in_memory(), 0U);
        once = false;
        ASSERT_EQ(host.authenticate(), PAM_SUCCESS);
        said.acquire();
        EXPECT_EQ(rare_proofs_in_memory(), 1U);
    }
    EXPECT_EQ(rare_proofs_in_memory(), 0U);
}

// --- PAM_SILENT ---

TEST_F(Proof, AProgramThatWantsNobodyDisturbedIsBelievedWhereNobodyWasAsked) {
    Prover service({});
    PamHost host(service.stack(), "alice", typing({}));
    EXPECT_EQ(host.account(PAM_SILENT), PAM_SUCCESS);
    static_cast<void>(service.finished());
    EXPECT_TRUE(service.nobody_there);
}

// sudo says PAM_SILENT always.
TEST_F(Proof, SomebodyWhoHasJustAnsweredIsThere) {
    Prover service({{Verdict::accepted, proof_of(1)}});
    PamHost host(service.stack(), "alice", typing({"492039"}));
    EXPECT_EQ(host.authenticate(PAM_SILENT), PAM_SUCCESS);
    EXPECT_EQ(host.account(PAM_SILENT), PAM_SUCCESS);
    static_cast<void>(service.finished());
    EXPECT_FALSE(service.nobody_there);
}

// --- a service of before ---

TEST_F(Proof, AnOlderServiceIsAskedInItsVersionAndProvesNothing) {
    std::vector<std::uint8_t> versions;
    std::string answer;
    FakeService service([&](Peer& peer) {
        peer.speaks(1);
        const auto greeting = peer.hears();
        if (!greeting) return;
        const auto& hello = std::get<wire::Hello>(*greeting);
        versions.push_back(hello.version);
        if (hello.version > 1) return peer.says(wire::End{.verdict = Verdict::misconfigured});
        if (hello.purpose == Purpose::account) return peer.says(wire::End{.verdict = Verdict::accepted});
        peer.says(wire::Ask{.text = "Verification code: "});
        answer = peer.hears_answer();
        peer.says(wire::End{.verdict = Verdict::accepted});
    });
    PamHost host(module_alone("socket=" + service.socket()), "alice", typing({"492039"}));
    EXPECT_EQ(host.authenticate(), PAM_SUCCESS);
    EXPECT_EQ(host.account(), PAM_SUCCESS);
    service.finish();
    EXPECT_EQ(answer, "492039");
    EXPECT_EQ(versions, (std::vector<std::uint8_t>{3, 1, 3, 1}));
}

TEST_F(Proof, AServiceOfTheVersionBeforeGetsItBack) {
    std::vector<std::pair<std::uint8_t, Token>> heard;
    FakeService service([&](Peer& peer) {
        peer.speaks(2);
        const auto greeting = peer.hears();
        if (!greeting) return;
        const auto& hello = std::get<wire::Hello>(*greeting);
        heard.emplace_back(hello.version, hello.proof);
        if (hello.version > 2) return peer.says(wire::End{.verdict = Verdict::misconfigured});
        if (hello.purpose == Purpose::account) return peer.says(wire::End{.verdict = Verdict::accepted});
        peer.says(wire::Show{.text = Secret::copy_of("hint")});
        peer.says(wire::Ask{.text = "Verification code: "});
        peer.hears();
        peer.says(wire::End{.verdict = Verdict::accepted, .proof = proof_of(1)});
    });
    PamHost host(module_alone("socket=" + service.socket()), "alice", typing({"492039"}));
    EXPECT_EQ(host.authenticate(), PAM_SUCCESS);
    EXPECT_EQ(host.account(), PAM_SUCCESS);
    service.finish();
    ASSERT_EQ(heard.size(), 4U);
    EXPECT_EQ(heard[1], (std::pair{std::uint8_t{2}, Token{}}));
    EXPECT_EQ(heard[3], (std::pair{std::uint8_t{2}, proof_of(1)}));
}

TEST_F(Proof, AnOlderServiceThatIsMisconfiguredStaysSo) {
    FakeService service([&](Peer& peer) {
        peer.speaks(1);
        peer.hears();
        peer.says(wire::End{.verdict = Verdict::misconfigured});
    });
    PamHost host(module_alone("socket=" + service.socket()), "alice", typing({}));
    EXPECT_EQ(host.authenticate(), PAM_SERVICE_ERR);
}

}  // namespace
}  // namespace secondstep::testing
