// Which library reads more: ZXing and zbar, each as its documentation says, and the reader that is shipped,
// over the hundred pictures and over codes on bent paper. Prints tables; with a directory as its argument it leaves
// the hundred there.
#include <chrono>
#include <cstdio>
#include <fstream>
#include <functional>
#include <map>
#include <set>

#include "pictures/bent_set.h"
#include "pictures/picture_set.h"
#include "pictures/zbar_reader.h"
#include "qr/reader/picture.h"
#include "qr/reader/reading.h"
#include "qr/reader/treatment.h"
#include "qr/reader/zxing_reader.h"

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
        for (const auto& symbol : qr_reader::read_symbols(one, qr_reader::Threshold::local))
            texts.insert(symbol.text);
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

// How many of twelve, by the reader that is shipped and by zbar.
void print_bends() {
    constexpr std::array shares = {0.015, 0.02, 0.03};
    std::printf("of 12 bent by (ours / zbar)");
    for (const double share : shares)
        std::printf(" %8.1f %%", 100 * share);
    for (const int version : {6, 10, 14, 18, 22}) {
        std::printf("\nversion %-19d", version);
        for (const double share : shares) {
            int ours = 0;
            int zbar = 0;
            for (const SamplePicture& sample : testing::bent_pictures(version, share)) {
                ours += is_right(with_ours(sample), sample) ? 1 : 0;
                zbar += is_right(with_zbar(sample), sample) ? 1 : 0;
            }
            std::printf("    %2d / %2d", ours, zbar);
        }
    }
    std::printf("\n");
}

void print_set(const char* directory) {
    const std::vector<SamplePicture> samples = testing::sample_pictures();
    const std::array<std::function<Texts(const SamplePicture&)>, 3> readers = {with_zxing, with_zbar,
                                                                               with_ours};
    std::array<double, 3> seconds{};
    std::map<std::string, Row> rows;
    Row all;
    std::vector<std::string> missed;
    for (std::size_t number = 0; number < samples.size(); ++number) {
        const SamplePicture& sample = samples[number];
        if (directory != nullptr) keep(directory, number, sample);
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

}  // namespace

int main(int argc, char** argv) {
    print_set(argc > 1 ? argv[1] : nullptr);
    print_bends();
}
