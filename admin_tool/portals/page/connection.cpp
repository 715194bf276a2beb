#include "portals/page/connection.h"

#include <algorithm>
#include <array>
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/read_size.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstdint>
#include <string>

#include "portals/page/multipart.h"
#include "portals/page/tls_stream.h"

namespace secondstep::page {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using std::chrono::steady_clock;

namespace {

constexpr std::uint32_t longest_head = 8192;
constexpr std::size_t piece_size = std::size_t{64} * 1024;
constexpr std::size_t most_body = most_picture_bytes + longest_frame;
// What is still read of an upload that was refused, so that the browser gets to read why: one that is told
// before it has sent everything, and then finds the connection reset, shows an error of its own. Only of who
// has shown the link: what strangers send is not taken. Twice a picture, because a program that sends all of
// it before it reads would else be told only if it is faster than we are.
constexpr std::size_t most_drained = 2 * most_picture_bytes;

std::string_view text_of(beast::string_view text) {
    return {text.data(), text.size()};
}

void set_headers(http::fields& fields) {
    fields.set(http::field::content_type, "text/html; charset=utf-8");
    fields.set(http::field::cache_control, "no-store");
    fields.set("Content-Security-Policy", content_security_policy());
    fields.set("X-Content-Type-Options", "nosniff");
    // Not no-referrer: under it browsers send "Origin: null" with our own form. No other place gets the link.
    fields.set("Referrer-Policy", "same-origin");
    fields.set("Permissions-Policy", "camera=(), microphone=(), geolocation=()");
    fields.set("Cross-Origin-Opener-Policy", "same-origin");
    fields.set("Cross-Origin-Resource-Policy", "same-origin");
    fields.set("X-Robots-Tag", "noindex, nofollow");
    // No Strict-Transport-Security: it would bind every other service under this host's name, on all ports.
}

std::string written(http::response<http::string_body>& response) {
    http::response_serializer<http::string_body> serializer(response);
    std::string all;
    error_code error;
    while (!error && !serializer.is_done()) {
        std::size_t size = 0;
        serializer.next(error, [&all, &size](const error_code&, const auto& buffers) {
            for (const asio::const_buffer part : beast::buffers_range_ref(buffers)) {
                all.append(static_cast<const char*>(part.data()), part.size());
                size += part.size();
            }
        });
        serializer.consume(size);
    }
    if (error) throw boost::system::system_error(error);
    return all;
}

class TlsConnection final : public Connection {
  public:
    TlsConnection(asio::ip::tcp::socket socket, asio::ssl::context& tls, Site& site, ToolChannel& channel,
                  const ConnectionBounds& bounds)
        : stream_(std::move(socket), tls),
          site_(site),
          channel_(channel),
          bounds_(bounds),
          end_of_life_(steady_clock::now() + bounds.life) {
        parser_.header_limit(longest_head);
        parser_.body_limit(most_body);
    }

    asio::awaitable<void> run(std::function<void()> shows_link) override {
        shows_link_ = std::move(shows_link);
        expect_an_end_within(bounds_.patience);
        co_await stream_.shake_hands();
        const Reply reply = co_await answer();
        co_await send(reply);
        co_await end();
    }

    void hang_up() override { stream_.hang_up(); }

  private:
    // One step, and not beyond the end of the whole life.
    void expect_an_end_within(std::chrono::milliseconds time) {
        stream_.expires_at(std::min(steady_clock::now() + time, end_of_life_));
    }
    // An upload whose path was right: as long as something comes.
    void expect_progress() {
        end_of_life_ = std::max(end_of_life_, steady_clock::now() + bounds_.patience);
        expect_an_end_within(bounds_.patience);
    }

    void look_for_the_link() {
        knows_link_ = site_.is_shown_the_link(head());
        if (knows_link_ && shows_link_) shows_link_();
    }

    [[nodiscard]] RequestHead head() const {
        const auto& request = parser_.get();
        return {.method = text_of(request.method_string()),
                .target = text_of(request.target()),
                .host = text_of(request[http::field::host]),
                .origin = text_of(request[http::field::origin]),
                .fetch_site = text_of(request["Sec-Fetch-Site"])};
    }

    asio::awaitable<Reply> answer() {
        expect_an_end_within(bounds_.patience);
        const error_code error = co_await read_head();
        if (!error || error == http::error::body_limit) look_for_the_link();
        if (error == http::error::body_limit) co_return site_.answer_too_large(head(), steady_clock::now());
        if (error.category() == http::make_error_code(http::error::bad_method).category() &&
            error != http::error::end_of_stream && error != http::error::partial_message)
            co_return bad_request();
        if (error) throw boost::system::system_error(error);
        std::optional<Reply> answered = site_.answer(head(), steady_clock::now());
        if (answered) co_return std::move(*answered);
        co_await go_on_if_asked();
        if (!co_await read_body()) co_return site_.answer_too_large(head(), steady_clock::now());
        const Reply reply = co_await answer_upload();
        co_return reply;
    }

    asio::awaitable<error_code> read_head() {
        error_code error;
        while (!error && !parser_.is_header_done())
            error = co_await read_on();
        co_return error;
    }

    // What the parser makes of the next piece, as http::async_read_some does it.
    asio::awaitable<error_code> read_on() {
        error_code error = buffer_.size() > 0 ? parse() : http::error::need_more;
        while (error == http::error::need_more) {
            const std::size_t most = beast::read_size(buffer_, piece_size);
            if (most == 0) co_return error_code(http::error::buffer_overflow);
            const TlsStream::Piece read = co_await stream_.read_some(buffer_.prepare(most));
            buffer_.commit(read.size);
            if (read.error == asio::error::eof) co_return end_of_input();
            if (read.error) co_return read.error;
            error = parse();
        }
        co_return error;
    }

    error_code parse() {
        error_code error;
        buffer_.consume(parser_.put(buffer_.data(), error));
        return error;
    }

    error_code end_of_input() {
        if (!parser_.got_some()) return http::error::end_of_stream;
        error_code error;
        parser_.put_eof(error);
        return error;
    }

    // RFC 9110 section 10.1.1: curl waits for it.
    asio::awaitable<void> go_on_if_asked() {
        if (!beast::iequals(parser_.get()[http::field::expect], "100-continue")) co_return;
        constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
        co_await stream_.write(asio::buffer(go_on));
    }

    // Into body_; false: it is over the bound.
    asio::awaitable<bool> read_body() {
        Secret piece(piece_size);
        while (!parser_.is_done()) {
            auto& into = parser_.get().body();
            into.data = piece.bytes().data();
            into.size = piece.size();
            expect_progress();
            const error_code error = co_await read_on();
            body_.append(ByteView(piece.bytes()).first(piece.size() - into.size));
            if (error == http::error::body_limit) co_return false;
            if (error && error != http::error::need_buffer) throw boost::system::system_error(error);
        }
        read_it_all_ = true;
        co_return true;
    }

    asio::awaitable<Reply> answer_upload() {
        co_await channel_.until_free();
        std::optional<Reply> ended = site_.answer_if_ended(steady_clock::now());
        if (ended) co_return std::move(*ended);
        const auto picture = site_.picture(text_of(parser_.get()[http::field::content_type]), body_.bytes(),
                                           steady_clock::now());
        if (!picture) co_return picture.error();
        if (picture->size() > most_picture_bytes)
            co_return site_.answer_too_large(head(), steady_clock::now());
        const std::optional<PictureVerdict> said = co_await channel_.judge(*picture);
        body_.wipe();
        Reply reply = site_.answer_judged(said, steady_clock::now());
        channel_.free();
        co_return reply;
    }

    asio::awaitable<void> send(const Reply& reply) {
        const unsigned version = parser_.is_header_done() ? parser_.get().version() : 11;
        http::response<http::string_body> response(static_cast<http::status>(reply.status), version);
        set_headers(response);
        response.keep_alive(false);
        response.content_length(reply.html.size());
        if (parser_.get().method() != http::verb::head) response.body() = reply.html;
        // A picture may have been looked at for longer than a connection lives.
        if (read_it_all_) end_of_life_ = std::max(end_of_life_, steady_clock::now() + bounds_.patience);
        expect_an_end_within(bounds_.patience);
        const std::string all = written(response);
        co_await stream_.write(asio::buffer(all));
    }

    asio::awaitable<void> end() {
        const bool all_is_read = read_it_all_ || parser_.is_done();
        expect_an_end_within(bounds_.farewell);
        if (all_is_read) {
            co_await stream_.say_goodbye();
        } else if (knows_link_) {
            co_await drain();
        } else {
            stream_.stop_sending();
        }
    }

    // Below TLS: nobody looks at it, so it needs not be deciphered.
    asio::awaitable<void> drain() {
        stream_.stop_sending();
        std::array<std::uint8_t, 16384> piece{};
        error_code error;
        for (std::size_t drained = 0; !error && drained < most_drained;) {
            const TlsStream::Piece read = co_await stream_.read_undeciphered(asio::buffer(piece));
            drained += read.size;
            error = read.error;
        }
    }

    TlsStream stream_;
    Site& site_;
    ToolChannel& channel_;
    const ConnectionBounds bounds_;
    steady_clock::time_point end_of_life_;
    std::function<void()> shows_link_;
    beast::flat_buffer buffer_{piece_size};
    http::request_parser<http::buffer_body> parser_;
    Secret body_;
    bool knows_link_ = false;
    bool read_it_all_ = false;
};

}  // namespace

std::unique_ptr<Connection> make_connection(asio::ip::tcp::socket socket, asio::ssl::context& tls, Site& site,
                                            ToolChannel& channel, const ConnectionBounds& bounds) {
    return std::make_unique<TlsConnection>(std::move(socket), tls, site, channel, bounds);
}

}  // namespace secondstep::page
