#include "account/source.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace secondstep {
namespace {

Source remote(std::string_view rhost) {
    return source_of_rhost(rhost, SourceKind::address).value();
}

TEST(Source, TakesAnIpv4HostForItsNetworkOf24) {
    EXPECT_EQ(remote("192.0.2.7"), remote("192.0.2.250"));
    EXPECT_NE(remote("192.0.2.7"), remote("192.0.3.7"));
}

TEST(Source, TakesAnIpv6HostForItsNetworkOf48) {
    EXPECT_EQ(remote("2001:db8:1:2::3"), remote("2001:db8:1:ffff::9"));
    EXPECT_NE(remote("2001:db8:1::1"), remote("2001:db8:2::1"));
}

TEST(Source, TakesAMappedAddressForTheIpv4ItIs) {
    EXPECT_EQ(remote("::ffff:192.0.2.9"), remote("192.0.2.1"));
    EXPECT_NE(remote("::192.0.2.9"), remote("192.0.2.1"));
}

TEST(Source, LooksPastTheZoneOfALinkLocalAddress) {
    EXPECT_EQ(remote("fe80::1%eth0"), remote("fe80::1%wlan1"));
}

TEST(Source, ComparesHostNamesWithoutCase) {
    EXPECT_EQ(remote("Web01.Example.org"), remote("web01.example.ORG"));
    EXPECT_NE(remote("web01.example.org"), remote("web02.example.org"));
}

TEST(Source, KeepsAddressesNamesAndThisMachineApart) {
    std::set<SourceKey> keys;
    for (const auto* rhost : {"", "0.0.0.0", "::", "1.0.0.0", "localhost", "6", "04"})
        keys.insert(remote(rhost).key);
    EXPECT_EQ(keys.size(), 7U);
}

TEST(Source, KnowsWhatEveryMachineCallsItself) {
    for (const auto* rhost : {"127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1"})
        EXPECT_TRUE(is_loopback(remote(rhost))) << rhost;
    for (const auto* rhost : {"", "128.0.0.1", "1.127.0.0", "2001:db8::1", "fe80::1", "localhost"})
        EXPECT_FALSE(is_loopback(remote(rhost))) << rhost;
}

TEST(Source, IsThisMachineWhenRootNamesNoHost) {
    EXPECT_EQ(remote("").kind, SourceKind::local);
    EXPECT_EQ(remote("192.0.2.7").kind, SourceKind::address);
}

TEST(Source, APortalCannotPassForTheConsole) {
    const Source source = source_of_rhost("", SourceKind::trusted_caller).value();
    EXPECT_EQ(source.kind, SourceKind::trusted_caller);
    EXPECT_NE(source, remote(""));
    EXPECT_NE(source_of_rhost("192.0.2.7", SourceKind::trusted_caller).value(), remote("192.0.2.7"));
}

TEST(Source, BelievesNothingOfWhatAnOwnUidSays) {
    EXPECT_EQ(source_of_rhost("192.0.2.7", SourceKind::own_uid).value(), own_uid_source());
    EXPECT_EQ(source_of_rhost("", SourceKind::own_uid).value(), own_uid_source());
}

TEST(Source, IsToldToPeopleAsItsNetwork) {
    const auto words = [](std::string_view rhost, SourceKind kind) {
        return in_words(*source_of_rhost(rhost, kind));
    };
    EXPECT_EQ(words("192.0.2.7", SourceKind::address), "192.0.2.0/24");
    EXPECT_EQ(words("::ffff:192.0.2.7", SourceKind::address), "192.0.2.0/24");
    EXPECT_EQ(words("2001:db8:7:1::9", SourceKind::address), "2001:db8:7::/48");
    EXPECT_EQ(words("", SourceKind::address), "this machine");
    EXPECT_EQ(words("", SourceKind::trusted_caller), "a portal");
    EXPECT_EQ(words("pc7.example.com", SourceKind::address), "a host by its name");
    EXPECT_EQ(in_words(own_uid_source()), "own programs");
}

}  // namespace
}  // namespace secondstep
