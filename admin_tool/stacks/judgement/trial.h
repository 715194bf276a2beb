#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "policy/config.h"
#include "stacks/judgement/before_stack.h"
#include "stacks/judgement/fault.h"

namespace secondstep::tool {

// A service that may include the same files as another.
struct Neighbour {
    Stack stack;
    BeforeStack before = BeforeStack::cannot_tell;
};
using Neighbours = std::vector<Neighbour>;

// A change of files, tried on a stack by reading and walking it again.
class Trial {
  public:
    Trial(const Stack& stack, const Config& config, BeforeStack before, const Neighbours& neighbours);

    [[nodiscard]] const Faults& faults() const { return faults_; }

    // `edits` end this fault, no other has come, and everybody who got in still does, each with what they had to show:
    // known to each directory alone, enrolled or not, in every circumstance. Nobody gets in who did not, but for those
    // of whom the fault says that they should. Services that include a changed file too lose nobody and get no fault.
    [[nodiscard]] bool ends(const Fault& fault, const std::vector<Edit>& edits) const {
        return accepts(fault, edits, Scope::it_alone);
    }
    // The same, and no other fault of its part is left.
    [[nodiscard]] bool ends_all(const Fault& fault, const std::vector<Edit>& edits) const {
        return accepts(fault, edits, Scope::its_part);
    }
    [[nodiscard]] bool is_alone(const Fault& fault) const;
    // The services that a change of this file is about, in the order of their names.
    [[nodiscard]] std::vector<std::string> services_with(const std::string& file) const;

  private:
    enum class Scope : std::uint8_t { it_alone, its_part };
    [[nodiscard]] bool accepts(const Fault& fault, const std::vector<Edit>& edits, Scope scope) const;
    [[nodiscard]] bool leaves_neighbours(const std::vector<Edit>& edits) const;
    const Stack& stack_;
    const Config& config_;
    BeforeStack before_;
    const Neighbours& neighbours_;
    Faults faults_;
};

}  // namespace secondstep::tool
