#include "qr/reader/foreign_form.h"

#include <gtest/gtest.h>

#include <string>

#include "base/text.h"
#include "qr/reader/picture.h"

namespace secondstep::qr_reader {
namespace {

using namespace std::string_literals;

// The first bytes of files that real programs wrote.
struct Start {
    std::string bytes;
    Refusal refusal;
};
const std::string binary("\0\0\x01\x02\xfe", 5);

TEST(ForeignForm, IsToldByItsFirstBytes) {
    for (const auto& [bytes, refusal] : {
             Start{"RIFF\x24\x1a\0\0WEBPVP8 "s, Refusal::is_webp},
             Start{"\0\0\0\x18"
                   "ftypheic"s,
                   Refusal::is_heic},
             Start{"\0\0\0\x24"
                   "ftypmif1"s,
                   Refusal::is_heic},
             Start{"\0\0\0\x20"
                   "ftypavif"s,
                   Refusal::is_avif},
             Start{"\0\0\0\x0cJXL \r\n\x87\n"s, Refusal::is_jpeg_xl},
             Start{"\xff\x0a", Refusal::is_jpeg_xl},
             Start{"GIF89a\x10"s, Refusal::is_gif},
             Start{"BM\x36\x10\0\0"s, Refusal::is_bmp},
             Start{"II*\0\x08"s, Refusal::is_tiff},
             Start{"MM\0*"s, Refusal::is_tiff},
             Start{"%PDF-1.7\n%\xe2\xe3"s, Refusal::is_pdf},
         }) {
        EXPECT_EQ(refusal_of(as_bytes(bytes + binary)), refusal) << bytes;
        EXPECT_EQ(decode_picture(as_bytes(bytes + binary), white).error(), refusal) << bytes;
    }
}

TEST(ForeignForm, IsATextOrADrawingMadeOfText) {
    EXPECT_EQ(refusal_of(as_bytes("<?xml version=\"1.0\"?>\n<!-- made by hand --><svg width=\"10\"/>")),
              Refusal::is_svg);
    EXPECT_EQ(refusal_of(as_bytes("otpauth://totp/B\xc3\xbcro:a?secret=JBSWY3DPEHPK3PXP\r\n")),
              Refusal::is_text);
    EXPECT_EQ(refusal_of(as_bytes("BMW: a text that begins as a bitmap does")), Refusal::is_text);
    // Cut within a letter of two bytes, at the end of what is looked at.
    std::string umlauts(1, 'a');
    for (int i = 0; i < 2000; ++i)
        umlauts += "\xc3\xbc";
    EXPECT_EQ(refusal_of(as_bytes(umlauts)), Refusal::is_text);
}

TEST(ForeignForm, IsNothingThatIsKnown) {
    EXPECT_EQ(refusal_of({}), Refusal::not_a_picture);
    EXPECT_EQ(refusal_of(as_bytes("\x7f"
                                  "ELF")),
              Refusal::not_a_picture);
    EXPECT_EQ(refusal_of(as_bytes("\xff\xd8")), Refusal::not_a_picture);
    EXPECT_EQ(refusal_of(as_bytes("\0\0\0\x18"
                                  "ftypisom"s)),
              Refusal::not_a_picture)
        << "a film";
}

}  // namespace
}  // namespace secondstep::qr_reader
