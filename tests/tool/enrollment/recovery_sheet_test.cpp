#include "enrollment/recovery_sheet.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "console/output.h"
#include "dialogue/texts/messages.h"
#include "enrollment/enrollment.h"
#include "enrollment/given_code.h"
#include "otp/typed_answer.h"
#include "support/seeded_randomness.h"
#include "support/temporary_directory.h"
#include "tool_world.h"

// What Secondstep prints is typed and pasted back line by line, with all that stands in the line.
namespace secondstep::tool {
namespace {

using dialogue::classify;
using dialogue::TypedAnswer;

std::string symbols(const Secret& code) {
    std::string plain(code.text());
    std::erase(plain, '-');
    return plain;
}

std::string kind_of(const TypedAnswer& answer) {
    if (const auto* code = std::get_if<otp::NormalizedRecoveryCode>(&answer))
        return std::string(code->symbols.text());
    if (const auto* code = std::get_if<otp::OneTimeCode>(&answer)) return std::string(code->symbols.text());
    if (std::holds_alternative<dialogue::SeveralCodes>(answer)) return "several";
    return std::holds_alternative<dialogue::NotACode>(answer) ? "no code" : "another code";
}

// What a line is to be read as that stands in a text with these codes.
std::string expected(std::string_view line, const std::vector<Secret>& codes, std::size_t& found) {
    std::string kind = "no code";
    for (const Secret& code : codes) {
        if (line.find(code.text()) == std::string_view::npos) continue;
        kind = kind == "no code" ? symbols(code) : "several";
        ++found;
    }
    return kind;
}

class PrintedCodes : public ::testing::TestWithParam<otp::RecoveryCodeForm> {
  protected:
    std::vector<Secret> codes(std::size_t count) {
        std::vector<Secret> made;
        while (made.size() < count)
            made.push_back(otp::make_recovery_code(GetParam(), randomness_));
        return made;
    }
    // Each line with one code is that code, each with more is more than one, and no other is taken for a code.
    static void expect_read_back(std::string_view printed, const std::vector<Secret>& codes) {
        std::size_t found = 0;
        for (const std::string_view line : split(printed, '\n'))
            EXPECT_EQ(kind_of(classify(line)), expected(line, codes, found)) << line;
        EXPECT_EQ(found, codes.size());
    }
    // The columns of a line, as somebody marks them with the mouse.
    static void expect_columns_read_back(std::string_view printed, const std::vector<Secret>& codes) {
        for (const Secret& code : codes) {
            const std::size_t at = printed.find(code.text());
            ASSERT_NE(at, std::string_view::npos);
            for (std::size_t before = 0; before <= std::min<std::size_t>(at, 5); ++before) {
                const std::string_view marked = printed.substr(at - before, before + code.size());
                if (marked.find('\n') != std::string_view::npos) break;
                EXPECT_EQ(kind_of(classify(marked)), symbols(code)) << marked;
            }
        }
    }

    testing::SeededRandomness randomness_;
};

TEST_P(PrintedCodes, OfTheSheetAreReadBack) {
    for (const std::size_t count : {3U, 10U, 16U}) {
        const std::vector<Secret> made = codes(count);
        const Secret form = recovery_form("web01", "alice", from_unix(1'800'000'000), made);
        expect_read_back(form.text(), made);
        expect_columns_read_back(form.text(), made);
    }
}

TEST_P(PrintedCodes, OfTheScreenOfTheToolAreReadBack) {
    const testing::TemporaryDirectory directory;
    for (const std::size_t count : {1U, 3U, 10U, 15U, 16U}) {
        const std::vector<Secret> made = codes(count);
        const std::string path = directory.file("screen");
        const UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
        Output screen(fd.get());
        show_recovery_codes(screen, made);
        const std::string shown = testing::content_of(path);
        expect_read_back(shown, made);
        expect_columns_read_back(shown, made);
    }
}

TEST_P(PrintedCodes, OfALoginAreReadBack) {
    for (const std::size_t count : {3U, 10U, 15U, 16U}) {
        const std::vector<Secret> made = codes(count);
        const Secret shown = messages::new_codes(made);
        expect_read_back(shown.text(), made);
        expect_columns_read_back(shown.text(), made);
    }
}

INSTANTIATE_TEST_SUITE_P(OfBothForms, PrintedCodes,
                         ::testing::Values(otp::RecoveryCodeForm::short_code,
                                           otp::RecoveryCodeForm::long_code));

TEST(PrintedGivenCode, IsReadBack) {
    testing::SeededRandomness randomness;
    const testing::TemporaryDirectory directory;
    std::vector<Secret> made;
    made.push_back(otp::make_one_time_code(randomness));
    const std::string path = directory.file("screen");
    const UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    Output screen(fd.get());
    show_registration_code(screen, "alice", {made.front().clone(), {}}, "at once", false);
    for (const std::string_view line : split(std::string_view(testing::content_of(path)), '\n')) {
        const bool has_code = line.find(made.front().text()) != std::string_view::npos;
        EXPECT_EQ(kind_of(classify(line)), has_code ? symbols(made.front()) : "no code") << line;
    }
}

}  // namespace
}  // namespace secondstep::tool
