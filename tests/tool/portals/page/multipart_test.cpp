#include "portals/page/multipart.h"

#include <gtest/gtest.h>

#include <string>

#include "base/text.h"

namespace secondstep::page {
namespace {

const std::string type = "multipart/form-data; boundary=AaB03x";
const std::string disposition = "Content-Disposition: form-data; name=\"picture\"; filename=\"qr.png\"\r\n";

std::string read(const std::string& content_type, const std::string& body) {
    const auto picture = picture_in(content_type, as_bytes(body));
    if (!picture)
        return picture.error().code == Errc::not_found ? "none" : "error: " + picture.error().detail;
    return {picture->begin(), picture->end()};
}
std::string form(const std::string& headers, const std::string& content) {
    return "--AaB03x\r\n" + headers + "\r\n" + content + "\r\n--AaB03x--\r\n";
}
bool is_refused(const std::string& content_type, const std::string& body) {
    return read(content_type, body).starts_with("error: ");
}

TEST(Multipart, GivesTheFile) {
    EXPECT_EQ(read(type, form(disposition + "Content-Type: image/png\r\n", "PNG")), "PNG");
    EXPECT_EQ(read(type, form(disposition, "PNG")), "PNG");
}

TEST(Multipart, ChangesNothingInIt) {
    std::string all;
    for (int i = 0; i < 256; ++i)
        all += static_cast<char>(i);
    all += "\r\n--AaB03\r\n\r\n--\r\n--AaB03y\r\n";
    EXPECT_EQ(read(type, form(disposition, all)), all);
}

TEST(Multipart, KnowsBrowsersWaysOfWriting) {
    EXPECT_EQ(read("multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW",
                   "------WebKitFormBoundary7MA4YWxkTrZu0gW\r\n" + disposition +
                       "Content-Type: image/jpeg\r\n\r\nJ\r\n------WebKitFormBoundary7MA4YWxkTrZu0gW--\r\n"),
              "J");
    EXPECT_EQ(read("Multipart/Form-Data;boundary=\"AaB03x\"; charset=utf-8",
                   form("content-disposition:form-data;name=picture;filename=\"a; name=b.png\"\r\n", "P")),
              "P");
    EXPECT_EQ(read(type, "--AaB03x\r\n" + disposition + "\r\nP\r\n--AaB03x--"), "P")
        << "without a last line end";
}

TEST(Multipart, AnEmptyFileIsNone) {
    EXPECT_EQ(read(type, form("Content-Disposition: form-data; name=\"picture\"; filename=\"\"\r\n"
                              "Content-Type: application/octet-stream\r\n",
                              "")),
              "none");
}

TEST(Multipart, NeedsABoundary) {
    const std::string body = form(disposition, "P");
    for (const char* bad :
         {"", "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"\"",
          "multipart/form-data; boundary=Aa B", "multipart/form-data; boundary=\"AaB03x",
          "multipart/form-data; boundary=AaB03x; boundary=AaB03x", "multipart/mixed; boundary=AaB03x",
          "multipart/form-data boundary=AaB03x", "text/plain; boundary=AaB03x", "image/png"}) {
        EXPECT_TRUE(is_refused(bad, body)) << bad;
    }
    const std::string longest(70, 'b');
    EXPECT_EQ(read("multipart/form-data; boundary=" + longest,
                   "--" + longest + "\r\n" + disposition + "\r\nP\r\n--" + longest + "--\r\n"),
              "P");
    EXPECT_TRUE(is_refused("multipart/form-data; boundary=" + longest + "b",
                           "--" + longest + "b\r\n" + disposition + "\r\nP\r\n--" + longest + "b--\r\n"));
}

TEST(Multipart, TakesOneFileOnly) {
    const std::string second = "P\r\n--AaB03x\r\n" + disposition + "\r\nQ";
    EXPECT_TRUE(is_refused(type, form(disposition, second)));
    EXPECT_TRUE(is_refused(
        type, form(disposition, "P\r\n--AaB03x\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\ny")));
    EXPECT_TRUE(is_refused(type, "--AaB03x--\r\n"));
}

TEST(Multipart, TakesNoFormInsideAForm) {
    EXPECT_TRUE(is_refused(
        type, form(disposition + "Content-Type: multipart/mixed; boundary=inner\r\n", "--inner\r\n")));
}

TEST(Multipart, KnowsNoOtherFieldsAndNoOtherHeaders) {
    for (const char* headers :
         {"", "Content-Type: image/png\r\n", "Content-Disposition: form-data\r\n",
          "Content-Disposition: form-data; name=\"picture\"\r\n",
          "Content-Disposition: form-data; name=\"photo\"; filename=\"x\"\r\n",
          "Content-Disposition: form-data; name=\"picture\"; name=\"picture\"; filename=\"x\"\r\n",
          "Content-Disposition: attachment; name=\"picture\"; filename=\"x\"\r\n",
          "Content-Disposition: form-data; name=\"picture; filename=\"x\"\r\n", ": x\r\n", "no colon\r\n"}) {
        EXPECT_TRUE(is_refused(type, form(headers, "P"))) << headers;
    }
    EXPECT_TRUE(is_refused(type, form(disposition + disposition, "P")));
    EXPECT_TRUE(is_refused(type, form(disposition + "Content-Transfer-Encoding: base64\r\n", "UE5H")));
    EXPECT_TRUE(is_refused(type, form(disposition + "X: y\r\n", "P")));
}

TEST(Multipart, HeadersAreBounded) {
    EXPECT_TRUE(is_refused(type, form("Content-Disposition: form-data; name=\"picture\"; filename=\"" +
                                          std::string(3000, 'x') + "\"\r\n",
                                      "P")));
}

TEST(Multipart, HasToBeWhole) {
    const std::string whole = "--AaB03x\r\n" + disposition + "\r\nPNG\r\n--AaB03x--";
    ASSERT_EQ(read(type, whole), "PNG");
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_TRUE(is_refused(type, whole.substr(0, size))) << size;
    EXPECT_TRUE(is_refused(type, whole + "\r\nmore"));
    EXPECT_TRUE(is_refused(type, "before\r\n" + whole));
    EXPECT_TRUE(is_refused(type, "--AaB03x\n" + disposition + "\nPNG\n--AaB03x--\n")) << "bare line feeds";
}

}  // namespace
}  // namespace secondstep::page
