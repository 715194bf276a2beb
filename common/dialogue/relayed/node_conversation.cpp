#include "dialogue/relayed/node_conversation.h"

#include <utility>

#include "dialogue/conversation/answer_times.h"

namespace secondstep::dialogue {
namespace {

using Loss = NodeConversation::Loss;
using Teller = NodeConversation::Teller;

// What a new line may mend, and what it may not: another version, a text of ours that is too long.
bool may_pass(Errc code) {
    return code == Errc::timed_out || code == Errc::closed || code == Errc::io;
}

Loss loss_of(const Error& error) {
    return {may_pass(error.code), error.detail};
}

Loss loss_of(const relay::Lost& lost) {
    switch (lost.loss) {
        case relay::Loss::no_node:
            return {.why = "no node of the fleet answers", .teller = Teller::relay};
        case relay::Loss::all_down:
            return {false, std::string(in_words(Outage::nodes)), Outage::nodes, Teller::relay};
        case relay::Loss::connection:
            return {.may_be_tried_again = true,
                    .why = "the connection to the node broke",
                    .teller = Teller::node};
        case relay::Loss::not_known:
            return {
                .why = "the fleet does not know this host (any more): secondstep setup --join ... --again",
                .teller = Teller::node,
                .host_is_not_known = true};
        case relay::Loss::unreadable:
            break;
    }
    return {.why = "this host and the node do not understand each other: are their versions too far apart?",
            .teller = Teller::node};
}

Loss relay_is_away() {
    return {false, std::string(in_words(Outage::relay)), Outage::relay};
}

// What was sent, and nothing came.
Loss loss_of_silence(const Error& error) {
    Loss loss = loss_of(error);
    if (error.code == Errc::timed_out) loss.teller = Teller::silent_node;
    return loss;
}

// A socket at which nobody listens needs no second look: only root takes a listener away from there, and its directory.
Loss loss_of_line(const Error& error) {
    if (error.code == Errc::unreachable)
        return {false, "secondstep-relay does not run on this host: " + error.detail, Outage::relay};
    return {false, "secondstep-relay: " + error.detail};
}

// A service says nothing else than this.
bool add(Turn& turn, wire::Message message, bool& complete) {
    if (auto* show = std::get_if<wire::Show>(&message)) {
        turn.texts.push_back(std::move(*show));
        return true;
    }
    complete = true;
    if (auto* ask = std::get_if<wire::Ask>(&message)) {
        turn.last = std::move(*ask);
        return true;
    }
    if (auto* end = std::get_if<wire::End>(&message)) {
        turn.last = *end;
        return true;
    }
    return false;
}

}  // namespace

std::expected<Turn, Loss> NodeConversation::take_turn(const relay::Envelope& said, relay::Line::Time until) {
    return std::holds_alternative<relay::Open>(said) ? begin(said, until) : say(said, until);
}

// A relay that hangs, or that is started again and again and never comes as far as to answer, leaves its socket standing.
std::expected<Turn, Loss> NodeConversation::begin(const relay::Envelope& open, relay::Line::Time until) {
    if (relay_->was_away() && relay_->is_away(relay_->now() + patience_.where_it_was_away))
        return std::unexpected(relay_is_away());
    Result<std::unique_ptr<relay::Line>> line = relay_->open(until);
    const bool waits_for_it = !line && line.error().code == Errc::timed_out;
    if (!line && !waits_for_it) return std::unexpected(loss_of_line(line.error()));
    std::expected<Turn, Loss> turn = std::unexpected(Loss{false, "secondstep-relay takes nothing"});
    if (line) {
        line_ = std::move(*line);
        turn = say(open, until);
    }
    const bool doubtful = !turn && !relay_spoke_ && patience_.after_silence.count() > 0;
    if (doubtful && relay_->is_away(relay_->now() + patience_.after_silence))
        return std::unexpected(relay_is_away());
    return turn;
}

std::expected<Turn, Loss> NodeConversation::say(const relay::Envelope& said, relay::Line::Time until) {
    const auto* const answer = std::get_if<relay::Answer>(&said);
    tells_time_ = answer != nullptr && relay_->hears_of_time_left();
    const Result<void> sent =
        tells_time_ ? line_->send(with_time_left(*answer, until), until) : line_->send(said, until);
    if (!sent) return std::unexpected(loss_of(sent.error()));
    return hear(until);
}

// It was waited for a thread before, or for another node: what is left the node does not know by itself.
relay::Envelope NodeConversation::with_time_left(const relay::Answer& answer, relay::Line::Time until) const {
    const auto left = std::chrono::floor<std::chrono::milliseconds>(until - relay_->now());
    return relay::Answer{answer.write, answer.packet.clone(), left - answer_times::on_the_way};
}

std::expected<Turn, Loss> NodeConversation::hear(relay::Line::Time until) {
    Turn turn;
    for (bool complete = false; !complete;) {
        Result<relay::Envelope> envelope = line_->receive(until);
        if (!envelope && envelope.error().code == Errc::closed && tells_time_) relay_->hung_up_on_time_left();
        if (!envelope) return std::unexpected(loss_of_silence(envelope.error()));
        relay_spoke_ = true;
        if (const auto* lost = std::get_if<relay::Lost>(&*envelope)) return std::unexpected(loss_of(*lost));
        const auto* heard = std::get_if<relay::Said>(&*envelope);
        if (heard == nullptr) return std::unexpected(loss_of(relay::Lost{relay::Loss::unreadable}));
        Result<std::vector<wire::Message>> messages = wire::decode_packet(heard->packet.bytes());
        if (!messages) return std::unexpected(loss_of(relay::Lost{relay::Loss::unreadable}));
        for (wire::Message& message : *messages) {
            if (!add(turn, std::move(message), complete))
                return std::unexpected(loss_of(relay::Lost{relay::Loss::unreadable}));
        }
    }
    return turn;
}

}  // namespace secondstep::dialogue
