#include "account/slot_entries.h"

#include <gtest/gtest.h>

namespace secondstep::slot {
namespace {

template <typename Part>
std::size_t written(const Part& part) {
    ByteWriter out;
    if constexpr (requires { write(out, part); }) {
        write(out, part);
    } else {
        write_entry(out, part);
    }
    return out.size();
}

// What does not fill its room, or stands out of it, moves everything behind it.
TEST(SlotEntries, EachFillsTheRoomThatIsKeptForIt) {
    EXPECT_EQ(written(Failures{}), size_of<Failures>);
    EXPECT_EQ(written(RecoveryUse{}), size_of<RecoveryUse>);
    EXPECT_EQ(written(OneTimeGrant{}), size_of<OneTimeGrant>);
    EXPECT_EQ(written(Restore{}), size_of<Restore>);
    EXPECT_EQ(written(ChangeNotice{}), size_of<ChangeNotice>);
    EXPECT_EQ(written(ChangeNotice{.from = std::string(max_notice_from, 'a')}), size_of<ChangeNotice>);
    EXPECT_EQ(written(SentCode{}), size_of<SentCode>);
    EXPECT_EQ(written(AuthenticatorUse{}), size_of<AuthenticatorUse>);
    EXPECT_EQ(written(KnownSource{}), size_of<KnownSource>);
    EXPECT_EQ(written(RememberedClient{.service = "sshd", .address = "192.0.2.7"}),
              size_of<RememberedClient>);
    EXPECT_EQ(
        written(RememberedClient{.service = std::string(max_client_service, 's'), .address = "2001:db8::7"}),
        size_of<RememberedClient>);
    EXPECT_EQ(written(RecentFailures::OfKnown{}), size_of<RecentFailures::OfKnown>);
    EXPECT_EQ(written(UnixTime{}), size_of<UnixTime>);
}

}  // namespace
}  // namespace secondstep::slot
