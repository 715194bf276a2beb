#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dialogue/conversation/guest.h"
#include "dialogue/relayed/relayed_dialogue.h"
#include "relay/envelope.h"
#include "relay/line.h"
#include "unit/dialogue/login_world.h"

namespace secondstep::testing {

// One host (web01) and one node (auth1) with everything between them but sockets: what the host's relayed dialogue says
// goes, as the bytes of envelopes, to a dialogue of the node, which has the store.
class FleetOfTwo : public ::testing::Test {
  protected:
    FleetOfTwo();
    ~FleetOfTwo() override;

    // What goes wrong with an envelope of the host, in the order in which they are sent; then nothing does.
    enum class Fault { none, lost_on_the_way, answer_lost, no_node, all_down, timed_out, not_known };
    std::deque<Fault> faults;
    bool all_down = false;  // from now on, as the relay says
    // The relay of the host, whatever its nodes do. `hangs`: its socket stands, and nothing comes.
    enum class Relay {
        runs,
        is_not_there,
        hangs,
        ends_at_each_word,
        is_an_impostor,
        has_no_room,
        is_of_before
    };
    Relay own_relay = Relay::runs;
    std::chrono::milliseconds waited{0};  // for lines, altogether

    [[nodiscard]] dialogue::Request request(const std::string& user = "alice") const;
    Transcript log_in(const dialogue::Request& request, const std::vector<Typed>& answers);
    Transcript log_in(const std::vector<Typed>& answers) { return log_in(request(), answers); }
    [[nodiscard]] std::string code(int steps = 0) const { return node.code("alice", steps); }
    // What asks it while a conversation stands.
    [[nodiscard]] std::function<Result<std::optional<fleet::Host>>()> registry() const;
    [[nodiscard]] State& state() { return node.store->record("alice").state; }

    LoginWorld host;
    LoginWorld node;
    fleet::Host registered;                // web01, as the node's registry has it
    bool dropped = false;                  // since it was registered
    std::optional<Error> registry_error;   // nobody can read it
    std::vector<std::string> typed_there;  // what reached the node as typed
    std::vector<dialogue::Introduction> introductions;
    std::function<void()> while_the_node_waits;
    std::optional<relay::WriteId> same_write;  // a host that mints none: of all its answers
    Token proof{};                             // of the last conversation
    std::shared_ptr<dialogue::OwnRelay> to_the_relay;

  private:
    class NodeLine;
    [[nodiscard]] Result<std::unique_ptr<relay::Line>> open_line();
    // Time that passes while nothing comes.
    void wait_until(relay::Line::Time until);
};

}  // namespace secondstep::testing
