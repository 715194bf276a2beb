#pragma once

#include <chrono>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/error.h"
#include "dialogue/relayed/outage.h"
#include "dialogue/relayed/own_relay.h"
#include "relay/envelope.h"
#include "relay/line.h"
#include "wire/message.h"

namespace secondstep::dialogue {

// What a node said in one turn: texts, and the question or the end behind them.
struct Turn {
    std::vector<wire::Show> texts;
    std::variant<wire::Ask, wire::End> last;
};

// How long the relay itself is asked whether it is there.
struct PatienceWithRelay {
    std::chrono::milliseconds after_silence{
        0};  // when not a word came to a first envelope; zero: it is not asked
    std::chrono::milliseconds where_it_was_away{50};  // before, when it was asked last
};

// One conversation with a node, turn by turn. Blocks: its turns are jobs of a worker. Shared with the job, which may
// still run when nobody waits for it.
class NodeConversation {
  public:
    NodeConversation(std::shared_ptr<OwnRelay> relay, PatienceWithRelay patience)
        : relay_(std::move(relay)), patience_(patience) {}

    // Who said it. Of what nobody said nothing is known of the nodes: this host is busy, or cannot reach its relay. One that is
    // silent has the envelope: the relay gives it only to a node that is up, and else says at once that there is none.
    enum class Teller { nobody, relay, node, silent_node };
    // Why a turn did not come.
    struct Loss {
        bool may_be_tried_again = false;  // another node, or the same a moment later, may answer
        std::string why;
        std::optional<Outage> outage = std::nullopt;  // it is known that nobody can be asked
        Teller teller = Teller::nobody;
        bool host_is_not_known = false;  // (any more), to a node that answers
    };

    // One turn; nothing but the conversation's first envelope (Open), or an Answer. Over at `until`, but for the patience with the relay.
    [[nodiscard]] std::expected<Turn, Loss> take_turn(const relay::Envelope& said, relay::Line::Time until);

  private:
    [[nodiscard]] std::expected<Turn, Loss> begin(const relay::Envelope& open, relay::Line::Time until);
    [[nodiscard]] std::expected<Turn, Loss> say(const relay::Envelope& said, relay::Line::Time until);
    [[nodiscard]] relay::Envelope with_time_left(const relay::Answer& answer, relay::Line::Time until) const;
    [[nodiscard]] std::expected<Turn, Loss> hear(relay::Line::Time until);

    const std::shared_ptr<OwnRelay> relay_;
    const PatienceWithRelay patience_;
    std::unique_ptr<relay::Line> line_;
    bool relay_spoke_ = false;
    bool tells_time_ = false;  // the answer that was sent last
};

}  // namespace secondstep::dialogue
