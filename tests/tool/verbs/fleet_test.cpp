// A fleet in the hands of its administrator: on its node, and on a host that joins.

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>

#include "fleet/authority.h"
#include "fleet/file_records.h"
#include "fleet/join_token.h"
#include "fleet/site_files.h"
#include "support/site_pki.h"
#include "tool_world.h"

namespace secondstep::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Not;

class FleetVerb : public ToolWorld {
  protected:
    FleetVerb() { set_up(); }
    Finished create(const std::vector<std::string>& more = {}) {
        std::vector<std::string> words{"fleet", "create", "--name", "auth1", "--listen", "192.0.2.11:7464"};
        words.insert(words.end(), more.begin(), more.end());
        return tool(words);
    }
    void make_fleet() {
        const Finished done = create();
        ASSERT_EQ(done.status, 0) << done.err;
    }
    // As an administrator sees it.
    nlohmann::json invite(const std::string& names, const std::vector<std::string>& more = {}) {
        std::vector<std::string> words{"fleet", "invite-hosts", "--names", names};
        words.insert(words.end(), more.begin(), more.end());
        return json(words);
    }
    [[nodiscard]] std::unique_ptr<fleet::FleetRecords> records() {
        ring_ = std::make_unique<Keyring>(load_keyring(file("host.key")).value());
        return fleet::FileFleetRecords::open(file("store"), true, *ring_, clock_, randomness_).value();
    }
    // As if a host had shown the token.
    void join(const std::string& name, const std::string& token) {
        const auto shown = fleet::parse_join_token(token).value();
        const fleet::RegisteredHost host{.name = name,
                                         .certificate = {static_cast<std::uint8_t>(name.back())},
                                         .certificate_end = clock_.now() + std::chrono::days{365},
                                         .permission = shown.permission,
                                         .since = clock_.now()};
        ASSERT_EQ(records()->join(host, clock_.now()).value(), fleet::Joining::registered);
    }
    void expect_refused(const std::vector<std::string>& words, int status, const std::string& sentence) {
        const Finished done = tool(words);
        EXPECT_EQ(done.status, status) << ::testing::PrintToString(words) << done.out << done.err;
        EXPECT_THAT(done.err, HasSubstr(sentence)) << ::testing::PrintToString(words);
    }
    std::unique_ptr<Keyring> ring_;
};

TEST_F(FleetVerb, CreateMakesAuthorityCertificateAndConfiguration) {
    const Finished done = create();
    ASSERT_EQ(done.status, 0) << done.err;
    EXPECT_THAT(done.out, HasSubstr("auth1, at 192.0.2.11:7464"));
    EXPECT_THAT(done.out, HasSubstr("systemctl"));
    EXPECT_EQ(content_of(file("conf.d/fleet.conf")).find("fleet = node") == std::string::npos, false);
    EXPECT_THAT(content_of(file("conf.d/fleet.conf")), HasSubstr("fleet_listen = 192.0.2.11:7464\n"));
    EXPECT_EQ(mode_of(file("fleet")), 0700U);
    EXPECT_EQ(mode_of(file("fleet/node.key")), 0400U);
    const auto node = fleet::read_certificate(content_of(file("fleet/node.pem")));
    ASSERT_TRUE(node);
    EXPECT_EQ(node->name, "auth1");
    const auto identity = records()->identity().value().value();
    EXPECT_EQ(fleet::certificate_of(identity.authority)->pem, content_of(file("fleet/authority.pem")));
    // Its key is in the sealed record, and in no other file.
    const std::string key = content_of(file("fleet/node.key"));
    EXPECT_TRUE(fleet::Authority::of(identity.authority, identity.authority_key));
    for (const auto& entry : fs::recursive_directory_iterator(directory_.path())) {
        if (!entry.is_regular_file()) continue;
        const std::string content = content_of(entry.path().string());
        EXPECT_EQ(content.find(identity.authority_key.text()), std::string::npos) << entry.path();
        const bool is_key = content.find("PRIVATE KEY") != std::string::npos;
        EXPECT_EQ(is_key, entry.path() == file("fleet/node.key")) << entry.path();
    }
}

TEST_F(FleetVerb, SaysWhatItMeansThatUidsDiffer) {
    const char meaning[] = "Give no two people the same name.";
    EXPECT_THAT(create({"--uids", "differ"}).out, HasSubstr(meaning));
    EXPECT_THAT(create({"--uids", "differ"}).out, Not(HasSubstr(meaning))) << "it is said once";
    EXPECT_THAT(tool({"fleet", "invite-hosts", "--names", "web01"}).out, HasSubstr(meaning));
}

TEST_F(FleetVerb, SaysNothingOfUidsWhereTheyAreTheSame) {
    EXPECT_THAT(create().out, Not(HasSubstr("Uids")));
    EXPECT_THAT(tool({"fleet", "invite-hosts", "--names", "web01"}).out, Not(HasSubstr("Uids")));
}

TEST_F(FleetVerb, CreateAgainChangesNothingAndMendsWhatIsMissing) {
    make_fleet();
    const std::string certificate = content_of(file("fleet/node.pem"));
    EXPECT_THAT(create().out, HasSubstr("nothing changed"));
    EXPECT_EQ(json({"fleet", "create", "--name", "auth1"})["changed"], false);
    EXPECT_EQ(content_of(file("fleet/node.pem")), certificate);
    // Killed before the last steps.
    fs::remove(file("conf.d/fleet.conf"));
    fs::remove(file("fleet/node.pem"));
    EXPECT_EQ(create().status, 0);
    EXPECT_TRUE(fs::exists(file("conf.d/fleet.conf")));
    EXPECT_NE(content_of(file("fleet/node.pem")), certificate);
    EXPECT_EQ(fleet::read_certificate(content_of(file("fleet/node.pem")))->name, "auth1");
    expect_refused({"fleet", "create", "--name", "auth1", "--uids", "differ"}, 1, "--uids same");
    expect_refused({"fleet", "create", "--name", "auth2"}, 1, "auth1");
}

TEST_F(FleetVerb, CreateLeavesAnotherConfigurationAlone) {
    fs::create_directory(file("conf.d"));
    write_file(file("conf.d/fleet.conf"), "# somebody's own\n");
    expect_refused({"fleet", "create", "--name", "auth1"}, 1, "says something else");
    EXPECT_FALSE(records()->identity().value()) << "nothing was begun";
}

TEST_F(FleetVerb, InviteShowsATokenOnceAndKeepsNone) {
    make_fleet();
    const Finished done = tool({"fleet", "invite-hosts", "--names", "web02,web01", "--valid", "30m"});
    ASSERT_EQ(done.status, 0) << done.err;
    EXPECT_THAT(done.out, HasSubstr("\n    secondstep setup --join auth1=192.0.2.11:7464\n"));
    EXPECT_THAT(done.out, HasSubstr("2 hosts"));
    std::string token;
    for (const std::string& line : lines_of(done.out))
        if (line.size() == 73 && line.starts_with("    ")) token = line.substr(4);
    const auto read = fleet::parse_join_token(token);
    ASSERT_TRUE(read) << done.out;
    const auto identity = records()->identity().value().value();
    EXPECT_EQ(read->authority, fleet::pin_of(fleet::certificate_of(identity.authority)->public_key).value());
    const auto permission = records()->permission(read->permission).value().value();
    EXPECT_EQ(permission.names, (std::vector<std::string>{"web01", "web02"}));
    EXPECT_EQ(permission.secret, fleet::digest_of_secret(read->permission, read->secret).value());
    EXPECT_LE(permission.end - clock_.now(), std::chrono::minutes{30});
    EXPECT_THAT(tool({"fleet", "status"}).out, AllOf(HasSubstr("2 of 2"), Not(HasSubstr(token.substr(10)))));
}

TEST_F(FleetVerb, InviteRefusesWhatNobodyCanMean) {
    make_fleet();
    expect_refused({"fleet", "invite-hosts"}, 2, "--names: which hosts?");
    expect_refused({"fleet", "invite-hosts", "--names", "web*"}, 2, "--pattern");
    expect_refused({"fleet", "invite-hosts", "--names", "web*", "--pattern"}, 2, "--count");
    expect_refused({"fleet", "invite-hosts", "--names", "Web_1"}, 2, "lower-case");
    expect_refused({"fleet", "invite-hosts", "--names", "auth1"}, 2, "auth1 is a node");
    expect_refused({"fleet", "invite-hosts", "--names", "web01", "--count", "0"}, 2, "from 1 to 1000");
    expect_refused({"fleet", "invite-hosts", "--names", "web01", "--valid", "40d"}, 2, "--valid");
    expect_refused({"fleet", "invite-hosts", "--names", "web01", "--class", "all"}, 2,
                   "login, enroll or changes");
    expect_refused({"fleet", "hosts", "--names", "web01"}, 2, "does not go with fleet hosts");
    expect_refused({"fleet", "drop-host"}, 2, "a word is missing");
    expect_refused({"fleet", "drop-hots", "web01"}, 2, "did you mean \"drop-host\"?");
    EXPECT_TRUE(records()->permissions().value().empty());
}

TEST_F(FleetVerb, HostsAreListedChangedAndDropped) {
    make_fleet();
    EXPECT_THAT(tool({"fleet", "hosts"}).out, HasSubstr("No host has joined"));
    const nlohmann::json invited = invite("web01,web02", {"--class", "enroll"});
    EXPECT_EQ(invited["count"], 2);
    join("web01", invited["token"]);
    join("web02", invited["token"]);
    const nlohmann::json hosts = json({"fleet", "hosts"});
    ASSERT_EQ(hosts.size(), 2U);
    EXPECT_EQ(hosts[0]["host"], "web01");
    EXPECT_EQ(hosts[0]["class"], "enroll");
    EXPECT_THAT(tool({"fleet", "hosts"}).out, HasSubstr("web02"));
    EXPECT_EQ(json({"fleet", "class", "web01", "changes"})["changed"], true);
    EXPECT_EQ(json({"fleet", "class", "web01", "changes"})["changed"], false);
    EXPECT_EQ(records()->host("web01").value()->changes, fleet::HostClass::changes);
    expect_refused({"fleet", "class", "web01", "root"}, 2, "login, enroll or changes");
    expect_refused({"fleet", "class", "web03", "login"}, 1, "no host \"web03\" has joined; did you mean");
    EXPECT_THAT(tool({"fleet", "drop-host", "web02"}).out, Not(HasSubstr("new key")))
        << "the fleet's own authority makes one for each join";
    EXPECT_EQ(json({"fleet", "drop-host", "web01"})["changed"], true);
    expect_refused({"fleet", "drop-host", "web01"}, 1, "no host \"web01\" has joined");
    EXPECT_EQ(json({"fleet", "status"})["hosts"].size(), 0U);
    EXPECT_EQ(json({"fleet", "status"})["permissions"][0]["left"], 0);
}

TEST_F(FleetVerb, AWithdrawnPermissionIsNone) {
    make_fleet();
    const std::string id = invite("web01")["permission"];
    EXPECT_EQ(json({"fleet", "withdraw", id})["changed"], true);
    EXPECT_EQ(json({"fleet", "withdraw", id})["changed"], false);
    EXPECT_EQ(json({"fleet", "status"})["permissions"].size(), 0U);
    expect_refused({"fleet", "withdraw", "web01"}, 2, "no number of a permission");
}

TEST_F(FleetVerb, WithoutAFleetSaysHowOneIsMade) {
    for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
             {"fleet", "hosts"}, {"fleet", "status"}, {"fleet", "drop-host", "web01"}})
        expect_refused(words, 4, "secondstep fleet create");
}

TEST_F(FleetVerb, DoctorLooksAtANode) {
    make_fleet();
    const Finished good = tool({"doctor"});
    EXPECT_THAT(good.out,
                AllOf(HasSubstr("node.pem is of auth1, until"), HasSubstr("0 hosts, whose records open")));
    fs::permissions(file("fleet/node.key"), fs::perms::group_read, fs::perm_options::add);
    EXPECT_THAT(tool({"doctor"}).out, HasSubstr("node.key: has mode"));
    join("web01", invite("web01")["token"]);
    fs::resize_file(file("store/fleet/hosts/web01.host"), 30);
    EXPECT_THAT(tool({"doctor"}).out, HasSubstr("secondstep fleet drop-host web01"));
    fs::rename(file("store/fleet"), file("store/elsewhere"));
    EXPECT_THAT(tool({"doctor"}).out, HasSubstr("the store holds no fleet"));
}

// A key that is gone takes the authority's with it; then there is nothing to keep where it stands.
TEST_F(FleetVerb, IsMovedAsideWithAccountsWhoseKeyIsGone) {
    make_fleet();
    enroll("p.one");
    fs::remove(file("host.key"));
    EXPECT_EQ(tool({"setup", "--new-key", "--yes"}).status, 0);
    EXPECT_FALSE(fs::exists(file("store/fleet")));
    unsigned found = 0;
    for (const auto& entry : fs::recursive_directory_iterator(file("store/aside")))
        found += entry.path().filename() == "identity" ? 1U : 0U;
    EXPECT_EQ(found, 1U);
}

// A host that joins, with a relay that notes how it is called: the tool finds it beside itself.
class JoiningHost : public ToolWorld {
  protected:
    JoiningHost() {
        fs::create_directory(file("bin"));
        fs::create_directory(file("sbin"));
        fs::copy_file(SECONDSTEP_TOOL, file("bin/secondstep"));
        write_file(file("sbin/secondstep-relay"),
                   "#!/bin/sh\nhere=$(dirname \"$0\")\necho \"$@\" >\"$here/words\"\ncat >\"$here/token\"\n"
                   "if [ -e \"$here/refuse\" ]; then echo 'secondstep-relay: auth1: no' >&2; exit 1; fi\n");
        fs::permissions(file("sbin/secondstep-relay"), fs::perms::owner_exec, fs::perm_options::add);
        const fleet::JoinToken token{{1, 2, 3, 4, 5}, randomness_.secret(fleet::join_secret_size), {6}};
        token_ = fleet::to_text(token).value().text();
    }
    Finished join(const std::vector<std::string>& more = {}, const std::string& input = {}) {
        std::vector<std::string> words{file("bin/secondstep"),
                                       "--config",
                                       file("secondstep.conf"),
                                       "setup",
                                       "--join",
                                       "auth1=192.0.2.11:7464",
                                       "--name",
                                       "web01"};
        words.insert(words.end(), more.begin(), more.end());
        return run_program(words, input.empty() ? token_ + "\n" : input);
    }
    std::string token_;
};

TEST_F(JoiningHost, SetsUpAsksAndWritesItsConfiguration) {
    const Finished done = join();
    ASSERT_EQ(done.status, 0) << done.out << done.err;
    EXPECT_THAT(content_of(file("sbin/words")),
                AllOf(HasSubstr("--join auth1=192.0.2.11:7464"), HasSubstr("--name web01"),
                      HasSubstr("--directory " + file("fleet")), Not(HasSubstr(token_))));
    EXPECT_THAT(content_of(file("sbin/token")), HasSubstr(token_));
    const std::string configuration = content_of(file("conf.d/fleet.conf"));
    EXPECT_THAT(configuration,
                AllOf(HasSubstr("fleet = host\n"), HasSubstr("fleet_nodes = auth1=192.0.2.11:7464\n"),
                      HasSubstr("[rule console]\nnetworks = local\nusers = root\naction = exempt\n")));
    EXPECT_THAT(done.out,
                AllOf(HasSubstr("action = exempt"), HasSubstr("--no-console-rule"), Not(HasSubstr(token_))));
    EXPECT_THAT(join().out, HasSubstr("already; nothing changed"));
    EXPECT_EQ(tool({"check-config"}).err.find("fleet"), std::string::npos) << "the configuration is valid";
}

TEST_F(JoiningHost, WithoutTheConsoleRuleWhereNobodyWantsIt) {
    ASSERT_EQ(join({"--no-console-rule"}).status, 0);
    EXPECT_THAT(content_of(file("conf.d/fleet.conf")), Not(HasSubstr("rule")));
}

TEST_F(JoiningHost, ThatIsRefusedStaysWhatItWas) {
    write_file(file("sbin/refuse"), "");
    const Finished done = join();
    EXPECT_EQ(done.status, 1);
    EXPECT_THAT(done.err, AllOf(HasSubstr("auth1: no"), HasSubstr("has not joined")));
    EXPECT_FALSE(fs::exists(file("conf.d/fleet.conf")));
    fs::remove(file("sbin/refuse"));
    EXPECT_EQ(join().status, 0);
}

TEST_F(JoiningHost, AMistypedTokenIsToldBeforeAnythingIsMade) {
    std::string wrong = token_;
    wrong.back() = wrong.back() == '7' ? '8' : '7';
    const Finished done = join({}, wrong + "\n");
    EXPECT_EQ(done.status, 2);
    EXPECT_THAT(done.err, HasSubstr("another one"));
    EXPECT_FALSE(fs::exists(file("store")));
    EXPECT_FALSE(fs::exists(file("sbin/words")));
}

TEST_F(JoiningHost, ReadsTheTokenFromAFile) {
    write_file(file("token"), token_ + "\n");
    const Finished done = join({"--token-file", file("token"), "--json"}, "something else\n");
    ASSERT_EQ(done.status, 0) << done.err;
    EXPECT_EQ(nlohmann::json::parse(done.out)["host"], "web01");
    EXPECT_THAT(content_of(file("sbin/token")), HasSubstr(token_));
}

TEST_F(JoiningHost, WithoutARelaySaysWhatToInstall) {
    fs::remove(file("sbin/secondstep-relay"));
    const Finished done = join();
    EXPECT_EQ(done.status, 4);
    EXPECT_THAT(done.err,
                HasSubstr("The relay, which speaks to the other machines of a fleet, is not installed"));
    EXPECT_FALSE(fs::exists(file("store")));
}

TEST_F(JoiningHost, WrongCallsAreRefused) {
    const auto errors = [&](const std::vector<std::string>& more) {
        std::vector<std::string> words{"setup"};
        words.insert(words.end(), more.begin(), more.end());
        const Finished done = tool(words);
        EXPECT_EQ(done.status, 2);
        return done.err;
    };
    EXPECT_THAT(errors({"--name", "web01"}), HasSubstr("go with --join"));
    EXPECT_THAT(errors({"--join", "auth1"}), HasSubstr("NAME=ADDRESS:PORT"));
    EXPECT_THAT(errors({"--join", "auth1=192.0.2.11", "--name", "Web 01"}), HasSubstr("no name of a host"));
    EXPECT_THAT(errors({"--join", "auth1=192.0.2.11", "--new-key"}), HasSubstr("does not go with"));
}

// The relay of this test notes what is offered to it, and takes it as the real one does.
class JoiningHostOfASite : public JoiningHost {
  protected:
    JoiningHostOfASite() {
        write_file(file("sbin/secondstep-relay"),
                   "#!/bin/sh\nhere=$(dirname \"$0\")\necho \"$@\" >\"$here/words\"\n"
                   "cp \"$here/../fleet/host.next\" \"$here/offered\"\n"
                   "if [ -e \"$here/refuse\" ]; then exit 1; fi\n"
                   "cp \"$here/site.pem\" \"$here/../fleet/host.pem\"\n"
                   "cp \"$here/authority.pem\" \"$here/../fleet/authority.pem\"\n");
        write_file(file("root.pem"), pki_.root());
        write_file(file("sbin/authority.pem"), fleet::marked_as_of_site(pki_.root()));
        bring(pki_);
        token_ = token_of(pki_);
    }
    void bring(const SitePki& pki) {
        const auto issued = pki.chain({});
        write_file(file("site.pem"), issued.certificate);
        write_file(file("sbin/site.pem"), issued.certificate);
        write_file(file("site.key"), issued.key);
        fs::permissions(file("site.key"), fs::perms::owner_read | fs::perms::owner_write);
    }
    std::string token_of(const SitePki& pki) {
        const auto pin = fleet::pin_of(fleet::read_certificate(pki.root())->public_key).value();
        const fleet::JoinToken token{{1, 2, 3, 4, 5}, randomness_.secret(fleet::join_secret_size), pin};
        return std::string(fleet::to_text(token).value().text());
    }
    Finished join_with_certificate(const std::vector<std::string>& more = {}) {
        std::vector<std::string> words{"--certificate",  file("site.pem"), "--key",
                                       file("site.key"), "--ca",           file("root.pem")};
        words.insert(words.end(), more.begin(), more.end());
        return join(words);
    }
    SitePki pki_{SystemClock().now()};
};

TEST_F(JoiningHostOfASite, OffersItsCertificateToTheRelayAlone) {
    const Finished done = join_with_certificate();
    ASSERT_EQ(done.status, 0) << done.out << done.err;
    EXPECT_THAT(content_of(file("sbin/words")), HasSubstr("--certificate\n"));
    EXPECT_EQ(content_of(file("sbin/offered")), content_of(file("site.pem")) + content_of(file("site.key")));
    EXPECT_EQ(mode_of(file("sbin/offered")), 0400U);
    EXPECT_FALSE(fs::exists(file("fleet/host.next"))) << "the relay has it";
    EXPECT_THAT(content_of(file("conf.d/fleet.conf")), HasSubstr("fleet = host\n"));
    const std::string why = "no copy of the key stays where joining has failed";
    fs::remove(file("conf.d/fleet.conf"));
    fs::remove(file("sbin/offered"));
    write_file(file("sbin/refuse"), "");
    EXPECT_EQ(join_with_certificate().status, 1);
    EXPECT_FALSE(fs::exists(file("fleet/host.next"))) << why;
}

TEST_F(JoiningHostOfASite, OffersTheNextOneWithoutAToken) {
    ASSERT_EQ(join_with_certificate().status, 0);
    EXPECT_THAT(join_with_certificate().out, HasSubstr("with this certificate; nothing changed"));
    EXPECT_FALSE(fs::exists(file("fleet/host.next")));
    fs::remove(file("sbin/words"));
    bring(pki_);
    const Finished done = join_with_certificate();
    EXPECT_EQ(done.status, 0) << done.err;
    EXPECT_THAT(done.out, HasSubstr("over the connection that it has"));
    EXPECT_EQ(content_of(file("fleet/host.next")),
              content_of(file("site.pem")) + content_of(file("site.key")));
    EXPECT_EQ(mode_of(file("fleet/host.next")), 0400U);
    EXPECT_FALSE(fs::exists(file("sbin/words"))) << "nobody joins";
    EXPECT_THAT(tool({"doctor"}).out, AllOf(HasSubstr("host.next, the next certificate, waits"),
                                            HasSubstr("or a node has refused it")));
    const SitePki another(SystemClock().now());
    write_file(file("root.pem"), another.root());
    bring(another);
    EXPECT_THAT(join_with_certificate().err, HasSubstr("believes another authority"));
    write_file(file("fleet/authority.pem"), another.root());
    EXPECT_THAT(join_with_certificate().err, HasSubstr("makes the certificates of its hosts itself"));
}

// Its certificate ends, and it goes on: hosts, which know it by its key, believe the next one.
TEST_F(JoiningHostOfASite, TakesTheNextCertificateOfTheSameAuthority) {
    ASSERT_EQ(join_with_certificate().status, 0);
    const std::string before = pki_.root();
    pki_.issue_root(86'400 * 7300LL);
    write_file(file("root.pem"), pki_.root());
    const Finished done = join_with_certificate();
    EXPECT_THAT(done.out, HasSubstr("those that vouch for it are in place")) << done.err;
    EXPECT_EQ(content_of(file("fleet/authority.pem")), fleet::marked_as_of_site(pki_.root()));
    EXPECT_EQ(mode_of(file("fleet/authority.pem")), 0444U);
    EXPECT_THAT(join_with_certificate().out, HasSubstr("nothing changed"));
    write_file(file("root.pem"), before);
    EXPECT_THAT(join_with_certificate().out, HasSubstr("nothing changed")) << "it goes on, and not back";
    bring(pki_);
    EXPECT_THAT(join_with_certificate().out, HasSubstr("over the connection that it has"));
    EXPECT_EQ(content_of(file("fleet/authority.pem")), fleet::marked_as_of_site(pki_.root()));
}

TEST_F(JoiningHostOfASite, IsToldWhenTheAuthoritysCertificateEnds) {
    pki_.issue_root(86'400 * 10LL);
    write_file(file("root.pem"), pki_.root());
    write_file(file("sbin/authority.pem"), fleet::marked_as_of_site(pki_.root()));
    ASSERT_EQ(join_with_certificate().status, 0);
    EXPECT_THAT(
        tool({"doctor"}).out,
        AllOf(HasSubstr("of Example Root"),
              HasSubstr("get the next certificate of the site's authority itself, of the same key, then "
                        "secondstep setup --join ... --certificate FILE --key FILE --ca FILE here")));
}

TEST_F(JoiningHostOfASite, PutsOthersBehindTheSameCertificate) {
    pki_.issue_between(86'400 / 8);
    auto issued = pki_.issue({});
    const auto bring_with_between = [&] {
        for (const char* const name : {"site.pem", "sbin/site.pem"})
            write_file(file(name), issued.certificate + pki_.between());
        write_file(file("site.key"), issued.key);
    };
    bring_with_between();
    ASSERT_EQ(join_with_certificate().status, 0);
    EXPECT_THAT(tool({"doctor"}).out,
                AllOf(HasSubstr("when a certificate ends that stands behind it: less than 8"),
                      HasSubstr("get the next one from the site's authority, then")));
    pki_.issue_between(86'400 * 3650LL);
    bring_with_between();
    EXPECT_THAT(join_with_certificate().out, HasSubstr("those that vouch for it are in place"));
    EXPECT_EQ(content_of(file("fleet/host.pem")), content_of(file("site.pem")));
    EXPECT_FALSE(fs::exists(file("fleet/host.next"))) << "a node knows this certificate";
    EXPECT_THAT(tool({"doctor"}).out, Not(HasSubstr("stands behind it")));
    EXPECT_THAT(join_with_certificate().out, HasSubstr("nothing changed"));
}

// Who has joined by --name says it again: a node would refuse a certificate of another name each hour.
TEST_F(JoiningHostOfASite, TakesNoNextCertificateOfAnotherName) {
    ASSERT_EQ(join_with_certificate().status, 0);
    const auto issued = pki_.chain({.common_name = "web02", .names = "DNS:web02"});
    write_file(file("site.pem"), issued.certificate);
    write_file(file("site.key"), issued.key);
    const Finished done = run_program({file("bin/secondstep"), "--config", file("secondstep.conf"), "setup",
                                       "--join", "auth1=192.0.2.11:7464", "--name", "web02", "--certificate",
                                       file("site.pem"), "--key", file("site.key"), "--ca", file("root.pem")},
                                      "");
    EXPECT_EQ(done.status, 1) << done.out;
    EXPECT_THAT(done.err, HasSubstr("is of web01, and not of web02: --name says"));
    EXPECT_FALSE(fs::exists(file("fleet/host.next")));
}

TEST_F(JoiningHostOfASite, ThatHasATokenOfAnotherAuthorityIsToldBeforeAnythingIsMade) {
    token_ = token_of(SitePki(SystemClock().now()));
    const Finished done = join_with_certificate();
    EXPECT_EQ(done.status, 1);
    EXPECT_THAT(done.err, AllOf(HasSubstr("the token is of a fleet with another authority"),
                                HasSubstr("without --certificate, --key and --ca")));
    EXPECT_FALSE(fs::exists(file("store")));
    EXPECT_FALSE(fs::exists(file("sbin/words")));
}

TEST_F(JoiningHostOfASite, IsToldWhatIsWrongWithItsFiles) {
    fs::permissions(file("site.key"), fs::perms::group_read, fs::perm_options::add);
    EXPECT_THAT(join_with_certificate().err, HasSubstr("chmod 0600"));
    bring(pki_);
    EXPECT_THAT(join_with_certificate({"--name", "web02"}).status, 2) << "twice";
    write_file(file("site.pem"), pki_.chain({.names = "DNS:web02"}).certificate);
    EXPECT_THAT(join_with_certificate().err, HasSubstr("site.pem: it is not of web01"));
    EXPECT_FALSE(fs::exists(file("store")));
}

TEST_F(JoiningHost, TheAdministratorsVerbsNameTheNodes) {
    ASSERT_EQ(join().status, 0);
    for (const std::vector<std::string>& words :
         std::vector<std::vector<std::string>>{{"enroll", "alice", "--no-confirm"},
                                               {"status"},
                                               {"disable", "alice", "--yes"},
                                               {"rename", "alice", "alina"},
                                               {"import", "oath", "/dev/null"},
                                               {"enroll", "--bulk", "/dev/null", "--output", file("out")},
                                               {"fleet", "hosts"},
                                               {"fleet", "create"}}) {
        const Finished done = tool(words);
        EXPECT_EQ(done.status, 1) << ::testing::PrintToString(words) << done.out << done.err;
        EXPECT_THAT(done.err, HasSubstr("auth1")) << ::testing::PrintToString(words);
        EXPECT_THAT(done.out, IsEmpty());
    }
    EXPECT_THAT(tool({"doctor"}).out,
                HasSubstr("relay.sock is not there: nobody with a second step gets in"));
}

}  // namespace
}  // namespace secondstep::testing
