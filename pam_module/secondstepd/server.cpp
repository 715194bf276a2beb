#include "secondstepd/server.h"

#include <exception>
#include <string>
#include <utility>

namespace secondstep::service {

namespace {

void report(SparingWarning& unusual, const std::exception& e) noexcept {
    try {
        unusual.warn(std::string("An error inside the service: ") + e.what());
    } catch (const std::exception&) {  // no memory for the words either
        return;
    }
}

}  // namespace

Server::Server(int listener, Limits& limits, ServiceContext& context, LifeWatch watch,
               std::optional<GuestsDoor> door)
    : loop_([&context](const std::exception& e) { report(context.unusual, e); }),
      sessions_(loop_, context),
      acceptor_(std::make_shared<Acceptor>(listener, limits, sessions_)),
      hosts_(door ? std::make_shared<HostsAcceptor>(door->listener, door->relay, door->desk, host_limits_,
                                                    sessions_)
                  : nullptr),
      teller_(std::make_shared<BreakGlassTeller>(context)),
      heart_(std::make_shared<Heartbeat>(loop_, std::move(watch), [this] {
          listen();
          teller_->look();
          sessions_.flush_journal();
      })) {}

// A session that has left may still be on a thread, which uses what is destroyed before the loop.
Server::~Server() {
    finish();
    while (!join(std::chrono::hours{1})) {
    }
}

void Server::start(unsigned threads) {
    // Nobody connects before listen().
    sessions_.lookups().have_threads(loop_.start(threads + static_cast<unsigned>(Lookups::most)));
    listen();
    heart_->start(heart_);
    teller_->look();
}

void Server::listen() {
    acceptor_->listen(acceptor_);
    if (hosts_) hosts_->listen(hosts_);
}

std::size_t Server::finish() {
    const std::size_t ended = loop_.end_all();
    sessions_.flush_journal();
    return ended;
}

}  // namespace secondstep::service
