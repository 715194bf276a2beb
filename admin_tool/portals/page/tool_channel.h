#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <optional>

#include "base/bytes.h"
#include "portals/page/frame.h"
#include "portals/page/picture_verdict.h"
#include "portals/page/site.h"

namespace secondstep::page {

// The page's end of its line to the tool. One picture at a time is looked at; who has another one waits.
class ToolChannel {
  public:
    ToolChannel(boost::asio::io_context& io, int line, Site& site);

    // Reads what the tool says, until it is gone; then closes the link and returns.
    [[nodiscard]] boost::asio::awaitable<void> listen();

    // Returns when no picture is being looked at.
    [[nodiscard]] boost::asio::awaitable<void> until_free();
    // Shows the tool a picture, which must stay where it is. Returns nullopt if the tool is gone.
    [[nodiscard]] boost::asio::awaitable<std::optional<PictureVerdict>> judge(ByteView picture);
    // Wakes those who wait: the picture was dealt with.
    void free();

    // Tells the tool something, after what is being told it already. An error means that it is gone, which
    // listen() finds out too.
    [[nodiscard]] boost::asio::awaitable<void> tell(FrameKind kind, ByteView content);

    [[nodiscard]] bool tool_is_gone() const { return tool_is_gone_; }

  private:
    [[nodiscard]] boost::asio::awaitable<bool> read_verdict();
    [[nodiscard]] boost::asio::awaitable<void> until_changed();

    boost::asio::local::stream_protocol::socket line_;
    boost::asio::steady_timer changed_;  // never runs out; cancelled when something has changed
    Site& site_;
    std::optional<PictureVerdict> verdict_;
    bool writing_ = false;
    bool tool_is_gone_ = false;
};

}  // namespace secondstep::page
