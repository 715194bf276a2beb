// The reader that is shipped, over the hundred pictures. tests/pictures/compare.cpp prints the table.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "base/file.h"
#include "pictures/oriented_set.h"
#include "pictures/picture_set.h"
#include "qr/qr_pictures.h"
#include "qr/reader/picture.h"

namespace secondstep::tool {
namespace {

std::vector<std::string> texts_in(const testing::SamplePicture& sample) {
    const UniqueFd fd(::memfd_create("picture", MFD_CLOEXEC));
    EXPECT_EQ(::write(fd.get(), sample.file.data(), sample.file.size()),
              static_cast<ssize_t>(sample.file.size()));
    ::lseek(fd.get(), 0, SEEK_SET);
    std::vector<std::string> texts;
    if (const auto read = read_qr_codes(SECONDSTEP_QR_READER,
                                        {.fd = fd.get(), .name = sample.kind, .most_bytes = 1UL << 25})) {
        for (const Secret& text : *read)
            texts.emplace_back(text.text());
    }
    return texts;
}

// As many as are read today.
constexpr int most_missed = 6;

// The same picture in a mirror. Its codes then stand in another order.
testing::SamplePicture mirrored(testing::SamplePicture sample) {
    const auto picture = qr_reader::decode_picture(sample.file, qr_reader::white);
    testing::Canvas canvas(picture->width, picture->height, 0);
    for (std::size_t y = 0; y < picture->height; ++y)
        for (std::size_t x = 0; x < picture->width; ++x)
            canvas.at(x, y) = picture->row(y)[picture->width - 1 - x];
    sample.file = png_file(canvas);
    std::ranges::sort(sample.texts);
    return sample;
}

using Texts = std::vector<std::string>;
int missed_of(const std::vector<testing::SamplePicture>& samples, Texts (*ordered)(Texts)) {
    int missed = 0;
    for (const testing::SamplePicture& sample : samples) {
        const Texts texts = ordered(texts_in(sample));
        if (texts == sample.texts) continue;
        ++missed;
        for (const std::string& text : texts)
            EXPECT_NE(std::ranges::find(sample.texts, text), sample.texts.end())
                << "not in the picture: " << text;
    }
    return missed;
}

TEST(Rates, NinetyFourOfAHundredPicturesAreReadAndNoneWrongly) {
    const auto samples = testing::sample_pictures();
    ASSERT_EQ(samples.size(), 100U);
    EXPECT_LE(missed_of(samples, [](Texts texts) { return texts; }), most_missed);
}

// Every fourth of them; all with SECONDSTEP_LONG=1 in the environment.
std::vector<testing::SamplePicture> samples_to_mirror() {
    auto samples = testing::sample_pictures();
    if (std::getenv("SECONDSTEP_LONG") != nullptr) return samples;
    std::vector<testing::SamplePicture> some;
    for (std::size_t index = 0; index < samples.size(); index += 4)
        some.push_back(std::move(samples[index]));
    return some;
}

TEST(Rates, InAMirrorAsManyAreRead) {
    auto samples = samples_to_mirror();
    const std::size_t most = most_missed * samples.size() / 100;
    for (testing::SamplePicture& sample : samples)
        sample = mirrored(std::move(sample));
    const auto sorted = [](Texts texts) {
        std::ranges::sort(texts);
        return texts;
    };
    EXPECT_LE(missed_of(samples, sorted), static_cast<int>(most));
}

TEST(Rates, EveryOrientationOfEverySizeIsRead) {
    int read = 0;
    for (const testing::SamplePicture& sample : testing::oriented_pictures())
        read += texts_in(sample) == sample.texts ? 1 : 0;
    EXPECT_EQ(read, 8 * 4 * 2) << "eight orientations, four sizes, JPEG and PNG";
}

}  // namespace
}  // namespace secondstep::tool
