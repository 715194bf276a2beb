#include "support/captured_syslog.h"

#include <array>
#include <cstdarg>
#include <cstdio>
#include <mutex>

namespace secondstep::testing {
namespace {

std::mutex mutex;
bool captures = false;
std::vector<CapturedSyslog::Line> captured;

[[gnu::format(printf, 2, 0)]] void keep(int priority, const char* format, va_list arguments) {
    std::array<char, 4096> text{};
    std::vsnprintf(text.data(), text.size(), format, arguments);
    const std::lock_guard lock(mutex);
    if (captures) captured.push_back({.priority = priority, .text = text.data()});
}

}  // namespace

CapturedSyslog::CapturedSyslog() {
    const std::lock_guard lock(mutex);
    captured.clear();
    captures = true;
}

CapturedSyslog::~CapturedSyslog() {
    const std::lock_guard lock(mutex);
    captures = false;
}

std::vector<CapturedSyslog::Line> CapturedSyslog::lines() const {
    const std::lock_guard lock(mutex);
    return captured;
}

std::string CapturedSyslog::text() const {
    std::string all;
    for (const Line& line : lines())
        all += line.text + "\n";
    return all;
}

}  // namespace secondstep::testing

// These stand before libc's in the search order of every library of this program, libpam included.
extern "C" {

[[gnu::visibility("default"), gnu::format(printf, 2, 3)]] void syslog(int priority, const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    secondstep::testing::keep(priority, format, arguments);
    va_end(arguments);
}

// What libpam calls when it was built with _FORTIFY_SOURCE.
[[gnu::visibility("default"), gnu::format(printf, 3, 4)]] void __syslog_chk(int priority, int flag,
                                                                            const char* format, ...);
void __syslog_chk(int priority, int /*flag*/, const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    secondstep::testing::keep(priority, format, arguments);
    va_end(arguments);
}

}  // extern "C"
