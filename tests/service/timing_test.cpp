// What a stopwatch learns from a refusal: nothing. On the real store, with real system calls.

#include <gtest/gtest.h>
#include <linux/magic.h>
#include <sys/vfs.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <iostream>
#include <numeric>
#include <random>

#include "enrollment/enrollment.h"
#include "service/client.h"
#include "service/in_process_service.h"
#include "store/decoys.h"

namespace secondstep::testing {
namespace {

using Microseconds = std::chrono::duration<double, std::micro>;

constexpr std::size_t kinds = 4;
constexpr unsigned people_of_a_kind = 64;
constexpr std::array<const char*, kinds> kind_names{"wrong", "throttled", "off", "unknown"};

// The two-sample test of Kolmogorov and Smirnov: how likely two samples of one distribution differ as much
// as these (asymptotic; Numerical Recipes' series).
double p_of_same_distribution(std::vector<double> a, std::vector<double> b) {
    std::ranges::sort(a);
    std::ranges::sort(b);
    double distance = 0;
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < a.size() && j < b.size()) {
        const double value = std::min(a[i], b[j]);
        while (i < a.size() && a[i] <= value)
            ++i;
        while (j < b.size() && b[j] <= value)
            ++j;
        distance = std::max(distance, std::abs(static_cast<double>(i) / static_cast<double>(a.size()) -
                                               static_cast<double>(j) / static_cast<double>(b.size())));
    }
    const auto effective =
        static_cast<double>(a.size() * b.size()) / static_cast<double>(a.size() + b.size());
    const double lambda = (std::sqrt(effective) + 0.12 + 0.11 / std::sqrt(effective)) * distance;
    double p = 0;
    for (int k = 1; k <= 100; ++k)
        p += (k % 2 == 1 ? 2.0 : -2.0) * std::exp(-2.0 * k * k * lambda * lambda);
    return lambda < 0.2 ? 1.0 : std::clamp(p, 0.0, 1.0);
}

double median(std::vector<double> values) {
    std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2));
    return values[values.size() / 2];
}

// Each kind has people of its own; a login of theirs is refused.
class Stopwatch : public ::testing::Test {
  protected:
    void SetUp() override {
        if (!is_root()) GTEST_SKIP() << "asks for other people's accounts: needs root";
        struct statfs about{};
        ASSERT_EQ(::statfs(service_.installation.file(".").c_str(), &about), 0);
        if (about.f_type == TMPFS_MAGIC) GTEST_SKIP() << "a store in memory is not what people have";
        for (unsigned i = 0; i < people_of_a_kind; ++i) {
            for (const std::size_t kind : {0U, 1U})
                enroll(name_of(kind, i));
        }
    }
    // As `enroll` makes it: one app, ten recovery codes. (Nobody has to know a code, so they cost no scrypt.)
    void enroll(const std::string& name) {
        SystemRandomness randomness;
        Credential credential = decoy_credential(0, randomness, SystemClock().now());
        credential.account = *AccountName::create(name);
        credential.uid.reset();
        auto transaction = service_.installation.store().begin_enrollment(RecordName::of(credential.account));
        ASSERT_TRUE(transaction) << transaction.error().detail;
        const State next = state_after_enrollment((*transaction)->account().state, credential, {});
        ASSERT_TRUE((*transaction)->write_credential(credential, next));
    }
    static InProcessService::Shape shape() {
        InProcessService::Shape shape;
        shape.configuration = "action = require\ntries = 1\nhint = no\nportal_services = web\n";
        shape.threads = 1;
        return shape;
    }
    static std::string name_of(std::size_t kind, unsigned i) {
        return std::string(kind_names[kind]) + "-" + std::to_string(1000 + i);
    }
    RecordName judged_by(std::size_t kind, const std::string& name) const {
        if (kind < 2) return RecordName::of(*AccountName::create(name));
        return RecordName::decoy(*service_.installation.store().keyring().decoy_number(name));
    }

    // As nobody had ever been wrong before, or too often; the same write for every kind.
    void prepare(std::size_t kind, const std::string& name) {
        const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
        auto transaction = service_.installation.store().begin(judged_by(kind, name));
        ASSERT_TRUE(transaction) << transaction.error().detail;
        State state = (*transaction)->account().state;
        state.strangers = {};
        if (kind == 1) state.strangers = {10, now, now + std::chrono::minutes{30}};
        ASSERT_TRUE((*transaction)->write_state(state));
    }

    // From the answer to its refusal. A name outside passwd is known on a portal's service only.
    double time_of(std::size_t kind, unsigned i) {
        const std::string name = name_of(kind, i);
        prepare(kind, name);
        Client client(service_.path());
        client.send(hello_for(name, kind == 3 ? "ssh" : "web"));
        EXPECT_TRUE(client.next_question());
        const auto begin = std::chrono::steady_clock::now();
        client.answer(kind < 2 ? "000000" : unjudged_);
        EXPECT_FALSE(client.next_question());
        const auto end = std::chrono::steady_clock::now();
        EXPECT_EQ(client.verdict(), Verdict::refused);
        return Microseconds(end - begin).count();
    }

    using Times = std::array<std::vector<double>, kinds>;

    // All kinds in turn, each turn in another order: whatever else the machine does meets all of them alike.
    Times measure(std::size_t logins) {
        Times times;
        std::mt19937 shuffled(7);  // NOLINT(cert-msc51-cpp): any order will do
        std::array<std::size_t, kinds> order{};
        std::iota(order.begin(), order.end(), 0U);
        for (std::size_t turn = 0; turn < logins; ++turn) {
            std::ranges::shuffle(order, shuffled);
            for (const std::size_t kind : order)
                times[kind].push_back(time_of(kind, static_cast<unsigned>(turn % people_of_a_kind)));
        }
        return times;
    }

    // The least likely of the comparisons with "wrong"; says what it saw.
    static double least_p(const Times& times) {
        double least = 1;
        for (std::size_t kind = 1; kind < kinds; ++kind) {
            const double p = p_of_same_distribution(times[0], times[kind]);
            std::cout << kind_names[kind] << ": p = " << p << ", medians " << median(times[0]) << " and "
                      << median(times[kind]) << " us\n";
            least = std::min(least, p);
        }
        return least;
    }

    // The same, and the medians within a millisecond.
    static double indistinguishable(const Times& times) {
        for (std::size_t kind = 1; kind < kinds; ++kind) {
            if (std::abs(median(times[0]) - median(times[kind])) > 1000) return 0;
        }
        return least_p(times);
    }

    InProcessService service_{shape()};
    std::string_view unjudged_ = "000000";  // what people without a second step answer
};

// By chance one comparison in a thousand is below; a difference that is there is below every time.
TEST_F(Stopwatch, CannotTellWrongThrottledNotEnrolledAndUnknownApart) {
    double p = 0;
    for (int round = 0; round < 3 && p <= 0.001; ++round)
        p = indistinguishable(measure(2000));
    EXPECT_GT(p, 0.001);
}

// The control: a refusal without a record to lock, read and write, as a program without decoys gives it to
// people it does not know. (What has not the shape of a code is refused like that.)
TEST_F(Stopwatch, SeesARefusalThatTouchesNoRecord) {
    unjudged_ = "x";
    EXPECT_LT(least_p(measure(200)), 0.001);
}

}  // namespace
}  // namespace secondstep::testing
