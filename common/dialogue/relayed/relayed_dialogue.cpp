#include "dialogue/relayed/relayed_dialogue.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>

#include "base/text.h"
#include "dialogue/conversation/answer_times.h"
#include "dialogue/conversation/introduction.h"
#include "dialogue/relayed/break_glass_login.h"
#include "dialogue/relayed/wire_words.h"
#include "dialogue/texts/messages.h"
#include "dialogue/texts/outage_messages.h"
#include "dialogue/visit/service_standing.h"
#include "dialogue/visit/subject.h"
#include "otp/typed_answer.h"

namespace secondstep::dialogue {
namespace {

// With the relay itself, when it has not said a word: as long as no node must have been up.
constexpr std::chrono::milliseconds patience_with_the_relay{3000};
// Before a code of this host is judged a relay that was away is given more than the moment in which a question is asked: that
// a busy host is slow lets nobody in who should have been judged by a node.
constexpr std::chrono::milliseconds before_a_code_is_judged{1000};
constexpr std::chrono::milliseconds none{0};

Introduction introduction_of(const Visit& visit, std::uint8_t tries_used) {
    const Subject& subject = visit.subject;
    return {.caller = visit.request.caller,
            .peer = visit.request.uid,
            .account = subject.account ? std::optional(subject.account->text()) : std::nullopt,
            .uid = subject.uid,
            .policy = visit.policy,
            .in_doubt = visit.in_doubt,
            .open_question = visit.open_question,
            .may_disable_own_step = visit.may_disable_own_step,
            .tries_used = tries_used};
}

bool same_question(const wire::Ask& one, const wire::Ask& other) {
    return !one.echo && one == other;
}

// It waits for its turn on the node, as long as it takes there: another node would let it wait anew.
bool waits_for_a_turn(const Reply& reply) {
    const auto* typed = std::get_if<Secret>(&reply);
    return typed != nullptr && std::holds_alternative<otp::NormalizedRecoveryCode>(classify(typed->text()));
}

// A code can be judged again; nothing else that is typed can.
bool is_a_code(const Reply& reply) {
    const auto* typed = std::get_if<Secret>(&reply);
    return typed != nullptr && !typed->empty() && !says(*typed, "?");
}

// Why a code of this host is not judged though nobody has been heard yet: what the person is told, and the journal.
struct Doubt {
    std::string text;
    std::string why;
};
Doubt doubt_after(const std::expected<Turn, NodeConversation::Loss>& heard, bool is_at_the_machine) {
    using Teller = NodeConversation::Teller;
    if (!heard && heard.error().host_is_not_known) return {messages::host_is_not_known(), heard.error().why};
    switch (heard ? Teller::node : heard.error().teller) {
        case Teller::node:
            return {messages::nodes_are_back(), "a node of the fleet answers again"};
        case Teller::relay:
            return {messages::nodes_are_looked_for(),
                    "secondstep-relay has looked for nodes for less than three seconds"};
        case Teller::silent_node:
            return {messages::node_does_not_answer_in_time(),
                    "a node of the fleet is up, and did not answer in time"};
        case Teller::nobody:
            break;
    }
    return {messages::nodes_not_heard_of_in_time(is_at_the_machine),
            "whether a node of the fleet is up could not be found out in time: " + heard.error().why};
}

}  // namespace

RelayedDialogue::RelayedDialogue(Ports ports, Request request, std::shared_ptr<OwnRelay> relay)
    : visit_(talk(), std::move(ports), std::move(request)), relay_(std::move(relay)) {}

Script<Ended> RelayedDialogue::run() {
    const std::optional<Ended> over = co_await arrive(visit_);
    if (over) co_return *over;
    if (visit_.policy.action == Action::exempt && visit_.request.purpose != Purpose::manage)
        co_return let_in();
    if (visit_.request.purpose == Purpose::manage && visit_.request.task == Task::status &&
        visit_.subject.uid == uid_t{0})
        co_await visit_.talk.pause(service_standing(visit_.config()));
    co_return co_await converse();
}

Ended RelayedDialogue::let_in() {
    if (visit_.request.purpose == Purpose::account) return visit_.end_quietly(Verdict::not_needed);
    if (!visit_.subject.known()) return visit_.end(Verdict::refused, "unknown user");
    return visit_.end(Verdict::not_needed, visit_.by_rule("exempt"));
}

Script<Ended> RelayedDialogue::converse() {
    Heard heard = co_await open({.after_silence = patience_with_the_relay});
    if (!heard && heard.error().outage && BreakGlassLogin::is_for(visit_))
        co_return co_await without_nodes(*heard.error().outage);
    while (heard) {
        for (wire::Show& text : heard->texts)
            co_await visit_.talk.pause(show_of(std::move(text)));
        if (const auto* last = std::get_if<wire::End>(&heard->last)) co_return end(*last);
        Reply reply = co_await ask(std::get<wire::Ask>(heard->last));
        heard = co_await pass_on(std::move(reply));
    }
    co_return co_await unavailable(std::move(heard.error()));
}

Script<Ended> RelayedDialogue::without_nodes(Outage outage) {
    switch (visit_.request.purpose) {
        case Purpose::authenticate:
            co_return co_await break_glass(outage);
        case Purpose::account: {
            BreakGlassLogin login(visit_, outage);
            const bool shown = co_await login.was_shown();
            if (shown) co_return visit_.end_quietly(Verdict::not_needed);
            break;
        }
        case Purpose::manage:
            break;
    }
    co_return visit_.end(Verdict::unavailable, std::string(in_words(outage)));
}

Script<Ended> RelayedDialogue::break_glass(Outage outage) {
    BreakGlassLogin login(visit_, outage);
    std::optional<Ended> over = co_await login.begin();
    while (!over) {
        Reply reply = co_await visit_.talk.ask(messages::code_prompt);
        std::optional<Secret> typed = text_of(std::move(reply));
        if (!typed) co_return visit_.end(Verdict::cancelled, "no answer");
        // Somebody may have sat before that prompt for minutes.
        over = co_await end_of_outage();
        if (over) co_return *over;
        over = co_await login.take(std::move(*typed));
    }
    if (over->verdict() == Verdict::accepted) proof_ = visit_.token_of(Proof::recovery_code);
    co_return *over;
}

// What a node would ask is not heard: the conversation ends with its connection. A relay that was started a moment ago
// does not know of its nodes yet.
Script<std::optional<Ended>> RelayedDialogue::end_of_outage() {
    const Heard heard = co_await open(
        {.after_silence = patience_with_the_relay, .where_it_was_away = before_a_code_is_judged});
    node_.reset();
    if (!heard && heard.error().outage) co_return std::nullopt;
    const Doubt doubt = doubt_after(heard, is_at_the_machine(visit_.request));
    co_await visit_.talk.show_error(doubt.text);
    co_return visit_.end(Verdict::unavailable, doubt.why);
}

Script<Reply> RelayedDialogue::ask(wire::Ask question) {
    if (!first_) first_ = question;
    only_codes_ = only_codes_ && same_question(question, *first_);
    if (question.echo) co_return co_await visit_.talk.ask_aloud(question.text);
    Reply reply = co_await visit_.talk.ask(question.text, question.combined_length);
    co_return without_passwords(std::move(reply));
}

Script<RelayedDialogue::Heard> RelayedDialogue::open(PatienceWithRelay patience) {
    const auto until = visit_.ports.steady_now() + answer_times::of_a_host;
    node_ = std::make_shared<NodeConversation>(relay_, patience);
    auto opened = std::make_shared<const relay::Envelope>(opening());
    Heard heard = co_await take(opened, answer_times::of_the_first_node);
    if (heard || !heard.error().may_be_tried_again) co_return std::move(heard);
    const auto left = left_until(until);
    if (left <= none) co_return std::move(heard);
    node_ = std::make_shared<NodeConversation>(relay_, PatienceWithRelay{});
    co_return co_await take(std::move(opened), left);
}

std::chrono::milliseconds RelayedDialogue::left_until(relay::Line::Time until) const {
    return std::chrono::floor<std::chrono::milliseconds>(until - visit_.ports.steady_now());
}

// A node that is lost is known at once: who waits longer for one that is there loses nothing.
Script<RelayedDialogue::Heard> RelayedDialogue::pass_on(Reply reply) {
    const auto until = visit_.ports.steady_now() + answer_times::of_a_host;
    only_codes_ = only_codes_ && is_a_code(reply);
    const bool may_be_repeated = only_codes_ && visit_.request.purpose == Purpose::authenticate;
    const auto patience = may_be_repeated && !waits_for_a_turn(reply) ? answer_times::of_the_first_node
                                                                      : answer_times::of_a_host;
    Result<Secret> packet = wire::encode(answer_of(std::move(reply)));
    if (!packet) co_return std::unexpected(NodeConversation::Loss{false, packet.error().detail});
    auto answer = std::make_shared<const relay::Envelope>(relay::Answer{
        visit_.ports.randomness->array<std::tuple_size_v<relay::WriteId>>(), std::move(*packet)});
    Heard heard = co_await take(answer, patience);
    const bool again =
        !heard && heard.error().may_be_tried_again && may_be_repeated && left_until(until) > none;
    if (again) heard = co_await pass_on_once_more(std::move(answer), until);
    if (answered_ < std::numeric_limits<std::uint8_t>::max()) ++answered_;
    co_return std::move(heard);
}

// The new conversation has to ask what the lost one asked; what it shows before that was shown already.
Script<RelayedDialogue::Heard> RelayedDialogue::pass_on_once_more(
    std::shared_ptr<const relay::Envelope> answer, relay::Line::Time until) {
    node_ = std::make_shared<NodeConversation>(relay_, PatienceWithRelay{});
    auto opened = std::make_shared<const relay::Envelope>(opening());
    const auto half = left_until(until) / 2;
    Heard heard = co_await take(std::move(opened), half);
    if (!heard) co_return std::move(heard);
    const auto* question = std::get_if<wire::Ask>(&heard->last);
    // What it ends with, before anything was judged, is an answer all the same: a rule may have changed.
    if (question == nullptr) co_return std::move(heard);
    if (!same_question(*question, *first_))
        co_return std::unexpected(NodeConversation::Loss{false, "another node asks something else"});
    const auto left = left_until(until);
    co_return co_await take(std::move(answer), left);
}

// The time counts from here: who had to wait for a thread has less left, and what nobody waits for any more is not begun.
Script<RelayedDialogue::Heard> RelayedDialogue::take(std::shared_ptr<const relay::Envelope> said,
                                                     std::chrono::milliseconds patience) {
    // Of a job that had no thread in time: the next one may have one, while time is left.
    const auto heard = std::make_shared<Heard>(
        std::unexpected(NodeConversation::Loss{true, "too many conversations with nodes at once"}));
    const auto until = visit_.ports.steady_now() + patience;
    Work work{is_at_the_machine(visit_.request) ? Work::Kind::fleet_local : Work::Kind::fleet,
              [node = node_, relay = relay_, said, until, heard] {
                  if (relay->now() < until) *heard = node->take_turn(*said, until);
              },
              share_of(visit_.request, visit_.request.user),
              {}};
    const Resumption resumption = co_await visit_.talk.pause(std::move(work));
    if (resumption != Resumption::done)
        co_return std::unexpected(NodeConversation::Loss{false, "too many conversations with nodes at once"});
    co_return std::move(*heard);
}

relay::Open RelayedDialogue::opening() const {
    Result<Secret> hello = wire::encode(hello_of(visit_.request));
    return {.account = visit_.subject.known() ? visit_.known_name : visit_.request.user,
            .introduction = encode(introduction_of(visit_, answered_)),
            .hello = hello ? std::move(*hello) : Secret()};
}

// What a node has judged it has logged; here it is the line that tells who came in.
Ended RelayedDialogue::end(const wire::End& last) {
    proof_ = last.proof;
    if (visit_.request.purpose != Purpose::authenticate) return visit_.end_quietly(last.verdict);
    return visit_.end(last.verdict, "as a node of the fleet says");
}

// The account phase has nobody who reads.
Script<Ended> RelayedDialogue::unavailable(NodeConversation::Loss loss) {
    if (loss.host_is_not_known && visit_.request.purpose != Purpose::account)
        co_await visit_.talk.show_error(messages::host_is_not_known());
    co_return visit_.end(Verdict::unavailable, loss.why);
}

}  // namespace secondstep::dialogue
