#include <gtest/gtest.h>

#include "policy/network.h"
#include "policy/rules.h"

namespace secondstep {
namespace {

Certainty certainty(const std::string& network, const std::string& rhost, const std::string& tty = "ssh") {
    const Result<Network> parsed = Network::parse(network);
    EXPECT_TRUE(parsed) << network;
    return parsed ? parsed->contains(rhost, tty) : Certainty::cannot_tell;
}

bool contains(const std::string& network, const std::string& rhost, const std::string& tty = "ssh") {
    const Certainty contained = certainty(network, rhost, tty);
    EXPECT_NE(contained, Certainty::cannot_tell) << network << " " << rhost;
    return contained == Certainty::yes;
}

TEST(Network, ComparesThePrefixAndNothingAfterIt) {
    EXPECT_TRUE(contains("192.0.2.0/24", "192.0.2.255"));
    EXPECT_FALSE(contains("192.0.2.0/24", "192.0.3.0"));
    EXPECT_TRUE(contains("192.0.2.128/25", "192.0.2.200"));
    EXPECT_FALSE(contains("192.0.2.128/25", "192.0.2.127"));
    EXPECT_TRUE(contains("192.0.2.7", "192.0.2.7"));
    EXPECT_FALSE(contains("192.0.2.7", "192.0.2.6"));
    EXPECT_TRUE(contains("0.0.0.0/0", "203.0.113.1"));
    EXPECT_TRUE(contains("2001:db8::/33", "2001:db8:7fff::1"));
    EXPECT_FALSE(contains("2001:db8::/33", "2001:db8:8000::1"));
    EXPECT_TRUE(contains("::/0", "2001:db8::1"));
}

TEST(Network, FamiliesDoNotMixExceptMappedAddresses) {
    EXPECT_FALSE(contains("0.0.0.0/0", "2001:db8::1"));
    EXPECT_FALSE(contains("::/0", "192.0.2.7"));
    EXPECT_TRUE(contains("192.0.2.0/24", "::ffff:192.0.2.7"));
    EXPECT_TRUE(contains("::ffff:192.0.2.0/120", "192.0.2.7"));
    EXPECT_FALSE(contains("::ffff:192.0.2.0/120", "192.0.3.7"));
    EXPECT_TRUE(contains("fe80::/10", "fe80::1%eth0"));
}

// UseDNS yes, a program that does not know, a print server: whoever owns a reverse zone chooses the name.
TEST(Network, OfAHostNameItCannotBeToldWhereItIs) {
    for (const char* rhost :
         {"localhost", "web.example.org", "UNKNOWN", "192.0.2", "192.0.2.7.example", "::g"}) {
        for (const char* network : {"0.0.0.0/0", "::/0", "127.0.0.0/8", "192.0.2.7"})
            EXPECT_EQ(certainty(network, rhost), Certainty::cannot_tell) << network << " " << rhost;
        EXPECT_FALSE(contains("local", rhost, "tty1"));
    }
    EXPECT_FALSE(contains("0.0.0.0/0", ""));
}

TEST(Network, AZoneIsNoPartOfAnAddress) {
    EXPECT_TRUE(is_address("fe80::1%eth0"));
    EXPECT_FALSE(is_address("localhost"));
    EXPECT_FALSE(is_address(""));
    EXPECT_FALSE(contains("2001:db8::/32", "fe80::1%eth0"));
}

TEST(Network, LocalIsNoRemoteHostAndADevice) {
    for (const char* device : {"tty1", "/dev/tty1", "pts/3", "/dev/pts/12", "ttyS0", "console", "hvc0"}) {
        EXPECT_TRUE(contains("local", "", device)) << device;
        EXPECT_FALSE(contains("local", "192.0.2.7", device)) << device;
    }
    for (const char* other :
         {"", "ssh", ":0", "cron", "pts/", "pts/x", "tty", "nodev", "/dev/../tty1", "tty/1"}) {
        EXPECT_FALSE(contains("local", "", other)) << other;
    }
}

TEST(Network, RefusesWhatIsNone) {
    for (const char* text :
         {"", "192.0.2", "192.0.2.0/33", "192.0.2.0/", "192.0.2.0/-1", "192.0.2.0/2x", "::/129",
          "example.com", "Local", "192.0.2.1/24", "2001:db8::1/32", "fe80::%eth0/10", "1/2/3"}) {
        const Result<Network> network = Network::parse(text);
        ASSERT_FALSE(network) << text;
        EXPECT_EQ(network.error().code, Errc::invalid);
    }
}

}  // namespace
}  // namespace secondstep
