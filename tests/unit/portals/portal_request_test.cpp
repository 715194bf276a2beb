#include "portals/portal_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "account/text_record.h"
#include "unit/portals/sample_portal.h"
#include "wire/message.h"

namespace secondstep {
namespace {

using dialogue::decode_portal_request;
using dialogue::PortalRequest;
using testing::largest_portal;
using testing::sample_portal;

const PortalName invoices = *PortalName::create("invoices");

std::vector<PortalRequest::Wanted> one_of_each() {
    std::vector<PortalRequest::Wanted> all;
    all.emplace_back(PortalRequest::List{invoices});
    all.emplace_back(PortalRequest::Add{.portal = sample_portal("invoices")});
    all.emplace_back(PortalRequest::Code{invoices});
    all.emplace_back(PortalRequest::Switch{invoices, true});
    all.emplace_back(PortalRequest::Switch{invoices, false});
    all.emplace_back(PortalRequest::Rename{invoices, *PortalName::create("bills")});
    all.emplace_back(PortalRequest::Change{.name = invoices});
    all.emplace_back(PortalRequest::Remove{invoices});
    all.emplace_back(PortalRequest::Reveal{invoices});
    all.emplace_back(PortalRequest::SendLink{
        invoices, "+49 151 2345",
        Secret::copy_of(std::string_view("https://web01:8443/0123456789abcdef0123456789abcdef")),
        std::chrono::minutes{3}});
    return all;
}

TEST(PortalRequest, OfEveryVerbComesBack) {
    for (PortalRequest::Wanted& wanted : one_of_each()) {
        const PortalRequest before{.wanted = std::move(wanted)};
        const auto after = decode_portal_request(encode(before));
        ASSERT_TRUE(after) << before.wanted.index();
        EXPECT_EQ(after->wanted.index(), before.wanted.index());
        EXPECT_EQ(encode(*after).text(), encode(before).text());
    }
}

// A form as it comes over the wire: what is wanted, and what each line after it says.
Secret form(std::string_view verb, const std::function<void(TextRecordWriter&)>& rest) {
    TextRecordWriter out("secondstep-portal-request", 1);
    out.text("verb", verb);
    out.text("whose", "own");
    rest(out);
    return std::move(out).finish();
}

TEST(PortalRequest, IsWrittenAsEtcFormatsSays) {
    const PortalRequest off{.wanted = PortalRequest::Switch{invoices, false}};
    EXPECT_EQ(encode(off).text(), form("disable", [](TextRecordWriter& out) {
                                      out.number("named", 1);
                                      out.text("portal", "invoices");
                                  }).text());
    const PortalRequest renamed{.wanted = PortalRequest::Rename{invoices, *PortalName::create("bills")}};
    EXPECT_EQ(encode(renamed).text(), form("rename", [](TextRecordWriter& out) {
                                          out.number("named", 1);
                                          out.text("portal", "invoices");
                                          out.text("new-name", "bills");
                                      }).text());
}

TEST(PortalRequest, DetailsComeBack) {
    const std::vector<PortalReader> share{{*AccountName::create("bob"), uid_t{1001}}};
    const std::vector<PortalReader> unshare{{*AccountName::create("carla"), std::nullopt},
                                            {*AccountName::create("dora"), uid_t{1003}}};
    const PortalRequest request{
        .whose = PortalRequest::Whose::account,
        .owner = *AccountName::create("alice"),
        .wanted = PortalRequest::Change{.name = invoices, .note = "", .share = share, .unshare = unshare}};
    const auto after = decode_portal_request(encode(request));
    ASSERT_TRUE(after);
    EXPECT_EQ(after->owner, request.owner);
    const auto& change = std::get<PortalRequest::Change>(after->wanted);
    EXPECT_EQ(change.name, invoices);
    EXPECT_EQ(change.note, "");
    EXPECT_FALSE(change.url);
    EXPECT_EQ(change.share, share);
    EXPECT_EQ(change.unshare, unshare);
    const PortalRequest link{.wanted = std::move(one_of_each().back())};
    EXPECT_EQ(std::get<PortalRequest::SendLink>(decode_portal_request(encode(link))->wanted).valid,
              std::chrono::minutes{3});
}

TEST(PortalRequest, OfOneItNeedsItsName) {
    const auto nameless_code = form("code", [](TextRecordWriter& out) {
        out.number("named", 0);
        out.number("fresh", 0);
    });
    EXPECT_EQ(decode_portal_request(nameless_code).error().code, Errc::damaged);
    EXPECT_TRUE(decode_portal_request(form("list", [](TextRecordWriter& out) { out.number("named", 0); })));
}

TEST(PortalRequest, NamesOnePortalAndNotTwo) {
    const auto adding = [](const std::string& name) {
        return form("add", [&](TextRecordWriter& out) {
            out.number("named", 1);
            out.text("portal", "invoices");
            out.number("replace", 0);
            write_portal(out, sample_portal(name));
        });
    };
    EXPECT_TRUE(decode_portal_request(adding("invoices")));
    EXPECT_EQ(decode_portal_request(adding("other")).error().code, Errc::damaged);
}

TEST(PortalRequest, EveryTruncationIsRefused) {
    const std::string good(
        encode(PortalRequest{.wanted = PortalRequest::Add{.portal = sample_portal("invoices")}}).text());
    for (std::size_t size = 0; size < good.size(); ++size)
        EXPECT_FALSE(decode_portal_request(Secret::copy_of(good.substr(0, size)))) << size;
}

TEST(PortalRequest, TheLargestFitsIntoAForm) {
    const PortalRequest request{.whose = PortalRequest::Whose::account,
                                .owner = *AccountName::create(std::string(80, 'o')),
                                .wanted = PortalRequest::Add{.portal = largest_portal(std::string(32, 'p'))}};
    EXPECT_LE(encode(request).size(), dialogue::max_portal_form);
    EXPECT_EQ(dialogue::max_portal_form, wire::max_form);
    EXPECT_TRUE(decode_portal_request(encode(request)));
}

}  // namespace
}  // namespace secondstep
