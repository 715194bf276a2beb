// secondstep-qr-reader [--most BYTES] [--processor SECONDS]: a PNG or JPEG on standard input => the texts of
// its QR codes on standard output, in the form of answer.h. Exit status 0: an answer was written, also when
// it is a refusal.
#include <unistd.h>

#include <cstdio>
#include <optional>
#include <string_view>

#include "base/text.h"
#include "confined/confinement.h"
#include "confined/input.h"
#include "confined/output.h"
#include "process/child.h"
#include "qr/reader/answer.h"
#include "qr/reader/reading.h"

namespace {

using namespace secondstep;

// The bound unless --most says less. A photo of 200 million pixels is about 30 MiB.
constexpr std::size_t most_bytes = 32UL * 1024 * 1024;

enum class ExitStatus { answered = 0, failed = 1, usage = 2 };

struct Bounds {
    std::size_t bytes = most_bytes;
    confined::Limits limits{};
};

// Each at most what it is without being said.
std::optional<Bounds> bounds_of(int argc, const char* const* argv) {
    Bounds bounds;
    const auto most_processor = static_cast<std::size_t>(bounds.limits.processor.count());
    for (int i = 1; i < argc; i += 2) {
        const std::string_view option = argv[i];
        const auto number = i + 1 < argc ? parse_number<std::size_t>(argv[i + 1]) : std::nullopt;
        if (!number || *number == 0) return std::nullopt;
        if (option == "--most" && *number <= most_bytes) {
            bounds.bytes = *number;
        } else if (option == "--processor" && *number <= most_processor) {
            bounds.limits.processor = std::chrono::seconds(*number);
        } else {
            return std::nullopt;
        }
    }
    return bounds;
}

ExitStatus write_answer(const qr_reader::Answer& answer) {
    return confined::write_output(qr_reader::encode(answer)) ? ExitStatus::answered : ExitStatus::failed;
}

ExitStatus run(const Bounds& bounds) {
    // Whatever the caller left open: what is not there cannot be written to.
    if (::close_range(3, ~0U, 0) != 0) return ExitStatus::failed;
    if (const auto done = confined::confine(bounds.limits); !done) {
        std::fprintf(stderr, "secondstep-qr-reader: %s\n", done.error().detail.c_str());
        return write_answer(std::unexpected(qr_reader::Refusal::not_confined));
    }
    const auto picture = confined::read_input(STDIN_FILENO, bounds.bytes);
    if (!picture) {
        const bool too_large = picture.error().code == Errc::too_large;
        return write_answer(
            std::unexpected(too_large ? qr_reader::Refusal::too_large : qr_reader::Refusal::damaged));
    }
    return write_answer(qr_reader::answer_to(*picture));
}

}  // namespace

int main(int argc, char** argv) {
    process::forget_inherited_signals();  // its own alarm ends it
    const auto bounds = bounds_of(argc, argv);
    if (!bounds) {
        std::fputs(
            "usage: secondstep-qr-reader [--most BYTES] [--processor SECONDS] <PICTURE (PNG or JPEG; at most "
            "33554432 bytes)\n",
            stderr);
        return static_cast<int>(ExitStatus::usage);
    }
    try {
        return static_cast<int>(run(*bounds));
    } catch (...) {
        return static_cast<int>(ExitStatus::failed);
    }
}
