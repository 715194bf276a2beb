#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "secondstepd/limits.h"
#include "secondstepd/service_context.h"
#include "secondstepd/sign_of_life.h"

namespace secondstep::service {

class Lane;

// Accepts connections and runs their sessions on a fixed number of I/O threads.
// Each thread has a reactor of its own and keeps a connection from accept to its end:
// no wake-up of another thread lies on the way of a login.
class Server {
  public:
    // `listener` listens, does not block, and outlives the server. `watch` is fed while every I/O thread
    // lives and accepts connections.
    Server(int listener, unsigned threads, Limits& limits, ServiceContext& context,
           const LifeWatch& watch = {});
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    // As finish(). The workers have ended before: what they report comes to the threads that go here.
    ~Server();

    void start();

    // Stops accepting, ends the dialogues that wait for a person as unavailable, and returns when those that
    // work have their verdict stored and sent. Returns how many were ended.
    std::size_t finish();

  private:
    SignOfLife sign_of_life_;
    std::vector<std::unique_ptr<Lane>> lanes_;
};

}  // namespace secondstep::service
