#include "courier/sms_text.h"

#include <gtest/gtest.h>

#include <string>

namespace secondstep::courier {
namespace {

std::string gsm(std::string_view text) {
    return std::string(to_gsm_alphabet(text).text());
}
std::string text_of(std::string_view text, std::string_view host = "web01",
                    std::string_view code = "012345") {
    return std::string(sms_text(text, host, code).text());
}

TEST(SmsTextTest, KeepsItsAlphabet) {
    const std::string all =
        "@£$¥èéùìòÇ\nØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./09:;<=>?¡AZÄÖÑÜ§¿azäöñüà^{}\\[~]|€";
    EXPECT_EQ(gsm(all), all);
}

TEST(SmsTextTest, TakesOffWhatItHasNot) {
    EXPECT_EQ(gsm("Łódź “x” – don’t…"), "Lodz \"x\" - don't...");
    EXPECT_EQ(gsm("Žižek Çelik ş ı çâ\u00a0x`"), "Zizek Çelik s i ca x'");
    EXPECT_EQ(gsm("Ж漢\xf0\x9f\x98\x80\t\r\x7f"), "??????");
    EXPECT_EQ(gsm("\xff\xc3"), "??");
}

TEST(SmsTextTest, CountsSeptets) {
    EXPECT_EQ(septets_of("abc"), 3U);
    EXPECT_EQ(septets_of("äΔ€"), 4U);
    EXPECT_EQ(septets_of("[~]|^{}\\€"), 18U);
}

// https://wicg.github.io/sms-one-time-codes/
TEST(SmsTextTest, EndsInTheLineThatTelephonesFillInFrom) {
    EXPECT_EQ(text_of("Your code: 012345"), "Your code: 012345\n@web01 #012345");
}

TEST(SmsTextTest, CutsTheTextAndNeverTheLastLine) {
    const std::string last = "\n@web01 #012345";
    const std::string fits(160 - last.size(), 'x');
    EXPECT_EQ(text_of(fits), fits + last);
    const std::string cut = text_of(fits + "y");
    EXPECT_EQ(cut, fits.substr(3) + "..." + last);
    EXPECT_EQ(septets_of(text_of("x" + std::string(200, '['))), 159U) << "half a bracket does not fit";
    for (std::size_t size = 100; size < 400; ++size)
        EXPECT_LE(septets_of(text_of(std::string(size, '|') + "ä")), 160U);
}

TEST(SmsTextTest, LeavesALastLineOutThatWouldCrowdOutTheText) {
    EXPECT_EQ(text_of("012345", std::string(100, 'h')), "012345");
}

TEST(SmsTextTest, ANoticeHasNoSuchLine) {
    EXPECT_EQ(text_of("changed", "web01", ""), "changed");
    EXPECT_EQ(text_of(std::string(161, 'x'), "web01", ""), std::string(157, 'x') + "...");
}

std::string with_link(std::string_view text, std::string_view link) {
    const auto made = sms_text_with_link(text, link);
    return made ? std::string(made->text()) : "error: " + made.error().detail;
}

TEST(SmsTextTest, ALinkStandsAtTheEnd) {
    EXPECT_EQ(with_link("web01: here:", "https://web01:8443/ab"), "web01: here: https://web01:8443/ab");
}

TEST(SmsTextTest, CutsTheWordsAndNeverTheLink) {
    const std::string link = "https://web01:8443/0123456789abcdef";
    for (std::size_t size = 100; size < 200; ++size) {
        const std::string text = with_link(std::string(size, 'x'), link);
        EXPECT_TRUE(text.ends_with(" " + link)) << text;
        EXPECT_LE(septets_of(text), 160U) << text;
    }
    EXPECT_TRUE(with_link(std::string(200, 'x'), link).starts_with(std::string(121, 'x') + "... "));
}

TEST(SmsTextTest, ALinkThatLeavesNoRoomForWordsIsAnError) {
    EXPECT_TRUE(
        with_link(std::string(200, 'x'), std::string(129, 'l')).ends_with("... " + std::string(129, 'l')));
    EXPECT_TRUE(with_link("web01", std::string(130, 'l')).starts_with("error: the link is too long"));
    EXPECT_TRUE(with_link("web01", "[" + std::string(128, 'l')).starts_with("error: the link is too long"))
        << "a bracket takes the room of two";
}

TEST(SmsTextTest, ALinkIsNotSpeltDifferently) {
    EXPECT_TRUE(with_link("web01", "https://web01/`").starts_with("error: the link has characters"));
}

}  // namespace
}  // namespace secondstep::courier
