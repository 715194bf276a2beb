#include "secondstepd/server.h"

#include "secondstepd/lane.h"

namespace secondstep::service {

Server::Server(int listener, unsigned threads, Limits& limits, ServiceContext& context,
               const LifeWatch& watch)
    : sign_of_life_(threads, watch.feed) {
    for (unsigned i = 0; i < threads; ++i)
        lanes_.push_back(std::make_unique<Lane>(listener, limits, context, watch.every,
                                                [this, i] { sign_of_life_.show(i); }));
}

Server::~Server() {
    finish();
}

void Server::start() {
    for (const auto& lane : lanes_)
        lane->start();
}

std::size_t Server::finish() {
    for (const auto& lane : lanes_)
        lane->begin_end();
    std::size_t ended = 0;
    for (const auto& lane : lanes_)
        ended += lane->join();
    return ended;
}

}  // namespace secondstep::service
