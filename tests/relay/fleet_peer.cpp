#include "relay/fleet_peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <csignal>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace secondstep::testing {
namespace {

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
}

std::string with_length(const std::string& name) {
    return static_cast<char>(name.size()) + name;
}

// The one that it speaks, if it is offered.
int choose(SSL*, const unsigned char** out, unsigned char* size, const unsigned char* offered,
           unsigned offered_size, void* protocol) {
    const std::string wanted = with_length(*static_cast<const std::string*>(protocol));
    const std::string_view list(reinterpret_cast<const char*>(offered), offered_size);
    const std::size_t at = list.find(wanted);
    if (at == std::string_view::npos) return SSL_TLSEXT_ERR_ALERT_FATAL;
    *size = offered[at];
    *out = offered + at + 1;
    return SSL_TLSEXT_ERR_OK;
}

}  // namespace

void FleetPeer::prepare(const std::optional<FleetAuthority::Issued>& own, const SSL_METHOD* method) {
    ::signal(SIGPIPE, SIG_IGN);
    context_.reset(SSL_CTX_new(method));
    SSL_CTX_set_num_tickets(context_.get(), 0);
    if (!own) return;
    BIO* const certificate =
        BIO_new_mem_buf(own->certificate.data(), static_cast<int>(own->certificate.size()));
    BIO* const key = BIO_new_mem_buf(own->key.data(), static_cast<int>(own->key.size()));
    X509* const read = PEM_read_bio_X509(certificate, nullptr, nullptr, nullptr);
    EVP_PKEY* const read_key = PEM_read_bio_PrivateKey(key, nullptr, nullptr, nullptr);
    if (SSL_CTX_use_certificate(context_.get(), read) != 1 ||
        SSL_CTX_use_PrivateKey(context_.get(), read_key) != 1)
        throw std::runtime_error("certificate");
    X509_free(read);
    EVP_PKEY_free(read_key);
    BIO_free(certificate);
    BIO_free(key);
}

FleetPeer::FleetPeer(std::uint16_t port, const Shown& shown) : socket_(connect_to_loopback(port)) {
    prepare(shown.own, TLS_client_method());
    SSL_CTX_set_max_proto_version(context_.get(), shown.version);
    const timeval patience{.tv_sec = 20, .tv_usec = 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    ssl_.reset(SSL_new(context_.get()));
    std::string list;
    for (const std::string& name : shown.protocols)
        list += with_length(name);
    if (!list.empty())
        SSL_set_alpn_protos(ssl_.get(), as_bytes(list).data(), static_cast<unsigned>(list.size()));
    SSL_set_fd(ssl_.get(), socket_.get());
    shook_hands_ = SSL_connect(ssl_.get()) == 1;
}

FleetPeer::FleetPeer(UniqueFd accepted, const FleetAuthority::Issued& own, const std::string&,
                     std::string protocol)
    : protocol_(std::move(protocol)), socket_(std::move(accepted)) {
    prepare(own, TLS_server_method());
    const timeval patience{.tv_sec = 20, .tv_usec = 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    SSL_CTX_set_alpn_select_cb(context_.get(), choose, &protocol_);
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_fd(ssl_.get(), socket_.get());
    shook_hands_ = SSL_accept(ssl_.get()) == 1;
}

std::string FleetPeer::protocol() const {
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(ssl_.get(), &name, &size);
    return {reinterpret_cast<const char*>(name), size};
}

std::array<std::uint8_t, 32> FleetPeer::peer_fingerprint() const {
    std::array<std::uint8_t, 32> digest{};
    X509* const shown = SSL_get1_peer_certificate(ssl_.get());
    unsigned size = 0;
    if (shown != nullptr) X509_digest(shown, EVP_sha256(), digest.data(), &size);
    X509_free(shown);
    return digest;
}

void FleetPeer::send(const relay::Frame& frame) {
    Secret bytes;
    relay::append(bytes, frame);
    send_bytes(bytes.bytes());
}

void FleetPeer::send_bytes(ByteView bytes) {
    ERR_clear_error();
    static_cast<void>(SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())));
}

std::optional<relay::Frame> FleetPeer::receive() {
    for (;;) {
        auto taken = relay::take(buffer_.bytes());
        if (!taken) throw std::runtime_error("a damaged frame came");
        if (*taken) {
            buffer_ = Secret::copy_of(buffer_.bytes().subspan((*taken)->size));
            return std::move((*taken)->frame);
        }
        std::array<std::uint8_t, 16'384> room{};
        ERR_clear_error();
        const int size = SSL_read(ssl_.get(), room.data(), static_cast<int>(room.size()));
        if (size <= 0) {
            if (SSL_get_error(ssl_.get(), size) == SSL_ERROR_WANT_READ)
                throw std::runtime_error("no frame came");
            return std::nullopt;
        }
        buffer_.append(ByteView(room.data(), static_cast<std::size_t>(size)));
    }
}

bool FleetPeer::is_hung_up_on() {
    while (const auto frame = receive())
        if (!std::holds_alternative<relay::Pong>(*frame)) return false;
    return true;
}

UniqueFd connect_to_loopback(std::uint16_t port) {
    UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const sockaddr_in address = loopback(port);
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0)
        throw std::runtime_error("connect");
    return socket;
}

UniqueFd listen_on_loopback(std::uint16_t port) {
    UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const int on = 1;
    const sockaddr_in address = loopback(port);
    if (::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
        ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 ||
        ::listen(socket.get(), 16) != 0)
        throw std::runtime_error("listen");
    return socket;
}

UniqueFd accept_one(const UniqueFd& listener) {
    pollfd ready{.fd = listener.get(), .events = POLLIN, .revents = 0};
    if (::poll(&ready, 1, 20'000) != 1) throw std::runtime_error("nobody connects");
    return UniqueFd(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
}

}  // namespace secondstep::testing
