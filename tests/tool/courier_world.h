#pragma once

#include <chrono>
#include <memory>
#include <semaphore>
#include <string>
#include <utility>
#include <vector>

#include "delivery/message.h"
#include "support/fake_courier.h"
#include "tool_world.h"

namespace secondstep::testing {

// A tool that may send messages, and a courier that answers as a test wants.
class CourierWorld : public ToolWorld {
  protected:
    CourierWorld() {
        configure();
        set_up();
    }
    void configure(const std::string& more = "") {
        write_config("courier_socket = " + file("courier.sock") + "\ncontact = extension 17\n" + more);
    }
    void start_courier(FakeCourier::Answer answer) {
        courier_ = std::make_unique<FakeCourier>(file("courier.sock"),
                                                 [this, answer = std::move(answer)](int number, int fd) {
                                                     arrived_.release();
                                                     answer(number, fd);
                                                 });
    }
    // Takes messages over and says nothing, until who sent them has gone.
    void start_silent_courier() {
        start_courier([](int, int fd) {
            char nothing = 0;
            static_cast<void>(::recv(fd, &nothing, sizeof(nothing), 0));
        });
    }
    void start_courier(const std::string& line = "sent") { start_courier(FakeCourier::saying(line)); }

    // One that was not waited for yet.
    [[nodiscard]] bool wait_for_message() { return arrived_.try_acquire_for(std::chrono::seconds(180)); }

    [[nodiscard]] std::vector<delivery::Message> messages() const {
        std::vector<delivery::Message> all;
        if (courier_ == nullptr) return all;
        for (const Bytes& packet : courier_->packets()) {
            auto message = delivery::decode_message(packet);
            if (message) all.push_back(std::move(*message));
        }
        return all;
    }
    [[nodiscard]] std::vector<delivery::Message> messages(delivery::MessagePurpose purpose) const {
        std::vector<delivery::Message> all = messages();
        std::erase_if(all, [purpose](const auto& message) { return message.purpose != purpose; });
        return all;
    }
    [[nodiscard]] std::vector<std::string> recipients(delivery::MessagePurpose purpose) const {
        std::vector<std::string> all;
        for (const auto& message : messages(purpose))
            all.push_back(message.to.text());
        return all;
    }
    [[nodiscard]] std::string last_code() const {
        const auto codes = messages(delivery::MessagePurpose::code);
        return codes.empty() ? "" : std::string(codes.back().code.text());
    }

    std::counting_semaphore<> arrived_{0};
    std::unique_ptr<FakeCourier> courier_;
};

}  // namespace secondstep::testing
