#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <future>

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

// Every directory is silent, until the test ends.
class SilentDirectory final : public People {
  public:
    using People::find;
    Result<LookedUp> find(const std::string&, const std::vector<std::string>&, const Early&) const override {
        end_.wait();
        return fail(Errc::io, "ldap: Connection refused");
    }
    std::optional<Person> find_here(const std::string& name) const override {
        return NameServicePeople().find_here(name);
    }
    void release() { ended_.set_value(); }

  private:
    std::promise<void> ended_;
    std::shared_future<void> end_ = ended_.get_future().share();
};

void expect_only_who_is_of_this_machine(const service::Settings& settings) {
    ASSERT_EQ(settings.trusted_callers.size(), 1U);
    EXPECT_EQ(settings.trusted_callers[0].uid, ::geteuid());
    ASSERT_EQ(settings.warnings.size(), 1U);
    EXPECT_NE(settings.warnings[0].find("remo:nginx is trusted with nothing until the next reload"),
              std::string::npos);
}

TEST(TrustedCallers, DoNotKeepTheServiceFromStartingWhileADirectoryIsSilent) {
    const Installation installation("trusted_callers = " + own_name() + ":nginx, remo:nginx\n",
                                    Installation::Owner::test);
    const SystemClock clock;
    SystemRandomness randomness;
    static SilentDirectory& directory = *new SilentDirectory;  // as long as whoever asks it
    auto opened = std::async(std::launch::async, [&] {
        return service::open_settings(*load_config(installation.config()), directory, clock, randomness);
    });
    EXPECT_EQ(opened.wait_for(std::chrono::seconds{20}), std::future_status::ready);
    directory.release();
    const auto settings = opened.get();
    ASSERT_TRUE(settings) << settings.error().detail;
    expect_only_who_is_of_this_machine(*settings);
}

TEST(TrustedCallers, OfThisMachineStayTrustedWhileADirectoryIsAway) {
    const Installation installation("trusted_callers = " + own_name() + ":nginx, remo:nginx\n",
                                    Installation::Owner::test);
    const SystemClock clock;
    SystemRandomness randomness;
    const auto settings =
        service::open_settings(*load_config(installation.config()), DeadDirectory(), clock, randomness);
    ASSERT_TRUE(settings) << settings.error().detail;
    expect_only_who_is_of_this_machine(*settings);
}

}  // namespace
}  // namespace secondstep::testing
