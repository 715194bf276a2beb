#include "portals/page/desk.h"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <string>

namespace secondstep::page {

namespace asio = boost::asio;
using boost::system::error_code;

Desk::Desk(asio::io_context& io, int line, Site& site)
    : line_(io, asio::local::stream_protocol(), line), changed_(io), site_(site) {
    changed_.expires_at(asio::steady_timer::time_point::max());
}

void Desk::free() {
    changed_.cancel();
}

asio::awaitable<void> Desk::until_changed() {
    error_code cancelled;
    co_await changed_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
}

asio::awaitable<void> Desk::until_free() {
    while (site_.gate().state(std::chrono::steady_clock::now()) == Gate::State::judging)
        co_await until_changed();
}

asio::awaitable<void> Desk::tell(FrameKind kind, ByteView content) {
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

asio::awaitable<std::optional<Judgement>> Desk::judge(ByteView picture) {
    site_.gate().begin_judging();
    judgement_.reset();
    co_await tell(FrameKind::picture, picture);
    while (!judgement_ && !tool_is_gone_)
        co_await until_changed();
    std::optional<Judgement> said = std::move(judgement_);
    judgement_.reset();
    co_return said;
}

asio::awaitable<bool> Desk::read_judgement() {
    std::array<std::uint8_t, frame_head_size> bytes{};
    error_code gone;
    co_await asio::async_read(line_, asio::buffer(bytes), asio::redirect_error(asio::use_awaitable, gone));
    const std::optional<FrameHead> head = decode_frame_head(bytes);
    if (gone || !head || head->size > longest_sentence) co_return false;
    std::string text(head->size, '\0');
    co_await asio::async_read(line_, asio::buffer(text), asio::redirect_error(asio::use_awaitable, gone));
    if (gone) co_return false;
    judgement_ = Judgement{head->kind == FrameKind::accepted, std::move(text)};
    co_return true;
}

asio::awaitable<void> Desk::listen() {
    for (bool more = true; more;) {
        more = co_await read_judgement();
        tool_is_gone_ = !more;
        changed_.cancel();
    }
    site_.gate().close(std::chrono::steady_clock::now());
}

}  // namespace secondstep::page
