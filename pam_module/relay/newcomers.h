#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace secondstep::relay {

// Who has connected and not shown yet who it is: so many places in all. When there is none, the one of the network with
// the most (an IPv4 address, an IPv6 /64) has to go that came first: nobody keeps others out by connecting often. Of
// networks with as many it is the one that came first: a host shows who it is in milliseconds, and whoever fills the
// places from everywhere would have to be faster than that.
class Newcomers {
  public:
    using Id = std::uint64_t;
    explicit Newcomers(std::size_t places) : places_(places) {}

    // Who has to go for it.
    [[nodiscard]] std::optional<Id> arrive(Id id, const std::string& address);
    void leave(Id id);
    [[nodiscard]] std::size_t size() const { return all_.size(); }

  private:
    struct Newcomer {
        Id id;
        std::string network;
    };
    const std::size_t places_;
    std::vector<Newcomer> all_;  // in the order in which they came
};

}  // namespace secondstep::relay
