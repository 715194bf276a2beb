#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <chrono>

#include "page/desk.h"
#include "page/site.h"

namespace secondstep::page {

// One connection: TLS, one request, one answer, the end. A browser makes a new one for its next request;
// nobody can hold one, or put a second request behind the first. Every step that makes no progress within
// `patience` ends it, and so does an error; neither is anybody's concern.
[[nodiscard]] boost::asio::awaitable<void> serve_connection(boost::asio::ip::tcp::socket socket,
                                                            boost::asio::ssl::context& tls, Site& site,
                                                            Desk& desk, std::chrono::milliseconds patience);

}  // namespace secondstep::page
