#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace secondstep::page {

// Who is served and who waits: a pure state machine that is told the time. A place is for who has the link;
// whoever has not shown it yet (a guest) has one for a moment, and then gives it to who waits. Otherwise
// sixteen silent connections would keep everybody out, for as long as the page lives.
class Guests {
  public:
    using Time = std::chrono::steady_clock::time_point;
    using Id = std::uint64_t;
    struct Bounds {
        std::size_t most = 16;
        std::size_t most_of_one_address = 4;
        std::size_t most_waiting = 32;
        // Nobody is hung up for others before: long enough for a handshake and a request over a slow network.
        std::chrono::milliseconds grace = std::chrono::seconds{2};
        std::chrono::milliseconds longest_wait = std::chrono::seconds{60};
    };

    explicit Guests(const Bounds& bounds) : bounds_(bounds) {}

    // Somebody came, and waits. The one that is returned is hung up for it: of the address of which most
    // wait, who came last.
    [[nodiscard]] std::optional<Id> arrive(Id id, const std::string& address, Time now);
    void show_link(Id id);  // is not hung up for others from now on
    void leave(Id id);

    // What is to be done now, one after the other, until there is nothing. Who is hung up is forgotten.
    struct Move {
        std::optional<Id> hang_up;
        std::optional<Id> serve;
    };
    [[nodiscard]] std::optional<Move> next(Time now);
    // When there is something to be done though nobody came or left. Returns nullopt if never.
    [[nodiscard]] std::optional<Time> again() const;

    // The address of which most are here, when more want a place than there are; empty: there is room.
    [[nodiscard]] std::string crowding() const;
    [[nodiscard]] std::size_t served() const { return served_.size(); }

  private:
    struct Guest {
        Id id;
        std::string address;
        Time since;  // waiting: when it came; served: when it got its place
        bool knows_link = false;
    };
    using List = std::vector<Guest>;  // oldest first

    [[nodiscard]] static std::size_t count_of(const List& list, const std::string& address);
    [[nodiscard]] List::iterator next_waiting(const std::vector<std::string>& passed_over);
    [[nodiscard]] bool has_its_share(const std::string& address) const;
    [[nodiscard]] List::iterator oldest_stranger(const std::string& address_or_any, Time now);

    Bounds bounds_;
    List served_;
    List waiting_;
};

}  // namespace secondstep::page
