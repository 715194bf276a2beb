#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace secondstep::bench {

using Nanoseconds = std::chrono::nanoseconds;

// Durations of one kind; the figures people compare are medians, because this disk has outliers of 100x.
class Samples {
  public:
    void add(Nanoseconds duration) { values_.push_back(duration); }
    [[nodiscard]] bool empty() const { return values_.empty(); }
    [[nodiscard]] double median_us() const;

  private:
    std::vector<Nanoseconds> values_;
};

// E: open + flock + read + pwrite of 32 bytes + fdatasync + close on `file`, the floor for anything durable.
[[nodiscard]] Nanoseconds durable_write(const std::string& file);

// C: connect to a SOCK_SEQPACKET socket, one message there and back, close.
// The echo server is a forked child.
class EchoServer {
  public:
    explicit EchoServer(const std::string& path);
    EchoServer(const EchoServer&) = delete;
    EchoServer& operator=(const EchoServer&) = delete;
    ~EchoServer();
    [[nodiscard]] Nanoseconds round_trip() const;

  private:
    std::string path_;
    int child_ = -1;
};

// What loading `library` costs a process that has libpam and libc: time of dlopen (median of `rounds` fresh
// processes), private dirty KiB more than before, and how many further libraries came with it.
struct LoadCost {
    double microseconds = 0;
    long dirty_kib = 0;
    long libraries = 0;
};
[[nodiscard]] LoadCost load_cost(const std::string& library, int rounds);

// Runs `body(worker)` in `count` forked processes that start together; returns what each returned (0 to 255),
// and the time from the start signal to the last end.
struct RaceResult {
    std::vector<int> values;
    Nanoseconds elapsed{};
};
[[nodiscard]] RaceResult race(int count, const std::function<int(int)>& body);

}  // namespace secondstep::bench
