#include "measure.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <stdexcept>

namespace secondstep::bench {
namespace {

using Clock = std::chrono::steady_clock;

void require(bool condition, const char* what) {
    if (!condition) throw std::runtime_error(std::string(what) + ": " + std::strerror(errno));
}

sockaddr_un address_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    return address;
}

const sockaddr* generic(const sockaddr_un& address) {
    return reinterpret_cast<const sockaddr*>(&address);
}

[[noreturn]] void serve_echo(int listener) {
    std::array<char, 256> buffer{};
    for (;;) {
        const int client = ::accept(listener, nullptr, nullptr);
        if (client < 0) continue;
        const ssize_t got = ::recv(client, buffer.data(), buffer.size(), 0);
        if (got > 0) std::ignore = ::send(client, buffer.data(), static_cast<std::size_t>(got), MSG_NOSIGNAL);
        ::close(client);
    }
}

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

double Samples::median_us() const {
    if (values_.empty()) return 0;
    std::vector<Nanoseconds> sorted = values_;
    const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
    std::nth_element(sorted.begin(), middle, sorted.end());
    return std::chrono::duration<double, std::micro>(*middle).count();
}

Nanoseconds durable_write(const std::string& file) {
    std::array<char, 32> content{};
    const auto begin = Clock::now();
    const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    require(fd >= 0, "open");
    require(::flock(fd, LOCK_EX) == 0, "flock");
    require(::read(fd, content.data(), content.size()) >= 0, "read");
    require(::pwrite(fd, content.data(), content.size(), 0) == 32, "pwrite");
    require(::fdatasync(fd) == 0, "fdatasync");
    ::close(fd);
    return Clock::now() - begin;
}

EchoServer::EchoServer(const std::string& path) : path_(path) {
    const int listener = ::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    require(listener >= 0, "socket");
    const sockaddr_un address = address_of(path_);
    ::unlink(path_.c_str());
    require(::bind(listener, generic(address), sizeof address) == 0, "bind");
    require(::listen(listener, 64) == 0, "listen");
    child_ = ::fork();
    require(child_ >= 0, "fork");
    if (child_ == 0) serve_echo(listener);
    ::close(listener);
}

EchoServer::~EchoServer() {
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
    ::unlink(path_.c_str());
}

Nanoseconds EchoServer::round_trip() const {
    std::array<char, 64> message{};
    const sockaddr_un address = address_of(path_);
    const auto begin = Clock::now();
    const int fd = ::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    require(::connect(fd, generic(address), sizeof address) == 0, "connect");
    require(::send(fd, message.data(), message.size(), MSG_NOSIGNAL) == 64, "send");
    require(::recv(fd, message.data(), message.size(), 0) == 64, "recv");
    ::close(fd);
    return Clock::now() - begin;
}

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

RaceResult race(int count, const std::function<int(int)>& body) {
    std::array<int, 2> gate{};
    require(::pipe(gate.data()) == 0, "pipe");
    std::vector<pid_t> children;
    for (int worker = 0; worker < count; ++worker) {
        const pid_t child = ::fork();
        if (child == 0) {
            ::close(gate[1]);
            char byte = 0;
            std::ignore = ::read(gate[0], &byte, 1);  // returns when the parent closes its end
            ::_exit(body(worker));
        }
        children.push_back(child);
    }
    ::close(gate[0]);
    const auto begin = Clock::now();
    ::close(gate[1]);
    RaceResult result;
    for (const pid_t child : children) {
        int status = 0;
        ::waitpid(child, &status, 0);
        result.values.push_back(WIFEXITED(status) ? WEXITSTATUS(status) : -1);
    }
    result.elapsed = Clock::now() - begin;
    return result;
}

}  // namespace secondstep::bench
