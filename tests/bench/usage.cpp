#include "usage.h"

#include <sys/resource.h>
#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <fstream>

#include "required.h"

namespace secondstep::bench {
namespace {

Nanoseconds duration_of(const timeval& value) {
    return std::chrono::seconds(value.tv_sec) + std::chrono::microseconds(value.tv_usec);
}

Usage usage_by(int who) {
    rusage used{};
    require(::getrusage(who, &used) == 0, "getrusage");
    return {duration_of(used.ru_utime) + duration_of(used.ru_stime), used.ru_nvcsw, used.ru_nivcsw};
}

void add_switches(Usage& usage, const std::filesystem::path& thread) {
    std::ifstream status(thread / "status");
    for (std::string field; status >> field;) {
        long value = 0;
        if (field == "voluntary_ctxt_switches:" && status >> value) usage.waits += value;
        if (field == "nonvoluntary_ctxt_switches:" && status >> value) usage.preemptions += value;
    }
}

}  // namespace

Usage& Usage::operator+=(const Usage& other) {
    processor += other.processor;
    waits += other.waits;
    preemptions += other.preemptions;
    return *this;
}

Usage operator-(Usage later, const Usage& earlier) {
    later.processor -= earlier.processor;
    later.waits -= earlier.waits;
    later.preemptions -= earlier.preemptions;
    return later;
}

Usage own_usage() {
    Usage usage = usage_by(RUSAGE_SELF);
    usage += usage_by(RUSAGE_CHILDREN);
    return usage;
}

Usage usage_of(pid_t process) {
    clockid_t clock{};
    timespec used{};
    errno = ::clock_getcpuclockid(process, &clock);
    require(errno == 0 && ::clock_gettime(clock, &used) == 0, "the clock of the service");
    Usage usage{std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec), 0, 0};
    const std::string tasks = "/proc/" + std::to_string(process) + "/task";
    for (const auto& thread : std::filesystem::directory_iterator(tasks))
        add_switches(usage, thread.path());
    return usage;
}

Nanoseconds busy_machine() {
    std::ifstream stat("/proc/stat");
    std::string label;
    stat >> label;
    long long jiffies = 0;
    // user, nice, system, idle, iowait, irq, softirq, steal
    for (const bool busy : {true, true, true, false, false, true, true, true}) {
        long long value = 0;
        stat >> value;
        if (busy) jiffies += value;
    }
    require(stat.good(), "/proc/stat");
    return std::chrono::nanoseconds(jiffies * (1'000'000'000 / ::sysconf(_SC_CLK_TCK)));
}

}  // namespace secondstep::bench
