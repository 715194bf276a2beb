#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "base/text.h"
#include "otp/hotp.h"
#include "otp/totp.h"
#include "support/seeded_randomness.h"
#include "support/temporary_directory.h"

namespace secondstep::otp {
namespace {

using std::chrono::seconds;

constexpr std::size_t codes_each = 20;

// One call of oathtool, which prints `codes_each` codes in a row.
struct Case {
    Secret key;
    Algorithm algorithm;
    Digits digits;
    std::uint64_t first;  // time step or counter
    std::string command;
};

std::string common_options(const Case& one) {
    return " -d " + std::to_string(one.digits.value()) + " -w " + std::to_string(codes_each - 1) + " " +
           hex(one.key.bytes()) + "\n";
}

std::uint64_t number_below(std::uint64_t bound, Randomness& random) {
    std::uint64_t number = 0;
    for (const std::uint8_t byte : random.array<8>())
        number = number << 8 | byte;
    return number % bound;
}

Case random_case(Randomness& random) {
    return {.key = random.secret(16 + number_below(49, random)),
            .algorithm = static_cast<Algorithm>(number_below(3, random)),
            .digits = *Digits::create(static_cast<unsigned>(6 + number_below(3, random))),
            .first = 0,
            .command = {}};
}

Case random_totp(Randomness& random) {
    Case one = random_case(random);
    const Period period = *Period::create(seconds(15 + number_below(106, random)));
    const auto now =
        static_cast<std::int64_t>(number_below(std::uint64_t{1} << 35, random));  // up to the year 3058
    one.first = time_step(from_unix(now), period);
    one.command = "oathtool --totp=" + std::string(to_text(one.algorithm)) + " -s " +
                  std::to_string(period.value().count()) + "s -N @" + std::to_string(now) +
                  common_options(one);
    return one;
}

Case random_hotp(Randomness& random) {
    Case one = random_case(random);
    one.algorithm = Algorithm::sha1;  // the only one oathtool has for HOTP
    one.first = number_below(std::uint64_t{1} << 62, random);
    one.command = "oathtool --hotp -c " + std::to_string(one.first) + common_options(one);
    return one;
}

std::vector<Case> random_cases(std::size_t totp, std::size_t hotp) {
    testing::SeededRandomness random;
    std::vector<Case> cases;
    cases.reserve(totp + hotp);
    for (std::size_t i = 0; i < totp; ++i)
        cases.push_back(random_totp(random));
    for (std::size_t i = 0; i < hotp; ++i)
        cases.push_back(random_hotp(random));
    return cases;
}

struct PipeCloser {
    void operator()(FILE* pipe) const { (void)pclose(pipe); }
};

std::string output_of(const std::string& command) {
    // NOLINTNEXTLINE(cert-env33-c): the commands are this test's own, made of numbers only
    const std::unique_ptr<FILE, PipeCloser> pipe(popen(command.c_str(), "re"));
    std::string output;
    for (int c = getc(pipe.get()); c != EOF; c = getc(pipe.get()))
        output.push_back(static_cast<char>(c));
    return output;
}

std::string output_of_all(const std::vector<Case>& cases) {
    const testing::TemporaryDirectory directory;
    std::ofstream script(directory.file("commands"));
    for (const Case& one : cases)
        script << one.command;
    script.close();
    return output_of("sh " + directory.file("commands") + " 2>&1");
}

TEST(Oathtool, AgreesOnTenThousandRandomCodes) {
    if (output_of("command -v oathtool").empty()) GTEST_SKIP() << "oathtool is not installed";
    const std::vector<Case> cases = random_cases(400, 125);
    std::istringstream lines(output_of_all(cases));
    std::size_t compared = 0;
    for (const Case& one : cases) {
        for (std::size_t i = 0; i < codes_each; ++i) {
            std::string expected;
            ASSERT_TRUE(std::getline(lines, expected)) << one.command;
            const auto code = hotp(one.key, one.first + i, one.digits, one.algorithm);
            ASSERT_TRUE(code.has_value());
            ASSERT_EQ(code->text(), expected) << one.command << "code " << i;
            ++compared;
        }
    }
    EXPECT_GE(compared, 10'000U);
    std::string rest;
    EXPECT_FALSE(std::getline(lines, rest)) << rest;
}

}  // namespace
}  // namespace secondstep::otp
