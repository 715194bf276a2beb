#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <chrono>
#include <functional>
#include <memory>

#include "portals/page/site.h"
#include "portals/page/tool_channel.h"

namespace secondstep::page {

struct ConnectionBounds {
    std::chrono::milliseconds patience;  // with one step that does not come to its end
    std::chrono::milliseconds life;      // of the whole
    std::chrono::milliseconds farewell;  // with who has an answer, and does not hang up
};

// One connection: TLS, one request, one answer, the end. A browser makes a new one for its next request;
// nobody can hold one, or put a second request behind the first. Every step that takes longer than `patience`
// ends it, and so does an error, or its life: only an upload that makes progress, of somebody who has shown
// the link, may take longer. None of it is anybody's concern.
class Connection {
  public:
    Connection() = default;
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    virtual ~Connection() = default;

    // Calls `shows_link` once, when it has.
    [[nodiscard]] virtual boost::asio::awaitable<void> run(std::function<void()> shows_link) = 0;
    virtual void hang_up() = 0;
};

[[nodiscard]] std::unique_ptr<Connection> make_connection(boost::asio::ip::tcp::socket socket,
                                                          boost::asio::ssl::context& tls, Site& site,
                                                          ToolChannel& channel,
                                                          const ConnectionBounds& bounds);

}  // namespace secondstep::page
