#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/error.h"
#include "relay/envelope.h"
#include "relay/line.h"
#include "wire/message.h"

namespace secondstep::dialogue {

// How a line to the fleet is had: line_to_the_relay(), or a test's.
using OpenLine = std::function<Result<std::unique_ptr<relay::Line>>(relay::Line::Time until)>;

// What a node said in one turn: texts, and the question or the end behind them.
struct Turn {
    std::vector<wire::Show> texts;
    std::variant<wire::Ask, wire::End> last;
};

// One conversation with a node, turn by turn. Blocks: its turns are jobs of a worker. Shared with the job, which may
// still run when nobody waits for it.
class NodeConversation {
  public:
    explicit NodeConversation(OpenLine open_line) : open_line_(std::move(open_line)) {}

    // Why a turn did not come.
    struct Loss {
        bool may_be_tried_again = false;  // another node, or the same a moment later, may answer
        std::string why;
        bool all_down = false;  // the relay has heard of no node for three seconds
    };

    // One turn; nothing but the conversation's first envelope (Open), or an Answer. Each in less than `patience`.
    [[nodiscard]] std::expected<Turn, Loss> take_turn(const relay::Envelope& said,
                                                      std::chrono::milliseconds patience);

  private:
    [[nodiscard]] std::expected<Turn, Loss> hear(relay::Line::Time until);

    OpenLine open_line_;
    std::unique_ptr<relay::Line> line_;
};

}  // namespace secondstep::dialogue
