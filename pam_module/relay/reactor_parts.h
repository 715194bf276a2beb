#pragma once

#include <boost/asio/io_context.hpp>

#include "relay/reactor.h"

namespace secondstep::relay {

struct Reactor::Parts {
    boost::asio::io_context io{1};
};

}  // namespace secondstep::relay
