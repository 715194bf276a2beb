#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace secondstep::relay {

// Who has connected and not shown yet who it is: so many places in all. When there is none, the one of the address with
// the most has to go that came first: nobody keeps others out by connecting often.
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
        std::string address;
    };
    const std::size_t places_;
    std::vector<Newcomer> all_;  // in the order in which they came
};

}  // namespace secondstep::relay
