#include "courier/mail_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "encoding/base64.h"
#include "support/seeded_randomness.h"

namespace secondstep::courier {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string mail(std::string_view subject, std::string_view body,
                 const std::string& from_name = "Second step") {
    testing::SeededRandomness randomness(1);
    const MailMessage message{.from = "login@example.com",
                              .from_name = from_name,
                              .to = "alice@example.org",
                              .subject = subject,
                              .body = body};
    // 2026-11-24 15:05:01 UTC, a Tuesday
    return std::string(to_rfc5322(message, from_unix(1795532701), randomness).text());
}

std::string headers_of(const std::string& text) {
    return text.substr(0, text.find("\r\n\r\n") + 2);
}
std::string body_of(const std::string& text) {
    return text.substr(text.find("\r\n\r\n") + 4);
}

TEST(MailMessageTest, HasTheHeadersOfAMachinesMail) {
    const std::string headers = headers_of(mail("Login code", "x\n"));
    for (const char* line :
         {"From: Second step <login@example.com>\r\n", "To: <alice@example.org>\r\n",
          "Subject: Login code\r\n", "Date: Tue, 24 Nov 2026 15:05:01 +0000\r\n",
          "Auto-Submitted: auto-generated\r\n", "MIME-Version: 1.0\r\n",
          "Content-Type: text/plain; charset=utf-8\r\n", "Content-Transfer-Encoding: quoted-printable\r\n"}) {
        EXPECT_THAT(headers, HasSubstr(line));
    }
    EXPECT_TRUE(::testing::internal::RE::PartialMatch(headers, "Message-ID: <[0-9a-f]+@example[.]com>\r\n"));
}

// RFC 5322 section 2.1: lines end in CRLF, no CR or LF alone, at most 998 bytes.
TEST(MailMessageTest, EndsEveryLineInCrLf) {
    const std::string text =
        mail("Grüße " + std::string(600, 'x'), "a\nb\r\n\nlast line " + std::string(3000, 'y'));
    for (const std::string_view line : split(std::string_view(text).substr(0, text.size() - 2), '\n')) {
        const bool last = line.data() + line.size() == text.data() + text.size() - 2;
        EXPECT_TRUE(last || line.ends_with('\r')) << line;
        EXPECT_EQ(line.substr(0, line.size() - (last ? 0 : 1)).find('\r'), std::string_view::npos);
        EXPECT_LE(line.size(), 78U) << line;
    }
}

TEST(MailMessageTest, NoValueBeginsAHeaderOfItsOwn) {
    const std::string headers =
        headers_of(mail("a\r\nBcc: eve@example.com\r\n\r\nbody", "x", "b\r\nCc: eve@example.com"));
    EXPECT_THAT(headers, HasSubstr("Subject: a??Bcc: eve@example.com????body\r\n"));
    EXPECT_THAT(headers, Not(HasSubstr("\nBcc:")));
    EXPECT_THAT(headers, Not(HasSubstr("\nCc:")));
    EXPECT_EQ(std::ranges::count(headers, '\n'), 9);
}

TEST(MailMessageTest, EncodesWhatIsNotAsciiInHeaders) {
    EXPECT_THAT(mail("Grüße", "x"), HasSubstr("Subject: =?UTF-8?B?R3LDvMOfZQ==?=\r\n"));
    EXPECT_THAT(mail("=?UTF-8?B?eA==?=", "x"), HasSubstr("Subject: =?UTF-8?B?PT9VVEYtOD9CP2VBPT0/PQ==?=\r\n"))
        << "what looks like an encoded word is none of ours";
    EXPECT_THAT(mail("s", "x", "Müller"),
                HasSubstr("From: =?UTF-8?B?TcO8bGxlcg==?= <login@example.com>\r\n"));
    EXPECT_THAT(mail("s", "x", "a <b@c>"),
                HasSubstr("From: =?UTF-8?B?YSA8YkBjPg==?= <login@example.com>\r\n"));
    EXPECT_THAT(mail("s", "x", ""), HasSubstr("From: <login@example.com>\r\n"));
}

TEST(MailMessageTest, FoldsALongSubjectBetweenCharacters) {
    std::string subject;
    for (int i = 0; i < 60; ++i)
        subject += "ä";
    const std::string headers = headers_of(mail(subject, "x"));
    const std::size_t begin = headers.find("Subject: ");
    const std::string folded = headers.substr(begin, headers.find("\r\nDate", begin) - begin);
    EXPECT_GE(std::ranges::count(folded, '\n'), 2);
    for (std::size_t at = folded.find("=?UTF-8?B?"); at != std::string::npos;
         at = folded.find("=?UTF-8?B?", at + 1)) {
        const std::string word = folded.substr(at + 10, folded.find("?=", at) - at - 10);
        EXPECT_LE(word.size(), 63U);
        EXPECT_EQ(word.size() % 8, 0U) << "an even number of bytes, so whole characters: " << word;
    }
}

TEST(MailMessageTest, LeavesAsciiReadableAndQuotesTheRest) {
    EXPECT_EQ(body_of(mail("s", "Your code:\n\n    012345\n")), "Your code:\r\n\r\n    012345\r\n");
    EXPECT_EQ(body_of(mail("s", "ä=b\n")), "=C3=A4=3Db\r\n");
    EXPECT_EQ(body_of(mail("s", "blank \ntab\t\n")), "blank=20\r\ntab=09\r\n");
    EXPECT_EQ(body_of(mail("s", ".\nFrom me\n.x\n")), "=2E\r\n=46rom me\r\n=2Ex\r\n");
    EXPECT_EQ(body_of(mail("s", std::string("\0\x01\r", 3))), "=00=01\r\n");
}

TEST(MailMessageTest, BreaksLongLinesSoftly) {
    const std::string body = body_of(mail("s", std::string(100, 'x') + std::string(30, '=')));
    for (const std::string_view line : split(body, '\n'))
        EXPECT_LE(line.size(), 77U) << "76 and the CR";
    EXPECT_THAT(body, HasSubstr("=\r\n"));
}

TEST(Base64Test, MatchesRfc4648) {
    const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                           {"f", "Zg=="},
                                                           {"fo", "Zm8="},
                                                           {"foo", "Zm9v"},
                                                           {"foob", "Zm9vYg=="},
                                                           {"foobar", "Zm9vYmFy"},
                                                           {"\xff\xfe\xfd", "//79"}};
    for (const auto& [bytes, text] : vectors)
        EXPECT_EQ(otp::base64_encode(bytes).text(), text);
}

}  // namespace
}  // namespace secondstep::courier
