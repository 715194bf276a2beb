// Which library reads more: ZXing and zbar, each as its documentation says, and the reader that is shipped,
// over the hundred pictures. Prints a table; with a directory as its argument it leaves the pictures there.
#include <ZXing/ReadBarcode.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <functional>
#include <map>
#include <set>

#include "pictures/picture_set.h"
#include "pictures/zbar_reader.h"
#include "qr/reader/picture.h"
#include "qr/reader/reading.h"
#include "qr/reader/treatment.h"

namespace {

using namespace secondstep;
using qr_reader::GrayPicture;
using testing::SamplePicture;
using Texts = std::set<std::string>;

// Light codes on dark ground too, which zbar does by itself.
Texts with_zxing(const SamplePicture& sample) {
    const auto picture = qr_reader::decode_picture(sample.file, qr_reader::white);
    Texts texts;
    for (const GrayPicture& one : {*picture, qr_reader::inverted(*picture)}) {
        const ZXing::ImageView view(one.pixels.data(), static_cast<int>(one.width),
                                    static_cast<int>(one.height), ZXing::ImageFormat::Lum);
        const auto hints = ZXing::DecodeHints().setFormats(ZXing::BarcodeFormat::QRCode);
        for (const auto& code : ZXing::ReadBarcodes(view, hints))
            texts.insert(code.text());
    }
    return texts;
}

Texts with_zbar(const SamplePicture& sample) {
    const auto picture = qr_reader::decode_picture(sample.file, qr_reader::white);
    return testing::read_with_zbar(picture->pixels.data(), static_cast<unsigned>(picture->width),
                                   static_cast<unsigned>(picture->height));
}

Texts with_ours(const SamplePicture& sample) {
    Texts texts;
    if (const auto answer = qr_reader::answer_to(sample.file)) {
        for (const Secret& text : *answer)
            texts.insert(std::string(text.text()));
    }
    return texts;
}

constexpr std::array<const char*, 5> names = {"ZXing", "zbar", "either", "ours", "with zbar"};
struct Row {
    int pictures = 0;
    std::array<int, names.size()> read{};
};

void print(const std::string& kind, const Row& row) {
    std::printf("%-14s %8d", kind.c_str(), row.pictures);
    for (const int read : row.read)
        std::printf(" %9d", read);
    std::printf("\n");
}

// Nothing that is not there, and all that is.
bool is_right(const Texts& texts, const SamplePicture& sample) {
    return texts == Texts(sample.texts.begin(), sample.texts.end());
}

void keep(const char* directory, std::size_t number, const SamplePicture& sample) {
    const std::string name = std::string(directory) + "/" + std::to_string(number) + " " + sample.kind +
                             (qr_reader::is_png(sample.file) ? ".png" : ".jpg");
    std::ofstream(name, std::ios::binary)
        .write(reinterpret_cast<const char*>(sample.file.data()),
               static_cast<std::streamsize>(sample.file.size()));
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<SamplePicture> samples = testing::sample_pictures();
    const std::array<std::function<Texts(const SamplePicture&)>, 3> readers = {with_zxing, with_zbar,
                                                                               with_ours};
    std::array<double, 3> seconds{};
    std::map<std::string, Row> rows;
    Row all;
    std::vector<std::string> missed;
    for (std::size_t number = 0; number < samples.size(); ++number) {
        const SamplePicture& sample = samples[number];
        if (argc > 1) keep(argv[1], number, sample);
        std::array<bool, 3> right{};
        for (std::size_t i = 0; i < readers.size(); ++i) {
            const auto begin = std::chrono::steady_clock::now();
            right.at(i) = is_right(readers.at(i)(sample), sample);
            seconds.at(i) += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
        }
        if (!right[2]) missed.push_back(std::to_string(number) + " " + sample.kind);
        for (Row* row : {&rows[sample.kind], &all}) {
            ++row->pictures;
            const std::array<bool, names.size()> columns = {right[0], right[1], right[0] || right[1],
                                                            right[2], right[2] || right[1]};
            for (std::size_t i = 0; i < columns.size(); ++i)
                row->read.at(i) += columns.at(i) ? 1 : 0;
        }
    }
    std::printf("%-14s %8s", "kind", "pictures");
    for (const char* const name : names)
        std::printf(" %9s", name);
    std::printf("\n");
    for (const auto& [kind, row] : rows)
        print(kind, row);
    print("all", all);
    std::printf("seconds for all: ZXing %.1f, zbar %.1f, ours %.1f\n", seconds[0], seconds[1], seconds[2]);
    for (const std::string& name : missed)
        std::printf("ours missed: %s\n", name.c_str());
}
