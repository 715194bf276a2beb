#include "unit/dialogue/relayed/fleet_of_two.h"

#include <utility>

#include "dialogue/conversation/answer_times.h"
#include "dialogue/make_dialogue.h"
#include "wire/message.h"

namespace secondstep::testing {
namespace {

fleet::Host web01() {
    return {.name = "web01", .changes = fleet::HostClass::changes, .tag = {7, 7, 7}};
}

dialogue::Reply reply_of(wire::Answer answer) {
    switch (answer.kind) {
        case wire::AnswerKind::none:
            return dialogue::NoAnswer{};
        case wire::AnswerKind::too_long:
            return dialogue::OverlongAnswer{};
        case wire::AnswerKind::form:
            return dialogue::Form{std::move(answer.text)};
        case wire::AnswerKind::text:
            break;
    }
    return std::move(answer.text);
}

}  // namespace

// Runs the node's dialogue in the host's call.
class FleetOfTwo::NodeLine final : public relay::Line {
  public:
    explicit NodeLine(FleetOfTwo& fleet) : fleet_(fleet) {}

    Result<void> send(const relay::Envelope& envelope, Time) override {
        if (std::holds_alternative<relay::NodesAsked>(envelope)) return ask_the_relay();
        if (!relay_answers()) return {};
        said_.clear();
        const auto* const answer = std::get_if<relay::Answer>(&envelope);
        if (fleet_.own_relay == Relay::is_of_before && answer != nullptr && answer->left) return {};
        const Fault fault = next_fault();
        if (fault == Fault::lost_on_the_way) return fail(Errc::closed, "it broke");
        lost_ = std::nullopt;
        if (fault == Fault::no_node) {
            lost_ = relay::Lost{relay::Loss::no_node};
            return {};
        }
        if (fault == Fault::all_down) {
            lost_ = relay::Lost{relay::Loss::all_down};
            return {};
        }
        if (fault == Fault::not_known) {
            lost_ = relay::Lost{relay::Loss::not_known};
            return {};
        }
        if (fault == Fault::timed_out) {
            silent_ = true;
            return {};
        }
        // Through its bytes, as in life.
        const Result<Secret> bytes = relay::encode(envelope);
        if (!bytes) return std::unexpected(bytes.error());
        hear(*relay::decode(bytes->bytes()));
        if (fault == Fault::answer_lost) lost_ = relay::Lost{relay::Loss::connection};
        return {};
    }

    Result<relay::Envelope> receive(Time until) override {
        if (fleet_.own_relay == Relay::ends_at_each_word) return fail(Errc::closed, "it hung up");
        if (asked_itself_) return relay::NodesSeen{};
        if (silent_) {
            fleet_.wait_until(until);
            return fail(Errc::timed_out, "no node answers in time");
        }
        if (lost_) return *lost_;
        // The node worked meanwhile, and this host waited.
        const auto worked = std::exchange(worked_, std::chrono::milliseconds{0});
        if (fleet_.host.steady + worked > until) {
            fleet_.host.pass(std::chrono::ceil<std::chrono::milliseconds>(until - fleet_.host.steady));
            return fail(Errc::timed_out, "no node answers in time");
        }
        fleet_.host.pass(worked);
        if (said_.empty()) return fail(Errc::closed, "nothing was said");
        Secret packet = std::move(said_.front());
        said_.pop_front();
        return relay::Said{std::move(packet)};
    }

  private:
    // What it answers alone, also when it has no room for a conversation.
    Result<void> ask_the_relay() {
        asked_itself_ = fleet_.own_relay != Relay::hangs;
        silent_ = !asked_itself_;
        return {};
    }
    bool relay_answers() {
        silent_ = fleet_.own_relay == Relay::hangs || fleet_.own_relay == Relay::has_no_room;
        return !silent_ && fleet_.own_relay != Relay::ends_at_each_word;
    }
    Fault next_fault() {
        if (fleet_.faults.empty()) return fleet_.all_down ? Fault::all_down : Fault::none;
        const Fault fault = fleet_.faults.front();
        fleet_.faults.pop_front();
        return fault;
    }

    void hear(relay::Envelope envelope) {
        if (const auto* open = std::get_if<relay::Open>(&envelope)) return begin(*open);
        auto& answer = std::get<relay::Answer>(envelope);
        write_ = fleet_.same_write.value_or(answer.write);
        waits_until_ = fleet_.node.steady + answer.left.value_or(std::chrono::hours{1});
        wire::Message message = *wire::decode(answer.packet.bytes());
        auto& typed = std::get<wire::Answer>(message);
        fleet_.typed_there.emplace_back(typed.kind == wire::AnswerKind::text ? typed.text.text() : "-");
        run(dialogue_->answer(reply_of(std::move(typed))));
    }

    void begin(const relay::Open& open) {
        const Result<dialogue::Introduction> introduction = dialogue::decode_introduction(open.introduction);
        ASSERT_TRUE(introduction) << introduction.error().detail;
        fleet_.introductions.push_back(*introduction);
        const wire::Message message = *wire::decode(open.hello.bytes());
        const auto& hello = std::get<wire::Hello>(message);
        dialogue::Request request;
        request.purpose = hello.purpose;
        request.task = hello.task;
        request.caller = introduction->caller;
        request.uid = introduction->peer;
        request.user = hello.user;
        request.service = hello.service;
        request.rhost = hello.rhost;
        request.tty = hello.tty;
        request.first_factor_passed = hello.first_factor_passed;
        request.combined = hello.combined;
        request.enroll_in_account = hello.enroll_in_account;
        request.proof = hello.proof;
        request.guest = std::make_shared<const dialogue::Guest>(
            dialogue::Guest{fleet_.registered, *introduction, fleet_.registry()});
        dialogue::Ports ports = fleet_.node.ports();
        const dialogue::WriteUse use{hello.purpose, hello.task, hello.service};
        ports.write_ids = [this, use] { return *dialogue::write_id_at(fleet_.registered.name, use, write_); };
        ports.is_awaited = [this] {
            const auto heard = fleet_.node.steady + dialogue::answer_times::until_it_is_heard;
            return fleet_.node.is_awaited && heard < waits_until_;
        };
        dialogue_ = dialogue::make_dialogue(std::move(ports), std::move(request));
        run(dialogue_->begin());
    }

    void run(dialogue::Step step) {
        for (;;) {
            if (auto* show = std::get_if<dialogue::Show>(&step)) {
                const auto style =
                    show->style == dialogue::Show::Style::error ? wire::Style::error : wire::Style::info;
                say(wire::Show{style, std::move(show->text)});
                step = dialogue_->resume(dialogue::Resumption::done);
            } else if (const auto* ask = std::get_if<dialogue::Ask>(&step)) {
                if (background_) std::exchange(background_, nullptr)();
                return say(wire::Ask{ask->echo, ask->text, ask->combined_length});
            } else if (const auto* end = std::get_if<dialogue::End>(&step)) {
                fleet_.proof = end->proof;
                return say(wire::End{end->verdict, end->proof});
            } else if (const auto* work = std::get_if<dialogue::Work>(&step)) {
                work->job();
                step = dialogue_->resume(dialogue::Resumption::done);
            } else if (auto* background = std::get_if<dialogue::Background>(&step)) {
                background_ = std::move(background->job);
                step = dialogue_->resume(dialogue::Resumption::done);
            } else {
                const auto time = std::get<dialogue::Wait>(step).time;
                worked_ += time;
                fleet_.node.pass(time);
                if (fleet_.while_the_node_waits) fleet_.while_the_node_waits();
                step = dialogue_->resume(dialogue::Resumption::done);
            }
        }
    }

    void say(const wire::Message& message) { said_.push_back(*wire::encode(message)); }

    FleetOfTwo& fleet_;
    std::unique_ptr<dialogue::Dialogue> dialogue_;
    std::function<void()> background_;
    relay::WriteId write_{};
    relay::Line::Time waits_until_ = relay::Line::Time::max();  // of the latest answer, by the node's clock
    std::deque<Secret> said_;
    std::optional<relay::Lost> lost_;
    std::chrono::milliseconds worked_{0};  // the node, for what it says next
    bool silent_ = false;
    bool asked_itself_ = false;
};

FleetOfTwo::FleetOfTwo()
    : registered(web01()),
      to_the_relay(std::make_shared<dialogue::OwnRelay>([this](auto) { return open_line(); },
                                                        [this] { return host.steady; })) {
    host.add_person("alice", 1000);
    node.add_person("alice", 1000);
    node.enroll("alice", 1000);
}

FleetOfTwo::~FleetOfTwo() = default;

std::function<Result<std::optional<fleet::Host>>()> FleetOfTwo::registry() const {
    return [this]() -> Result<std::optional<fleet::Host>> {
        if (registry_error) return std::unexpected(*registry_error);
        return dropped ? std::nullopt : std::optional(registered);
    };
}

dialogue::Request FleetOfTwo::request(const std::string& user) const {
    dialogue::Request request = host.request(user);
    request.rhost = "192.0.2.7";
    request.service = "sshd";
    request.first_factor_passed = true;
    return request;
}

Result<std::unique_ptr<relay::Line>> FleetOfTwo::open_line() {
    if (own_relay == Relay::is_not_there) return fail(Errc::unreachable, "nobody listens on relay.sock");
    if (own_relay == Relay::is_an_impostor) return fail(Errc::untrusted, "uid 1000 listens on relay.sock");
    return std::make_unique<NodeLine>(*this);
}

void FleetOfTwo::wait_until(relay::Line::Time until) {
    const auto time = std::chrono::ceil<std::chrono::milliseconds>(until - host.steady);
    waited += time;
    host.pass(time);
    node.pass(time);
}

Transcript FleetOfTwo::log_in(const dialogue::Request& request, const std::vector<Typed>& answers) {
    dialogue::RelayedDialogue dialogue(host.ports(), request, to_the_relay);
    return host.run(dialogue, answers);
}

}  // namespace secondstep::testing
