#include "fleet/record_text.h"

#include <gtest/gtest.h>

#include <string>

#include "account/text_record.h"
#include "unit/fleet/fleet_records_contract.h"

namespace secondstep::fleet {
namespace {

Secret changed(const Secret& text, const std::string& from, const std::string& to) {
    std::string content(text.text());
    content.replace(content.find(from), from.size(), to);
    content.resize(content.rfind("check="));
    // The sum is right: what is to be found is the value.
    const std::size_t line = content.find('\n');
    const std::size_t blank = content.find(' ');
    TextRecordWriter out(content.substr(0, blank),
                         static_cast<unsigned>(std::stoul(content.substr(blank + 1, line - blank - 1))));
    std::size_t at = line + 1;
    while (at < content.size()) {
        const std::size_t end = content.find('\n', at);
        const std::size_t sign = content.find('=', at);
        out.text(content.substr(at, sign - at), content.substr(sign + 1, end - sign - 1));
        at = end + 1;
    }
    return std::move(out).finish();
}

TEST(FleetRecordText, ComesBack) {
    RegisteredHost host = sample_host("web01");
    EXPECT_EQ(decode_host(encode(host)).value(), host);
    host.next = fingerprint(7);
    host.next_end = from_unix(1'900'000'000);
    host.suspended = true;
    host.changes = HostClass::changes;
    EXPECT_EQ(decode_host(encode(host)).value(), host);
    JoinPermission permission = sample_permission({"web*", "db01"}, 40);
    permission.is_pattern = true;
    permission.spent = {"web03"};
    EXPECT_EQ(decode_permission(encode(permission)).value(), permission);
    EXPECT_EQ(decode_identity(encode(sample_identity()))->nodes, sample_identity().nodes);
}

TEST(FleetRecordText, RefusesWhatItWouldNotWrite) {
    const Secret host = encode(sample_host("web01"));
    EXPECT_EQ(decode_host(changed(host, "name=web01", "name=../web")).error().code, Errc::damaged);
    EXPECT_EQ(decode_host(changed(host, "class=login", "class=root")).error().code, Errc::damaged);
    EXPECT_EQ(decode_host(changed(host, "suspended=0", "suspended=2")).error().code, Errc::damaged);
    EXPECT_EQ(decode_host(changed(host, "secondstep-fleet-host 1", "secondstep-fleet-host 2")).error().code,
              Errc::unsupported);
    EXPECT_EQ(decode_host(changed(host, "next-end=0", "next-end=1")).error().code, Errc::damaged);
    EXPECT_EQ(decode_host(encode(sample_permission({"web01"}, 1))).error().code, Errc::damaged);
    const Secret permission = encode(sample_permission({"web01"}, 1));
    EXPECT_EQ(decode_permission(changed(permission, "count=1", "count=1001")).error().code, Errc::damaged);
    EXPECT_EQ(decode_permission(changed(permission, "name=web01", "name=web*")).error().code, Errc::damaged)
        << "a pattern that nobody asked for";
}

}  // namespace
}  // namespace secondstep::fleet
