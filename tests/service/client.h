#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/verdict.h"
#include "wire/message.h"

namespace secondstep::testing {

[[nodiscard]] wire::Hello hello_for(const std::string& user, const std::string& service = "sshd",
                                    const std::string& rhost = "192.0.2.7");

// The other end of a dialogue, without any of the module's manners. Throws std::runtime_error when a message
// does not come within 20 seconds or the service hangs up.
class Client {
  public:
    explicit Client(const std::string& socket_path);
    explicit Client(UniqueFd connected) : fd_(std::move(connected)) {}

    void send(const wire::Message& message);
    void send_bytes(std::string_view packet);
    [[nodiscard]] wire::Message receive();
    // receive() has another message of the last packet.
    [[nodiscard]] bool has_unread() const { return given_ < packet_.size(); }
    // How often the service woke it.
    [[nodiscard]] int packets() const { return packets_; }
    // From now on it says everything in this version of the protocol.
    void speaks(std::uint8_t version) { version_ = version; }
    // Waits until the service closes, passing over what it still sends. False: not within 20 seconds.
    [[nodiscard]] bool hangs_up();
    // The same, and nothing was said before.
    [[nodiscard]] bool hangs_up_without_a_word();
    [[nodiscard]] int fd() const { return fd_.get(); }

    // Receives up to the next question (its text), or to the end (nothing; see verdict()).
    [[nodiscard]] bool next_question();
    void answer(std::string_view text);
    void answer_nothing();
    // Answers each question with the next of `answers`, then with nothing.
    Verdict log_in(const wire::Hello& hello, const std::vector<std::string>& answers);
    [[nodiscard]] Verdict verdict() const { return verdict_; }
    // What the end brought along.
    [[nodiscard]] const Token& proof() const { return proof_; }
    // The version of the last message.
    [[nodiscard]] std::uint8_t heard_version() const { return heard_version_; }
    [[nodiscard]] const std::vector<std::string>& shown() const { return shown_; }

  private:
    UniqueFd fd_;
    Verdict verdict_ = Verdict::misconfigured;
    Token proof_;
    std::uint8_t version_ = wire::protocol_version;
    std::uint8_t heard_version_ = 0;
    std::vector<wire::Message> packet_;
    std::size_t given_ = 0;
    int packets_ = 0;
    std::vector<std::string> shown_;
};

// Connected or not: errno of connect(2), or 0.
[[nodiscard]] int try_connect(const std::string& socket_path);

// Runs `work` in a child process and returns what it returned (0 to 250); 251 when it threw.
[[nodiscard]] int in_child(const std::function<int()>& work);
// The same with all ids `uid` (and the group of the same number): the test must be root.
[[nodiscard]] int in_child_as(uid_t uid, const std::function<int()>& work);

}  // namespace secondstep::testing
