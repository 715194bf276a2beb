// fleet create with the certificate of an authority that the site has anyway.

#include <gmock/gmock.h>

#include <filesystem>

#include "fleet/certificate.h"
#include "fleet/file_records.h"
#include "fleet/site_files.h"
#include "support/site_pki.h"
#include "tool_world.h"

namespace secondstep::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

using Words = std::vector<std::string>;

class SiteCertificate : public ToolWorld {
  protected:
    SiteCertificate() {
        set_up();
        write_file(file("root.pem"), pki_.root());
        bring(pki_.chain(of_auth1));
    }
    void bring(const SitePki::Issued& issued) {
        write_file(file("site.pem"), issued.certificate);
        write_file(file("site.key"), issued.key);
        fs::permissions(file("site.key"), fs::perms::owner_read | fs::perms::owner_write);
    }
    void bring(const SitePki::Wanted& wanted) { bring(pki_.chain(wanted)); }
    [[nodiscard]] Words site() const {
        return {"--certificate", file("site.pem"), "--key", file("site.key"), "--ca", file("root.pem")};
    }
    Finished create(const Words& more) {
        Words words{"fleet", "create", "--name", "auth1", "--listen", "192.0.2.11:7464"};
        words.insert(words.end(), more.begin(), more.end());
        return tool(words);
    }
    Finished create() { return create(site()); }
    void expect_refused(const std::string& sentence) {
        const Finished done = create();
        EXPECT_EQ(done.status, 1) << done.out << done.err;
        EXPECT_THAT(done.err, HasSubstr(sentence));
        EXPECT_FALSE(fs::exists(file("store/fleet/identity"))) << "nothing was begun";
        EXPECT_FALSE(fs::exists(file("conf.d/fleet.conf")));
        bring(of_auth1);
        write_file(file("root.pem"), pki_.root());
    }

    const SitePki::Wanted of_auth1{.common_name = "auth1", .names = "DNS:auth1"};
    SitePki pki_{SystemClock().now()};
};

TEST_F(SiteCertificate, MakesAFleetWithoutAnAuthorityOfItsOwn) {
    const Finished done = create();
    ASSERT_EQ(done.status, 0) << done.err;
    EXPECT_THAT(done.out, HasSubstr("give the next one in the same way before this ends"));
    EXPECT_EQ(content_of(file("fleet/node.pem")), content_of(file("site.pem")));
    EXPECT_EQ(content_of(file("fleet/authority.pem")), fleet::marked_as_of_site(pki_.root()));
    EXPECT_EQ(mode_of(file("fleet/node.key")), 0400U);
    EXPECT_EQ(content_of(file("fleet/node.key")), content_of(file("site.key")));
    SystemRandomness randomness;
    const SystemClock clock;
    const auto ring = load_keyring(file("host.key")).value();
    const auto records = fleet::FileFleetRecords::open(file("store"), true, ring, clock, randomness).value();
    EXPECT_TRUE(records->identity().value()->is_of_site());
    EXPECT_THAT(tool({"fleet", "status"}).out, HasSubstr("the site's own authority, Example Root"));
    EXPECT_EQ(json({"fleet", "status"})["certificates_of"], "site");
    EXPECT_THAT(tool({"fleet", "invite-hosts", "--names", "web01"}).out,
                HasSubstr("--join auth1=192.0.2.11:7464 --certificate FILE --key FILE --ca FILE\n"));
    const auto token = json({"fleet", "invite-hosts", "--names", "web02"})["token"].get<std::string>();
    EXPECT_EQ(fleet::parse_join_token(token).value().authority,
              fleet::pin_of(fleet::read_certificate(pki_.root())->public_key).value());
}

TEST_F(SiteCertificate, ThatIsGivenAgainTakesThePlaceOfTheOneBefore) {
    ASSERT_EQ(create().status, 0);
    EXPECT_THAT(create().out, HasSubstr("nothing changed"));
    bring(of_auth1);
    ASSERT_EQ(create().status, 0);
    EXPECT_EQ(content_of(file("fleet/node.pem")), content_of(file("site.pem")));
    EXPECT_EQ(content_of(file("fleet/node.key")), content_of(file("site.key")));
    EXPECT_THAT(create({}).err, HasSubstr("say --certificate FILE --key FILE --ca FILE"));
    const SitePki another(SystemClock().now());
    write_file(file("root.pem"), another.root());
    bring(another.chain(of_auth1));
    EXPECT_THAT(create().err, HasSubstr("believe another authority"));
    EXPECT_EQ(content_of(file("fleet/authority.pem")), fleet::marked_as_of_site(pki_.root()));
}

TEST_F(SiteCertificate, OfTheAuthorityItselfIsFollowedByAnotherOfTheSameKey) {
    ASSERT_EQ(create().status, 0);
    const std::string before = pki_.root();
    pki_.issue_root(86'400 * 7300LL);
    write_file(file("root.pem"), pki_.root());
    EXPECT_THAT(create().out, HasSubstr("is the next one, of the same key: restart secondstepd.service"));
    EXPECT_EQ(content_of(file("fleet/authority.pem")), fleet::marked_as_of_site(pki_.root()));
    SystemRandomness randomness;
    const SystemClock clock;
    const auto ring = load_keyring(file("host.key")).value();
    const auto records = fleet::FileFleetRecords::open(file("store"), true, ring, clock, randomness).value();
    const auto known = [&] { return fleet::certificate_of(records->identity().value()->authority)->pem; };
    EXPECT_EQ(known(), pki_.root());
    EXPECT_TRUE(records->identity().value()->is_of_site());
    EXPECT_THAT(create().out, HasSubstr("nothing changed"));
    write_file(file("root.pem"), before);
    EXPECT_THAT(create().out, HasSubstr("nothing changed")) << "it goes on, and not back";
    EXPECT_EQ(known(), pki_.root());
}

// Every host's certificate would say the same, and all of them would be out at their next connection.
TEST_F(SiteCertificate, OfTheAuthorityDoesNotGoOnWhereWhatItSignedNamesAnotherSerialNumber) {
    SitePki::Wanted signed_by_a_number = of_auth1;
    signed_by_a_number.by_root = true;
    signed_by_a_number.issuer = "issuer:always";
    bring(pki_.issue(signed_by_a_number));
    ASSERT_EQ(create().status, 0);
    const std::string before = fleet::marked_as_of_site(pki_.root());
    pki_.issue_root(86'400 * 7300LL);
    write_file(file("root.pem"), pki_.root());
    bring(pki_.issue(signed_by_a_number));  // the node's own next one is good
    const Finished done = create();
    EXPECT_EQ(done.status, 1) << done.out;
    EXPECT_THAT(done.err, HasSubstr("are not good under it (node.pem: "));
    EXPECT_EQ(content_of(file("fleet/authority.pem")), before);
}

TEST_F(SiteCertificate, IsNothingForAFleetThatHasAnAuthority) {
    ASSERT_EQ(create({}).status, 0);
    const std::string own = content_of(file("fleet/node.pem"));
    const Finished done = create();
    EXPECT_EQ(done.status, 1);
    EXPECT_THAT(done.err, HasSubstr("has an authority of its own"));
    EXPECT_EQ(content_of(file("fleet/node.pem")), own);
    EXPECT_EQ(json({"fleet", "status"})["certificates_of"], "fleet");
}

TEST_F(SiteCertificate, AndKeyAndAuthorityGoTogether) {
    for (const char* const one : {"--certificate", "--key", "--ca"}) {
        const Finished done = create({one, file("site.pem")});
        EXPECT_EQ(done.status, 2);
        EXPECT_THAT(done.err, HasSubstr("go together"));
    }
    EXPECT_THAT(tool({"fleet", "hosts", "--certificate", "x"}).err,
                HasSubstr("does not go with fleet hosts"));
    EXPECT_THAT(tool({"setup", "--certificate", "x", "--key", "x", "--ca", "x"}).err,
                HasSubstr("go with --join"));
}

TEST_F(SiteCertificate, ThatIsNotGoodIsRefusedBeforeAnythingIsBegun) {
    const SitePki another(SystemClock().now());
    bring({.names = "DNS:auth1", .begins = -7200, .ends = -3600});
    expect_refused("site.pem: it has ended 20");
    bring(SitePki::Wanted{});
    expect_refused("site.pem: it is not of auth1");
    bring({.names = "DNS:auth1", .uses = "clientAuth"});
    expect_refused("site.pem: it is not for servers");
    bring(another.chain(of_auth1));
    expect_refused("site.pem: it is not signed by the authority");
    bring(pki_.issue(of_auth1));
    expect_refused("site.pem: it is not signed by the authority; certificates between");
    bring({.names = "DNS:auth1", .kind = "RSA 1024"});
    expect_refused("site.pem: its key is of a kind that is not taken");
    write_file(file("site.pem"), "nothing of the kind");
    expect_refused("site.pem: it holds no certificate in PEM");
    write_file(file("root.pem"), pki_.root() + pki_.between());
    expect_refused("root.pem: it holds several certificates");
    write_file(file("root.pem"), pki_.between());
    expect_refused("root.pem: it is not signed by itself");
    fs::remove(file("root.pem"));
    expect_refused("--ca: " + file("root.pem") + ": No such file");
    write_file(file("site.key"), pki_.issue(of_auth1).key);
    expect_refused("site.key: it is not the key of the first certificate in " + file("site.pem"));
    write_file(file("site.key"), "nothing of the kind");
    expect_refused("site.key: it holds no private key in PEM");
    ASSERT_EQ(create().status, 0) << "the control";
}

TEST_F(SiteCertificate, AKeyThatOthersMayReadIsNoSecret) {
    fs::permissions(file("site.key"), fs::perms::group_read, fs::perm_options::add);
    expect_refused("site.key: has mode 0640; mend with: chmod 0600");
    fs::permissions(file("site.pem"), fs::perms::others_write, fs::perm_options::add);
    expect_refused("site.pem: has mode");
    fs::permissions(file("site.pem"), fs::perms::others_write, fs::perm_options::remove);
    fs::create_symlink(file("site.key"), file("current.key"));
    EXPECT_EQ(
        create({"--certificate", file("site.pem"), "--key", file("current.key"), "--ca", file("root.pem")})
            .status,
        0)
        << "a link leads to the newest one";
}

TEST_F(SiteCertificate, IsLookedAtByTheDoctorWhoSaysWhatToDo) {
    ASSERT_EQ(create().status, 0);
    EXPECT_THAT(tool({"doctor"}).out, HasSubstr("node.pem is of auth1, until"));
    EXPECT_THAT(tool({"doctor"}).out, Not(HasSubstr("get the next one")))
        << "of a day: a third of it is enough";
    bring({.common_name = "auth1", .names = "DNS:auth1", .begins = -80'000, .ends = 10'000});
    ASSERT_EQ(create().status, 0);
    EXPECT_THAT(tool({"doctor"}).out,
                AllOf(HasSubstr("less than 8 hours"),
                      HasSubstr("get the next one from the site's authority, then secondstep fleet create")));
    bring({.common_name = "auth1", .names = "DNS:auth1", .begins = -86'400 * 300LL, .ends = 86'400 * 29LL});
    ASSERT_EQ(create().status, 0);
    EXPECT_THAT(tool({"doctor"}).out, HasSubstr("less than 30 days"));
}

class HostOfASite : public SiteCertificate {
  protected:
    HostOfASite() { EXPECT_EQ(create().status, 0); }
    void join(const std::string& name, std::chrono::seconds left) {
        const auto invited = json({"fleet", "invite-hosts", "--names", name});
        SystemRandomness randomness;
        const SystemClock clock;
        const auto ring = load_keyring(file("host.key")).value();
        const auto records =
            fleet::FileFleetRecords::open(file("store"), true, ring, clock, randomness).value();
        const fleet::RegisteredHost host{
            .name = name,
            .certificate = {static_cast<std::uint8_t>(name.back())},
            .certificate_end = clock.now() + left,
            .permission = fleet::parse_join_token(invited["token"].get<std::string>()).value().permission,
            .since = clock.now()};
        EXPECT_EQ(records->join(host, clock.now()).value(), fleet::Joining::registered);
    }
};

// An authority that gives them for a day or a week is asked often enough by whoever renews them.
TEST_F(HostOfASite, WithACertificateForADayIsNotAlwaysAboutToEnd) {
    join("web01", std::chrono::hours{9});
    EXPECT_THAT(tool({"doctor"}).out,
                AllOf(HasSubstr("1 host, whose records open"), Not(HasSubstr("the certificates of"))));
    EXPECT_THAT(tool({"fleet", "hosts"}).out, Not(HasSubstr(", soon")));
    join("web02", std::chrono::hours{7});
    join("web03", std::chrono::hours{-1});
    EXPECT_THAT(tool({"doctor"}).out, AllOf(HasSubstr("the certificates of 2 end within 8 hours"),
                                            HasSubstr("fleet hosts says which")));
    EXPECT_THAT(tool({"fleet", "hosts"}).out, AllOf(HasSubstr(", soon"), HasSubstr(", ended")));
}

TEST_F(HostOfASite, ThatIsDroppedNeedsANewKey) {
    join("web01", std::chrono::hours{9});
    EXPECT_THAT(tool({"fleet", "drop-host", "web01"}).out,
                AllOf(HasSubstr("revoked is not looked at here"), HasSubstr("a certificate with a new key")));
}

}  // namespace
}  // namespace secondstep::testing
