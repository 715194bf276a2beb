#include "service.h"

#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>

#include "required.h"

namespace secondstep::bench {
namespace {

// The log of the world.
std::string log_file() {
    const char* const name = std::getenv("SYSLOG_FILE");
    if (name == nullptr) throw std::runtime_error("SYSLOG_FILE is not set: this runs in a world");
    return name;
}

std::string text_from(const std::string& path, std::uintmax_t offset) {
    std::ifstream in(path);
    in.seekg(static_cast<std::streamoff>(offset));
    return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

Service::Service(const Lab& lab, const std::string& name) {
    if (!(std::ifstream(lab.file(name + ".pid")) >> process_)) throw std::runtime_error("no service " + name);
}

void Service::forget_names() const {
    const std::string log = log_file();
    const std::string reloaded =
        "secondstepd[" + std::to_string(process_) + "]: The configuration was reloaded";
    const std::uintmax_t before = std::filesystem::file_size(log);
    require(::kill(process_, SIGHUP) == 0, "kill");
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (text_from(log, before).find(reloaded) == std::string::npos) {
        if (std::chrono::steady_clock::now() > deadline)
            throw std::runtime_error("the log tells of no reload");
        std::this_thread::yield();
    }
}

double Service::memory_kib(const std::string& field) const {
    std::ifstream rollup("/proc/" + std::to_string(process_) + "/smaps_rollup");
    for (std::string line; std::getline(rollup, line);) {
        if (line.starts_with(field + ":")) return std::stod(line.substr(field.size() + 1));
    }
    throw std::runtime_error("no " + field + " in smaps_rollup");
}

}  // namespace secondstep::bench
