#include "relay/conversations.h"

#include <algorithm>
#include <utility>

#include "relay/journal.h"

namespace secondstep::relay {
namespace {

// A conversation is spoken in turns: an honest end has one packet on its way.
constexpr std::size_t most_waiting_for_one = 65'536;
constexpr std::size_t most_waiting_for_all = 262'144;

// For a node of the version before, which would hang up.
Result<Secret> as_before_time_was_told(Answer& answer) {
    return encode(Answer{answer.write, std::move(answer.packet)});
}

}  // namespace

Conversations::~Conversations() {
    for (const auto& [number, local] : all_)
        local->close();
}

void Conversations::add(Conversation number, std::shared_ptr<PacketLink> local) {
    PacketLink* const plain = local.get();
    all_.emplace(number, std::move(local));
    if (!link_.has_room()) plain->pause();
    plain->start({.packet = [this, number](Secret packet) { go(number, std::move(packet)); },
                  .end = [this, number] { over(number); },
                  .drained = [this] { hold_back_or_go_on(); }});
}

bool Conversations::come(Carried carried) {
    const auto envelope = decode(carried.envelope.bytes());
    if (!envelope || !rules_.may_come(*envelope)) return false;
    const auto found = all_.find(carried.conversation);
    if (found == all_.end()) return true;
    found->second->send(std::move(carried.envelope));
    if (std::holds_alternative<Lost>(*envelope)) {
        close(carried.conversation);
    } else if (found->second->waiting() > 0) {
        hold_back_or_go_on();
    }
    return true;
}

void Conversations::go(Conversation number, Secret packet) {
    auto envelope = decode(packet.bytes());
    if (!envelope || !rules_.may_go(*envelope)) {
        journal::warn(
            "The service of this machine sent what does not belong into a conversation; is it of another "
            "version than secondstep-relay?");
        return over(number);
    }
    auto* const answer = std::get_if<Answer>(&*envelope);
    if (answer != nullptr && answer->left && !link_.hears_of_time_left()) {
        auto shorter = as_before_time_was_told(*answer);
        if (!shorter) return over(number);
        packet = std::move(*shorter);
    }
    link_.send(Carried{number, std::move(packet)});
    if (link_.has_room()) return;
    for (const auto& [other, local] : all_)
        local->pause();
}

void Conversations::go_on() {
    for (const auto& [number, local] : all_)
        local->resume();
}

void Conversations::over(Conversation number) {
    link_.send(Closed{number});
    if (const auto found = all_.find(number); found != all_.end()) found->second->close();
    take_out(number);
}

void Conversations::close(Conversation number) {
    const auto found = all_.find(number);
    if (found == all_.end()) return;
    found->second->close_when_sent();
    take_out(number);
}

// Whoever had it does not use it afterwards: what it is told may end everything.
void Conversations::take_out(Conversation number) {
    const auto taken = all_.extract(number);
    if (taken.empty()) return;
    hold_back_or_go_on();
    ended_();
}

void Conversations::lose(bool tell, Loss loss) {
    const auto all = std::exchange(all_, {});
    const auto packet = encode(Lost{loss});
    for (const auto& [number, local] : all) {
        if (tell && packet) local->send(packet->clone());
        local->close_when_sent();
    }
    for (std::size_t i = 0; i < all.size(); ++i)
        ended_();
}

void Conversations::hold_back_or_go_on() {
    std::size_t total = 0;
    bool one_is_full = false;
    for (const auto& [number, local] : all_) {
        total += local->waiting();
        one_is_full = one_is_full || local->waiting() > most_waiting_for_one;
    }
    const bool full = one_is_full || total > most_waiting_for_all;
    if (full == held_back_) return;
    held_back_ = full;
    if (full) {
        link_.pause();
    } else {
        link_.resume();
    }
}

}  // namespace secondstep::relay
