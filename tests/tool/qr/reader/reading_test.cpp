#include "qr/reader/reading.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "pictures/bent_set.h"
#include "tool/qr/reader/made_files.h"

namespace secondstep::qr_reader {
namespace {

using testing::Canvas;
using ::testing::ElementsAre;
using testing::FileBytes;
using testing::page_with;
using testing::PngForm;
using testing::Symbol;

std::vector<std::string> texts_in(const FileBytes& file) {
    std::vector<std::string> texts;
    if (const Answer answer = answer_to(file)) {
        for (const Secret& text : *answer)
            texts.emplace_back(text.text());
    }
    return texts;
}

std::optional<Refusal> refusal(const FileBytes& file) {
    const Answer answer = answer_to(file);
    return answer ? std::nullopt : std::optional(answer.error());
}

void place(Canvas& canvas, const std::string& text, testing::Point middle) {
    const Symbol symbol(text);
    canvas.draw(symbol, testing::square(middle, 4 * static_cast<double>(symbol.width())), {});
}

TEST(Reading, GivesTheTextWithEveryByteOfIt) {
    const std::string uri = "otpauth://totp/B%C3%BCro:a?secret=JBSWY3DPEHPK3PXP&issuer=Büro";
    EXPECT_THAT(texts_in(png_file(page_with(uri))), ElementsAre(uri));
    EXPECT_THAT(texts_in(jpeg_file(page_with(uri))), ElementsAre(uri));
}

TEST(Reading, GivesSeveralCodesLineByLine) {
    Canvas canvas(800, 800, 240);
    place(canvas, "third", {200, 600});
    place(canvas, "second", {600, 190});
    place(canvas, "fourth", {600, 620});
    place(canvas, "first", {200, 210});
    EXPECT_THAT(texts_in(png_file(canvas)), ElementsAre("first", "second", "third", "fourth"));
}

TEST(Reading, GivesWhatIsThereTwiceOnce) {
    Canvas canvas(800, 400, 240);
    place(canvas, "same", {200, 200});
    place(canvas, "same", {600, 200});
    EXPECT_THAT(texts_in(png_file(canvas)), ElementsAre("same"));
}

TEST(Reading, FindsALightCodeBesideADarkOne) {
    Canvas canvas(800, 400, 240);
    place(canvas, "dark", {200, 200});
    canvas.fill(400, 0, 400, 400, 10);
    const Symbol light("light");
    canvas.draw(light, testing::square({600, 200}, 4 * static_cast<double>(light.width())),
                {.dark = 250, .light = 10});
    EXPECT_THAT(texts_in(png_file(canvas)), ElementsAre("dark", "light"));
}

// Whoever sees one code of two takes it for the one that is wanted.
TEST(Reading, FindsABentCodeBesideAFlatOne) {
    Canvas canvas(1000, 500, 240);
    place(canvas, "flat", {150, 250});
    const std::string bent = testing::text_for_version(14);
    canvas.draw(Symbol(bent), testing::square({650, 250}, 400), {}, testing::bent(0.02, 30));
    EXPECT_THAT(texts_in(png_file(canvas)), ElementsAre("flat", bent));
}

TEST(Reading, FindsABentCodeInALargePhoto) {
    testing::Dice dice(5);
    Canvas canvas(2000, 1500, 150);
    const std::string bent = testing::text_for_version(14);
    canvas.draw(Symbol(bent), testing::square({1000, 750}, 750, 8), {.dark = 40, .light = 235},
                testing::bent(0.02, 40));
    canvas.blur(1.5);
    canvas.add_noise(dice, 6);
    EXPECT_THAT(texts_in(jpeg_file(canvas)), ElementsAre(bent));
}

TEST(Reading, FindsACodeOnNothing) {
    const Canvas dark = page_with("dark");
    EXPECT_THAT(texts_in(png_file(dark, {.form = PngForm::rgba, .transparent = 255})), ElementsAre("dark"));
    // White modules, and where they are not, nothing: on a white page it would be all white.
    Canvas light(300, 300, 0);
    const Symbol symbol("light");
    light.draw(symbol, testing::square({150, 150}, 4 * static_cast<double>(symbol.width())),
               {.dark = 255, .light = 0});
    EXPECT_THAT(texts_in(png_file(light, {.form = PngForm::rgba, .transparent = 0})), ElementsAre("light"));
}

TEST(Reading, FindsItInEveryFormOfPicture) {
    const Canvas canvas = page_with("text");
    for (const PngForm form : {PngForm::gray, PngForm::gray_16, PngForm::rgb, PngForm::rgb_16,
                               PngForm::palette, PngForm::one_bit}) {
        EXPECT_THAT(texts_in(png_file(canvas, {.form = form})), ElementsAre("text"));
        EXPECT_THAT(texts_in(png_file(canvas, {.form = form, .interlaced = true})), ElementsAre("text"));
    }
    EXPECT_THAT(texts_in(jpeg_file(canvas, {.form = testing::JpegForm::cmyk})), ElementsAre("text"));
    EXPECT_THAT(texts_in(jpeg_file(canvas, {.form = testing::JpegForm::cmyk_adobe})), ElementsAre("text"));
    EXPECT_THAT(texts_in(jpeg_file(canvas, {.progressive = true})), ElementsAre("text"));
}

TEST(Reading, SaysThatThereIsNoCode) {
    EXPECT_EQ(refusal(png_file(Canvas(400, 300, 255))), Refusal::no_code);
    EXPECT_EQ(refusal(png_file(Canvas(1, 1, 0))), Refusal::no_code);
    testing::Dice dice(7);
    Canvas words(600, 400, 255);
    for (std::size_t line = 0; line < 20; ++line)
        words.write_words(dice, 10, line * 20, 580, 16, 0);
    EXPECT_EQ(refusal(png_file(words)), Refusal::no_code);
}

TEST(Reading, SaysThatTheCodeIsNoText) {
    EXPECT_EQ(refusal(png_file(page_with(Symbol::of_bytes({0, 1, 2, 0x9f, 0x80, 0xff, 0xfe, 0xc3, 0x28})))),
              Refusal::not_text);
}

TEST(Reading, DoesNotTakeAPartForTheWhole) {
    const auto parts = Symbol::in_parts("otpauth://totp/alice?secret=" + std::string(120, 'A'));
    ASSERT_GT(parts.size(), 1U);
    EXPECT_EQ(refusal(png_file(page_with(parts.front()))), Refusal::in_parts);
}

TEST(Reading, SaysThatThePictureIsDamagedOnlyWhenTheCodeIsMissing) {
    const FileBytes jpeg = jpeg_file(page_with("text"));
    const auto cut = [&](double share) {
        return FileBytes(jpeg.begin(),
                         jpeg.begin() + static_cast<long>(share * static_cast<double>(jpeg.size())));
    };
    EXPECT_EQ(refusal(cut(0.4)), Refusal::damaged);
    EXPECT_THAT(texts_in(cut(0.98)), ElementsAre("text"));
}

TEST(Reading, GivesAllCodesOfASheet) {
    Canvas canvas(600, 600, 255);
    std::vector<std::string> numbers;
    for (std::size_t i = 0; i < 16; ++i) {
        numbers.push_back("number " + std::to_string(i));
        const testing::Point middle{80 + 145 * static_cast<double>(i % 4),
                                    80 + 145 * static_cast<double>(i / 4)};
        canvas.draw(Symbol(numbers.back()), testing::square(middle, 84), {});
    }
    EXPECT_EQ(texts_in(png_file(canvas)), numbers);
}

}  // namespace
}  // namespace secondstep::qr_reader
