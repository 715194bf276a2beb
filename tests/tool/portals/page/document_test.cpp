#include "portals/page/document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "portals/page/texts.h"

namespace secondstep::page {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const Place place{.portal = "A<b>&\"{host}'", .host = "web<01>", .until = "14:32"};

std::vector<std::string> all_documents(const Place& at) {
    return {upload_document(at, std::chrono::seconds{90}, "a <problem>"),
            accepted_document(at, "a <label>"),
            ended_document(at, LinkState::State::used),
            ended_document(at, LinkState::State::expired),
            ended_document(at, LinkState::State::exhausted),
            ended_document(at, LinkState::State::closed),
            bare_document("a <sentence>")};
}

TEST(Document, EscapesWhatIsPutIn) {
    for (const std::string& document : all_documents(place)) {
        EXPECT_THAT(document, Not(HasSubstr("A<b>")));
        EXPECT_THAT(document, Not(HasSubstr("web<01>")));
        EXPECT_THAT(document, Not(HasSubstr("a <")));
    }
    EXPECT_THAT(all_documents(place)[0], HasSubstr("A&lt;b&gt;&amp;&quot;{host}&#39;"));
    EXPECT_THAT(all_documents(place)[0], HasSubstr("a &lt;problem&gt;"));
    EXPECT_THAT(all_documents(place)[1], HasSubstr("a &lt;label&gt;"));
}

TEST(Document, LeavesNoPlaceEmpty) {
    const Place plain{.portal = "P", .host = "H", .until = "14:32"};
    for (const std::string& document : all_documents(plain)) {
        for (const char* name : {"{portal}", "{host}", "{until}", "{label}"})
            EXPECT_THAT(document, Not(HasSubstr(name)));
    }
}

TEST(Document, BringsNothingFromElsewhere) {
    for (const std::string& document : all_documents(place)) {
        EXPECT_THAT(document, Not(HasSubstr("http")));
        EXPECT_THAT(document, Not(HasSubstr("src=")));
        EXPECT_THAT(document, Not(::testing::ContainsRegex(" on[a-z]+=")))
            << "an inline handler, which the policy forbids";
    }
}

TEST(Document, SaysWhereAndUntilWhen) {
    const std::string page =
        upload_document({"Example Corp", "web01", "14:32"}, std::chrono::seconds{90}, "");
    EXPECT_THAT(page, HasSubstr("QR code for Example Corp"));
    EXPECT_THAT(page, HasSubstr("It goes to web01 alone"));
    EXPECT_THAT(page, HasSubstr("until 14:32 (clock of web01)"));
    EXPECT_THAT(page, HasSubstr("data-left=\"90\""));
    EXPECT_THAT(page, HasSubstr("role=\"alert\" tabindex=\"-1\" hidden"));
}

// iPhones turn their own format into JPEG for who asks for JPEG.
TEST(Document, AsksForPicturesThatCanBeRead) {
    const std::string page = upload_document(place, std::chrono::seconds{90}, "");
    EXPECT_THAT(page, HasSubstr("accept=\"image/png,image/jpeg\""));
    EXPECT_THAT(page, Not(HasSubstr("capture")));
}

TEST(Document, EveryEndHasItsOwnTitle) {
    EXPECT_THAT(ended_document(place, LinkState::State::used),
                HasSubstr("<title>This link was used already</title>"));
    EXPECT_THAT(ended_document(place, LinkState::State::expired),
                HasSubstr("<title>This link has expired</title>"));
    EXPECT_THAT(ended_document(place, LinkState::State::exhausted), HasSubstr("Ten pictures in a row"));
    EXPECT_THAT(ended_document(place, LinkState::State::closed), HasSubstr("nobody waits for the picture"));
}

TEST(Document, ThePolicyAllowsOurOwnScriptAndNoOther) {
    const std::string policy = content_security_policy();
    EXPECT_THAT(policy, HasSubstr("script-src 'sha256-"));
    EXPECT_THAT(policy, Not(HasSubstr("unsafe")));
    EXPECT_THAT(policy, Not(HasSubstr("*")));
    EXPECT_THAT(policy, HasSubstr("default-src 'none'"));
    EXPECT_THAT(policy, HasSubstr("form-action 'self'"));
}

}  // namespace
}  // namespace secondstep::page
