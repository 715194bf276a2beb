#include "portals/page/link.h"

#include <gtest/gtest.h>

#include <set>

#include "support/seeded_randomness.h"

namespace secondstep::page {
namespace {

TEST(Link, ATokenIs128BitsInHexadecimal) {
    SystemRandomness randomness;
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i) {
        const Secret token = make_token(randomness);
        EXPECT_EQ(token.size(), 32U);
        EXPECT_EQ(token.text().find_first_not_of("0123456789abcdef"), std::string_view::npos);
        seen.insert(std::string(token.text()));
    }
    EXPECT_EQ(seen.size(), 1000U);
}

TEST(Link, LeadsToTheHostAndItsPort) {
    EXPECT_EQ(authority_of("", "web01", 8443), "web01:8443");
    EXPECT_EQ(authority_of("", "web01", 443), "web01");
    EXPECT_EQ(authority_of("login.example.com", "web01", 8443), "login.example.com");
    EXPECT_EQ(link_of("web01:8443", Secret::copy_of("ab")).text(), "https://web01:8443/ab");
}

TEST(Link, ACertificateNamesTheHostAlone) {
    EXPECT_EQ(host_in("web01:8443"), "web01");
    EXPECT_EQ(host_in("web01"), "web01");
    EXPECT_EQ(host_in("[2001:db8::1]:8443"), "2001:db8::1");
    EXPECT_EQ(host_in("[2001:db8::1]"), "2001:db8::1");
}

TEST(Link, ThePathIsTheWholeToken) {
    const Secret token = Secret::copy_of("0123456789abcdef0123456789abcdef");
    const std::string path = "/" + std::string(token.text());
    EXPECT_TRUE(leads_here(path, token));
    for (std::size_t i = 0; i < path.size(); ++i) {
        std::string other = path;
        other[i] = '_';
        EXPECT_FALSE(leads_here(other, token)) << other;
        EXPECT_FALSE(leads_here(path.substr(0, i), token)) << i;
    }
    EXPECT_FALSE(leads_here(path + "/", token));
    EXPECT_FALSE(leads_here("/0123456789ABCDEF0123456789ABCDEF", token));
    EXPECT_FALSE(leads_here("/", Secret()));
    EXPECT_FALSE(leads_here("", Secret()));
}

}  // namespace
}  // namespace secondstep::page
