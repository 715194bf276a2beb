#include "migration/pskc_reader/reading.h"

#include <gtest/gtest.h>

#include <string>

#include "tool/migration/pskc_reader/shown.h"

namespace secondstep::pskc_reader {
namespace {

TEST(PskcReading, TakesXmlApart) {
    EXPECT_EQ(read("<?xml version='1.0'?><a x='1'> <b>text</b><!-- no --><c><![CDATA[<&]]> more</c></a>"),
              "a x=1(b[text] c[<& more])");
    EXPECT_EQ(read("<a>&lt;&#x41;</a>"), "a[<A]");
}

TEST(PskcReading, PassesOverWhatIsOfAnotherVocabulary) {
    EXPECT_EQ(read("<k xmlns='urn:ietf:params:xml:ns:keyprov:pskc' xmlns:v='urn:vendor' "
                   "xmlns:e='http://www.w3.org/2001/04/xmlenc#' v:x='1' y='2'><v:Secret>no</v:Secret>"
                   "<e:CipherValue>yes</e:CipherValue><Secret/></k>"),
              "k y=2(CipherValue[yes] Secret)");
}

TEST(PskcReading, RefusesADoctypeWhereItBegins) {
    EXPECT_EQ(read("<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>"), has_doctype);
    EXPECT_EQ(read("<!DOCTYPE a SYSTEM 'http://127.0.0.1/'><a/>"), has_doctype);
}

TEST(PskcReading, RefusesWhatIsNoXmlOrNotAllOfIt) {
    for (const std::string_view bad :
         {"", "text", "<a>", "<a></b>", "<a/><b/>", "<a>&unknown;</a>", "<a b='1' b='2'/>"})
        EXPECT_EQ(read(bad), not_xml) << bad;
    std::string deep;
    for (int i = 0; i < 300; ++i)
        deep += "<a>";
    for (int i = 0; i < 300; ++i)
        deep += "</a>";
    EXPECT_EQ(read(deep), not_xml);
    const auto where = XmlDocument::decode(Secret::copy_of(answer_to("<a>\n\n</b>")));
    ASSERT_TRUE(where && !*where);
    EXPECT_EQ(where->error().line, 3U);
}

TEST(PskcReading, RefusesMoreThanItsBounds) {
    EXPECT_EQ(read(std::string(most_bytes + 1, ' ')), "refused 3");
    std::string many = "<a>";
    for (std::size_t i = 0; i < most_elements; ++i)
        many += "<b/>";
    EXPECT_EQ(read(many + "</a>"), "refused 3");
}

TEST(PskcReading, TakesTheEncodingsOfTokenFiles) {
    for (const std::string& text : letters)
        EXPECT_EQ(read(text), "a[\xc3\xa4]");
}

}  // namespace
}  // namespace secondstep::pskc_reader
