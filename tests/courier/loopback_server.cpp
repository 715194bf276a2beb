#include "courier/loopback_server.h"

#include <netinet/in.h>
#include <openssl/pem.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>

#include "base/clock.h"

namespace secondstep::testing {

namespace {

std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_of(const page::Certificate& certificate) {
    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_server_method()),
                                                              &SSL_CTX_free);
    const auto memory = [](std::string_view text) {
        return BIO_new_mem_buf(text.data(), static_cast<int>(text.size()));
    };
    BIO* const chain = memory(certificate.chain);
    BIO* const key = memory(certificate.key.text());
    X509* const own = PEM_read_bio_X509(chain, nullptr, nullptr, nullptr);
    EVP_PKEY* const pair = PEM_read_bio_PrivateKey(key, nullptr, nullptr, nullptr);
    const bool good =
        SSL_CTX_use_certificate(context.get(), own) == 1 && SSL_CTX_use_PrivateKey(context.get(), pair) == 1;
    X509_free(own);
    EVP_PKEY_free(pair);
    BIO_free(chain);
    BIO_free(key);
    if (!good) throw std::runtime_error("the server's certificate");
    return context;
}

}  // namespace

LoopbackServer::LoopbackServer(const std::vector<std::string>& names, Speech speech)
    : certificate_(std::move(*page::make_certificate(names, SystemClock().now()))),
      speech_(std::move(speech)),
      listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    ::signal(SIGPIPE, SIG_IGN);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_.get(), any, size) != 0 || ::listen(listener_.get(), 16) != 0 ||
        ::getsockname(listener_.get(), any, &size) != 0)
        throw std::runtime_error("bind");
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
}

LoopbackServer::~LoopbackServer() {
    over_ = true;
    ::shutdown(listener_.get(), SHUT_RDWR);  // wakes accept(2)
    thread_.join();
}

std::string LoopbackServer::heard() {
    const std::lock_guard guard(mutex_);
    return heard_;
}

void LoopbackServer::serve() {
    while (!over_) {
        UniqueFd socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (!socket.valid()) continue;
        ++connections_;
        const timeval patience{.tv_sec = 20, .tv_usec = 0};
        ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
        Line line(*this, std::move(socket));
        speech_(line);
    }
}

bool LoopbackServer::Line::start_tls() {
    const auto context = context_of(server_.certificate_);
    ssl_.reset(SSL_new(context.get()));
    SSL_set_fd(ssl_.get(), socket_.get());
    return SSL_accept(ssl_.get()) == 1;
}

void LoopbackServer::Line::say(std::string_view text) {
    if (ssl_) {
        SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size()));
    } else {
        static_cast<void>(!::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL));
    }
}

std::optional<char> LoopbackServer::Line::hear_one() {
    char c = 0;
    const ssize_t size = ssl_ ? SSL_read(ssl_.get(), &c, 1) : ::recv(socket_.get(), &c, 1, 0);
    if (size <= 0) return std::nullopt;
    const std::lock_guard guard(server_.mutex_);
    server_.heard_ += c;
    return c;
}

std::optional<std::string> LoopbackServer::Line::hear() {
    std::string line;
    for (auto c = hear_one(); c; c = hear_one()) {
        if (*c == '\n') return line;
        if (*c != '\r') line += *c;
    }
    return std::nullopt;
}

void LoopbackServer::Line::pass_over(std::size_t bytes) {
    while (bytes > 0 && hear_one())
        --bytes;
}

}  // namespace secondstep::testing
