#pragma once

#include <optional>
#include <string>

#include "relay/journal.h"

namespace secondstep::relay::journal {

// What the log of a host says of one node: that it is asked from now on, or why it is not. A node that comes and goes would
// fill a log, so of its absences five a minute are written; but the last word about it is true. Of one that was left out
// nothing is said when it is over, and what lasts is said as soon as it may be.
class NodeJournal {
  public:
    // Each gives the line to write, if any; where names the node as a person finds it.
    [[nodiscard]] std::string asked(const std::string& where);
    // The connection ends, for one over which the host shows its present certificate: whether it is asked is said again.
    [[nodiscard]] std::string asked_anew(const std::string& where);
    [[nodiscard]] std::string not_asked(const std::string& where, const std::string& why, Sparing::Time now);

  private:
    std::optional<std::string> why_not_ = "";  // as it was said last; nothing: that it is asked
    std::string left_out_;
    Sparing sparing_;
};

}  // namespace secondstep::relay::journal
