#include <gtest/gtest.h>
#include <unistd.h>

#include "secondstepd/settings.h"
#include "service/installation.h"

namespace secondstep::testing {
namespace {

// Every directory is away.
class DeadDirectory final : public People {
  public:
    using People::find;
    Result<LookedUp> find(const std::string&, const std::vector<std::string>&, const Early&) const override {
        return fail(Errc::io, "ldap: Connection refused");
    }
    std::optional<Person> find_here(const std::string& name) const override {
        return NameServicePeople().find_here(name);
    }
};

TEST(TrustedCallers, OfThisMachineStayTrustedWhileADirectoryIsAway) {
    const Installation installation("trusted_callers = " + own_name() + ":nginx, remo:nginx\n",
                                    Installation::Owner::test);
    const SystemClock clock;
    SystemRandomness randomness;
    const auto settings =
        service::open_settings(*load_config(installation.config()), DeadDirectory(), clock, randomness);
    ASSERT_TRUE(settings) << settings.error().detail;
    ASSERT_EQ(settings->trusted_callers.size(), 1U);
    EXPECT_EQ(settings->trusted_callers[0].uid, ::geteuid());
    ASSERT_EQ(settings->warnings.size(), 1U);
    EXPECT_NE(settings->warnings[0].find("remo:nginx is trusted with nothing until the next reload"),
              std::string::npos);
}

}  // namespace
}  // namespace secondstep::testing
