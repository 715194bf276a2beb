#include "portals/page/tool_channel.h"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cstdint>
#include <string>

namespace secondstep::page {

namespace asio = boost::asio;
using boost::system::error_code;

ToolChannel::ToolChannel(asio::io_context& io, int line, Site& site)
    : line_(io, asio::local::stream_protocol(), line), changed_(io), site_(site) {
    changed_.expires_at(asio::steady_timer::time_point::max());
}

void ToolChannel::free() {
    changed_.cancel();
}

asio::awaitable<void> ToolChannel::until_changed() {
    error_code cancelled;
    co_await changed_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
}

asio::awaitable<void> ToolChannel::until_free() {
    while (site_.link_state().state(std::chrono::steady_clock::now()) == LinkState::State::judging)
        co_await until_changed();
}

asio::awaitable<void> ToolChannel::tell(FrameKind kind, ByteView content) {
    const auto head = encode({kind, static_cast<std::uint32_t>(content.size())});
    const std::array<asio::const_buffer, 2> both = {asio::buffer(head),
                                                    asio::buffer(content.data(), content.size())};
    while (writing_)
        co_await until_changed();
    writing_ = true;
    error_code gone;
    co_await asio::async_write(line_, both, asio::redirect_error(asio::use_awaitable, gone));
    writing_ = false;
    changed_.cancel();
}

asio::awaitable<std::optional<PictureVerdict>> ToolChannel::judge(ByteView picture) {
    site_.link_state().begin_judging();
    verdict_.reset();
    co_await tell(FrameKind::picture, picture);
    while (!verdict_ && !tool_is_gone_)
        co_await until_changed();
    std::optional<PictureVerdict> said = std::move(verdict_);
    verdict_.reset();
    co_return said;
}

asio::awaitable<bool> ToolChannel::read_verdict() {
    std::array<std::uint8_t, frame_head_size> bytes{};
    error_code gone;
    co_await asio::async_read(line_, asio::buffer(bytes), asio::redirect_error(asio::use_awaitable, gone));
    const std::optional<FrameHead> head = decode_frame_head(bytes);
    if (gone || !head || head->size > longest_sentence) co_return false;
    std::string text(head->size, '\0');
    co_await asio::async_read(line_, asio::buffer(text), asio::redirect_error(asio::use_awaitable, gone));
    if (gone) co_return false;
    verdict_ = PictureVerdict{head->kind == FrameKind::accepted, std::move(text)};
    co_return true;
}

asio::awaitable<void> ToolChannel::listen() {
    for (bool more = true; more;) {
        more = co_await read_verdict();
        tool_is_gone_ = !more;
        changed_.cancel();
    }
    site_.link_state().close(std::chrono::steady_clock::now());
}

}  // namespace secondstep::page
