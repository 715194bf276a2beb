#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "account/source.h"
#include "account/state.h"

namespace secondstep::dialogue {

// Whose recovery code is computed next. That costs 40 ms of a processor, and nothing else holds back whoever
// guesses 80 bits; so that nobody's wrong codes make somebody else's right ones "not accepted", everybody
// waits in line: round-robin over hosts, of one host over sources, in order of arrival within one.
// - There are three lines, of which one code each is computed at a time: one for sources the account knows,
//   one for what else portals say, one for all others. However many strangers there are, they do not take the
//   turn of an owner at home; a portal in a stranger's hands, which claims hundreds of sources, takes
//   nobody's at ssh; and all that comes from one source never costs more than one processor in a line.
// - On the node of a fleet a host that somebody broke into says what it likes about addresses: however many it claims,
//   it has the turn of one host.
// - Of one account from one source at most `most_in_line` stand in line: ten terminals that guess at one
//   account are not ahead of everybody else behind the same address. Whoever waits for a place in the
//   line gets one at its end.
// In memory, without a clock; thread-safe.
class RecoveryTurns {
  public:
    struct Claim {
        Source source;        // each ordinary uid for itself (limited_source())
        std::string account;  // as it was named, whether it exists or not
        bool known = false;   // the account knows the source
        HostTag host{};       // of the fleet, that is logged in to; zeros: this machine
    };
    static constexpr std::size_t most_in_line = 8;

    // A place in line, and then the turn itself. Given up by its destructor, on whichever thread that runs.
    class Turn {
      public:
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;
        virtual ~Turn() = default;
        [[nodiscard]] virtual bool has_come() const = 0;
        // While it has not come: when to look again. The fewer are ahead, the sooner.
        [[nodiscard]] virtual std::chrono::milliseconds until_next_look() const = 0;

      protected:
        Turn() = default;
    };

    RecoveryTurns();
    [[nodiscard]] std::shared_ptr<Turn> line_up(Claim claim);

  private:
    class Lines;
    class Place;
    std::shared_ptr<Lines> lines_;
};

}  // namespace secondstep::dialogue
