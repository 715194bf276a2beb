#include "portals/portal_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/portals/sample_portal.h"
#include "wire/message.h"

namespace secondstep {
namespace {

using dialogue::decode_portal_request;
using dialogue::PortalRequest;
using testing::largest_portal;
using testing::sample_portal;
using Verb = PortalRequest::Verb;

PortalRequest named(Verb verb) {
    PortalRequest request;
    request.verb = verb;
    request.name = *PortalName::create("invoices");
    if (verb == Verb::add) request.portal = sample_portal("invoices");
    if (verb == Verb::rename) request.new_name = *PortalName::create("bills");
    if (verb == Verb::send_link) {
        request.valid = std::chrono::minutes{3};
        request.number = "+49 151 2345";
        request.link =
            Secret::copy_of(std::string_view("https://web01:8443/0123456789abcdef0123456789abcdef"));
    }
    return request;
}

TEST(PortalRequest, OfEveryVerbComesBack) {
    for (const Verb verb : {Verb::list, Verb::add, Verb::code, Verb::enable, Verb::disable, Verb::rename,
                            Verb::change, Verb::remove, Verb::reveal, Verb::send_link}) {
        const PortalRequest before = named(verb);
        const auto after = decode_portal_request(encode(before));
        ASSERT_TRUE(after) << static_cast<int>(verb);
        EXPECT_EQ(after->verb, verb);
        EXPECT_EQ(after->name, before.name);
        EXPECT_EQ(after->new_name, before.new_name);
        EXPECT_EQ(after->portal.has_value(), before.portal.has_value());
        EXPECT_EQ(after->valid, before.valid);
        EXPECT_EQ(encode(*after).text(), encode(before).text());
    }
}

TEST(PortalRequest, DetailsComeBack) {
    PortalRequest change = named(Verb::change);
    change.whose = PortalRequest::Whose::account;
    change.owner = *AccountName::create("alice");
    change.note = "";
    change.share = {{*AccountName::create("bob"), uid_t{1001}}};
    change.unshare = {{*AccountName::create("carla"), std::nullopt},
                      {*AccountName::create("dora"), uid_t{1003}}};
    const auto after = decode_portal_request(encode(change));
    ASSERT_TRUE(after);
    EXPECT_EQ(after->owner, change.owner);
    EXPECT_EQ(after->note, "");
    EXPECT_FALSE(after->url);
    EXPECT_EQ(after->share, change.share);
    EXPECT_EQ(after->unshare, change.unshare);
}

TEST(PortalRequest, OfOneItNeedsItsName) {
    PortalRequest request = named(Verb::code);
    request.name.reset();
    EXPECT_EQ(decode_portal_request(encode(request)).error().code, Errc::damaged);
    request.verb = Verb::list;
    EXPECT_TRUE(decode_portal_request(encode(request)));
}

TEST(PortalRequest, NamesOnePortalAndNotTwo) {
    PortalRequest request = named(Verb::add);
    request.portal = sample_portal("other");
    EXPECT_EQ(decode_portal_request(encode(request)).error().code, Errc::damaged);
}

TEST(PortalRequest, EveryTruncationIsRefused) {
    const std::string good(encode(named(Verb::add)).text());
    for (std::size_t size = 0; size < good.size(); ++size)
        EXPECT_FALSE(decode_portal_request(Secret::copy_of(good.substr(0, size)))) << size;
}

TEST(PortalRequest, TheLargestFitsIntoAForm) {
    PortalRequest request;
    request.verb = Verb::add;
    request.whose = PortalRequest::Whose::account;
    request.owner = *AccountName::create(std::string(80, 'o'));
    request.name = *PortalName::create(std::string(32, 'p'));
    request.portal = largest_portal(std::string(32, 'p'));
    EXPECT_LE(encode(request).size(), dialogue::max_portal_form);
    EXPECT_EQ(dialogue::max_portal_form, wire::max_form);
    EXPECT_TRUE(decode_portal_request(encode(request)));
}

}  // namespace
}  // namespace secondstep
