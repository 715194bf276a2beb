// The reader that is shipped, over the hundred pictures. tests/pictures/compare.cpp prints the table.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/file.h"
#include "pictures/picture_set.h"
#include "qr/qr_pictures.h"

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

TEST(Rates, NineOfTenPicturesAreReadAndNoneWrongly) {
    const auto samples = testing::sample_pictures();
    ASSERT_EQ(samples.size(), 100U);
    int right = 0;
    std::string missed;
    for (const testing::SamplePicture& sample : samples) {
        const auto texts = texts_in(sample);
        if (texts == sample.texts) {
            ++right;
            continue;
        }
        missed += sample.kind + ", ";
        for (const std::string& text : texts)
            EXPECT_NE(std::ranges::find(sample.texts, text), sample.texts.end())
                << "not in the picture: " << text;
    }
    RecordProperty("right", right);
    EXPECT_GE(right, 90) << "missed: " << missed;
}

}  // namespace
}  // namespace secondstep::tool
