#include "load_cost.h"

#include <dlfcn.h>
#include <link.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <tuple>
#include <vector>

#include "required.h"

namespace secondstep::bench {
namespace {

using Clock = std::chrono::steady_clock;

long private_dirty_kib() {
    std::ifstream smaps("/proc/self/smaps_rollup");
    std::string line;
    while (std::getline(smaps, line)) {
        if (line.starts_with("Private_Dirty:")) return std::strtol(line.c_str() + 14, nullptr, 10);
    }
    return 0;
}

int count_library(dl_phdr_info* /*info*/, std::size_t /*size*/, void* count) {
    ++*static_cast<long*>(count);
    return 0;
}

long loaded_libraries() {
    long count = 0;
    ::dl_iterate_phdr(count_library, &count);
    return count;
}

LoadCost load_once(const std::string& library) {
    const long before_libraries = loaded_libraries();
    const long before_dirty = private_dirty_kib();
    const auto begin = Clock::now();
    void* const handle = ::dlopen(library.c_str(), RTLD_NOW);
    const auto end = Clock::now();
    if (handle == nullptr) std::fprintf(stderr, "%s\n", ::dlerror());
    return {std::chrono::duration<double, std::micro>(end - begin).count(),
            private_dirty_kib() - before_dirty, loaded_libraries() - before_libraries - 1};
}

}  // namespace

LoadCost load_cost(const std::string& library, int rounds) {
    std::vector<LoadCost> costs;
    for (int i = 0; i < rounds; ++i) {
        std::array<int, 2> channel{};
        require(::pipe(channel.data()) == 0, "pipe");
        const pid_t child = ::fork();
        if (child == 0) {
            const LoadCost cost = load_once(library);
            std::ignore = ::write(channel[1], &cost, sizeof cost);
            ::_exit(0);
        }
        ::close(channel[1]);
        LoadCost cost;
        if (::read(channel[0], &cost, sizeof cost) == static_cast<ssize_t>(sizeof cost))
            costs.push_back(cost);
        ::close(channel[0]);
        ::waitpid(child, nullptr, 0);
    }
    require(!costs.empty(), "dlopen");
    std::sort(costs.begin(), costs.end(), [](auto& a, auto& b) { return a.microseconds < b.microseconds; });
    return costs[costs.size() / 2];
}

std::map<std::string, std::string> modules_of(const Lab& lab) {
    std::ifstream in(lab.file("libraries"));
    std::map<std::string, std::string> modules;
    for (std::string name, path; in >> name >> path;)
        modules[name] = path;
    return modules;
}

void keep_modules_loaded(const Lab& lab) {
    for (const auto& [name, path] : modules_of(lab)) {
        if (::dlopen(path.c_str(), RTLD_NOW) == nullptr) throw std::runtime_error(::dlerror());
    }
}

}  // namespace secondstep::bench
