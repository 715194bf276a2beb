#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>

#include "dialogue/conversation/script.h"
#include "dialogue/relayed/node_conversation.h"
#include "dialogue/visit/visit.h"

namespace secondstep::dialogue {

// A conversation on a host of the fleet. Who it is and which rule applies is decided here; whom a rule lets go on
// without being asked no node hears of. All others are judged by a node: its texts and questions are passed on as they
// come, and so are the answers, but for what was typed at a hidden prompt and is no code: that may be a password.
//
// A code whose node was lost is judged by the next one, under the same id, so that the node finds its own write where
// it did happen. Nothing but that: a menu, or something that is set up, ends as unavailable.
class RelayedDialogue final : public ScriptedDialogue {
  public:
    RelayedDialogue(Ports ports, Request request, std::shared_ptr<OwnRelay> relay);

  private:
    using Heard = std::expected<Turn, NodeConversation::Loss>;

    Script<Ended> run() override;
    [[nodiscard]] Token proof() const override { return proof_; }
    [[nodiscard]] Ended let_in();
    Script<Ended> converse();
    // Of somebody who may get in while nobody can be asked: by a code of this host.
    Script<Ended> without_nodes(Outage outage);
    Script<Ended> break_glass(Outage outage);
    // Nothing while it goes on, as far as is known at this moment; else what the person is told.
    Script<std::optional<Ended>> end_of_outage();
    // The node's first turn.
    Script<Heard> open(PatienceWithRelay patience);
    // The turn that an answer leads to.
    Script<Heard> pass_on(Reply reply);
    Script<Heard> pass_on_once_more(std::shared_ptr<const relay::Envelope> answer, relay::Line::Time until);
    [[nodiscard]] std::chrono::milliseconds left_until(relay::Line::Time until) const;
    Script<Heard> take(std::shared_ptr<const relay::Envelope> said, std::chrono::milliseconds patience);
    Script<Reply> ask(wire::Ask question);
    [[nodiscard]] Ended end(const wire::End& last);
    Script<Ended> unavailable(NodeConversation::Loss loss);
    [[nodiscard]] relay::Open opening() const;

    Visit visit_;
    const std::shared_ptr<OwnRelay> relay_;
    std::shared_ptr<NodeConversation> node_;
    std::optional<wire::Ask> first_;  // the one that a login begins with
    bool only_codes_ = true;          // have been asked for and given so far
    std::uint8_t answered_ = 0;
    Token proof_{};
};

}  // namespace secondstep::dialogue
