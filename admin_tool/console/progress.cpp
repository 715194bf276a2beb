#include "console/progress.h"

#include <algorithm>
#include <cmath>

namespace secondstep::tool {

namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds between_drawings{100};
constexpr std::size_t bar_width = 20;

std::string bar(std::uint64_t done, std::uint64_t total) {
    const auto filled = static_cast<std::size_t>(std::min(done, total) * bar_width / total);
    return "[" + std::string(filled, '#') + std::string(bar_width - filled, '.') + "] ";
}

std::string time_left(double seconds) {
    const long long whole = std::llround(seconds);
    if (whole < 100) return std::to_string(whole) + " s left";
    return std::to_string((whole + 30) / 60) + " min left";
}

}  // namespace

Progress::Progress(Output& screen, std::uint64_t total)
    : screen_(screen), terminal_(terminal_of(screen.fd())), total_(total), begun_(steady_clock::now()) {}

Progress::~Progress() {
    clear();
}

std::string Progress::text(std::uint64_t done, double seconds) const {
    const double rate = seconds > 0 ? static_cast<double>(done) / seconds : 0;
    std::string line = total_ > 0 ? bar(done, total_) + std::to_string(done) + " of " + std::to_string(total_)
                                  : std::to_string(done);
    line += "  " + std::to_string(static_cast<std::uint64_t>(rate)) + "/s";
    if (total_ > done && rate > 0) line += "  " + time_left(static_cast<double>(total_ - done) / rate);
    return line.substr(0, terminal_.columns - 1);
}

void Progress::update(std::uint64_t done) {
    if (!terminal_.escapes) return;  // could not be taken away again
    const auto now = steady_clock::now();
    if (visible_ && now - drawn_ < between_drawings) return;
    drawn_ = now;
    visible_ = true;
    screen_.write("\r" + text(done, std::chrono::duration<double>(now - begun_).count()) + "\x1b[K");
}

void Progress::clear() {
    if (visible_) screen_.write("\r\x1b[K");
    visible_ = false;
}

}  // namespace secondstep::tool
