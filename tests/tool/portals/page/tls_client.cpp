#include "tls_client.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <stdexcept>

#include "base/text.h"

namespace secondstep::testing {

UniqueFd connect_to(std::uint16_t port, const std::string& from) {
    ::signal(SIGPIPE, SIG_IGN);
    UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    sockaddr_in own{};
    own.sin_family = AF_INET;
    ::inet_pton(AF_INET, from.c_str(), &own.sin_addr);
    if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&own), sizeof(own)) != 0)
        throw std::runtime_error("bind " + from);
    const timeval patience{.tv_sec = 20, .tv_usec = 0};
    ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0)
        throw std::runtime_error("connect");
    return socket;
}

bool is_hung_up(int socket) {
    std::array<char, 1> byte{};
    const ssize_t size = ::recv(socket, byte.data(), byte.size(), 0);
    if (size < 0 && errno == EAGAIN) throw std::runtime_error("it is still there after 20 s");
    return size == 0 || (size < 0 && errno == ECONNRESET);
}

std::string Response::header(const std::string& name) const {
    const std::string all = lowercase_ascii(head);
    const std::string line = "\r\n" + lowercase_ascii(name) + ": ";
    const std::size_t at = all.find(line);
    if (at == std::string::npos) return {};
    const std::size_t begin = at + line.size();
    return head.substr(begin, head.find("\r\n", begin) - begin);
}

TlsClient::TlsClient(std::uint16_t port, int newest_version, const std::string& from)
    : context_(SSL_CTX_new(TLS_client_method())), socket_(connect_to(port, from)) {
    if (newest_version != 0) {
        SSL_CTX_set_max_proto_version(context_.get(), newest_version);
        SSL_CTX_set_min_proto_version(context_.get(), newest_version);
        SSL_CTX_set_security_level(context_.get(), 0);
    }
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_fd(ssl_.get(), socket_.get());
    ERR_clear_error();
    if (SSL_connect(ssl_.get()) != 1) throw std::runtime_error("no handshake");
}

bool TlsClient::try_send(std::string_view bytes) {
    ERR_clear_error();
    return SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())) ==
           static_cast<int>(bytes.size());
}

void TlsClient::send(std::string_view bytes) {
    if (!try_send(bytes)) throw std::runtime_error("the page has hung up");
}

std::string TlsClient::read_some() {
    std::array<char, 16384> piece{};
    ERR_clear_error();
    const int size = SSL_read(ssl_.get(), piece.data(), static_cast<int>(piece.size()));
    return {piece.data(), static_cast<std::size_t>(size > 0 ? size : 0)};
}

bool TlsClient::is_reset() {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (try_send("x")) {
        if (std::chrono::steady_clock::now() > end) return false;
        ::usleep(5000);
    }
    return true;
}

std::string TlsClient::read_to_end() {
    std::string all;
    std::array<char, 16384> piece{};
    for (;;) {
        ERR_clear_error();
        const int size = SSL_read(ssl_.get(), piece.data(), static_cast<int>(piece.size()));
        if (size <= 0 && SSL_get_error(ssl_.get(), size) == SSL_ERROR_WANT_READ)  // SO_RCVTIMEO
            throw std::runtime_error("no answer in 20 s; so far:\n" + all);
        if (size <= 0) return all;
        all.append(piece.data(), static_cast<std::size_t>(size));
    }
}

Response TlsClient::response() {
    const std::string all = read_to_end();
    const std::size_t end = all.find("\r\n\r\n");
    Response response;
    if (!all.starts_with("HTTP/1.") || end == std::string::npos) return response;
    response.status = parse_number<int>(std::string_view(all).substr(9, 3)).value_or(0);
    response.head = all.substr(0, end + 2);
    response.body = all.substr(end + 4);
    return response;
}

std::string TlsClient::fingerprint() const {
    std::array<unsigned char, 32> digest{};
    unsigned size = 0;
    X509* const certificate = SSL_get1_peer_certificate(ssl_.get());
    X509_digest(certificate, EVP_sha256(), digest.data(), &size);
    X509_free(certificate);
    return hex(digest);
}

std::string TlsClient::version() const {
    return SSL_get_version(ssl_.get());
}

}  // namespace secondstep::testing
