#include "relay/tls_stream.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cerrno>
#include <limits>
#include <new>
#include <utility>

#include "base/text.h"
#include "relay/frame.h"
#include "relay/openssl_handles.h"

namespace secondstep::relay {
namespace {

using Ssl = std::unique_ptr<SSL, Freed<SSL_free>>;

// The alert that says so, as a reason: its own name came with OpenSSL a later 3.0 than Ubuntu 24.04 has.
constexpr int refused_protocol = SSL_AD_REASON_OFFSET + SSL_AD_NO_APPLICATION_PROTOCOL;

// No version that both know. What the other end does speak it does not say (a node), or anybody could say (a host).
bool is_of_another_version(unsigned long reason) {
    const int what = ERR_GET_REASON(reason);
    return ERR_GET_LIB(reason) == ERR_LIB_SSL &&
           (what == SSL_R_NO_APPLICATION_PROTOCOL || what == refused_protocol);
}

std::string another_version() {
    std::string known;
    for (const char* const name : application_protocols)
        known += (known.empty() ? "" : " and ") + std::string(name);
    return "it speaks no version of the fleet's protocol that this machine knows (" + known +
           "): upgrade the older of the two";
}

int bounded(std::size_t size) {
    return static_cast<int>(std::min<std::size_t>(size, std::numeric_limits<int>::max()));
}

}  // namespace

struct TlsStream::Parts {
    Parts(Reactor& reactor, UniqueFd socket, const TlsContext& tls, std::function<void()> broken)
        : context(tls), watched(reactor, std::move(socket), std::move(broken)), ssl(SSL_new(tls.get())) {
        if (!ssl || SSL_set_fd(ssl.get(), watched.get()) != 1) throw std::bad_alloc();
    }

    TlsContext context;
    Watched watched;
    Ssl ssl;
    bool read_wants_to_write = false;
    bool write_wants_to_read = false;

    // Nothing: `wants_other` says what it waits for. `natural`: what it waits for as a rule.
    std::optional<Error> problem(int result, int natural, bool& wants_other) const {
        const int system = errno;
        const int why = SSL_get_error(ssl.get(), result);
        if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) {
            wants_other = why != natural;
            ERR_clear_error();
            return std::nullopt;
        }
        if (why == SSL_ERROR_ZERO_RETURN) return Error{Errc::closed, "the other end hung up"};
        if (why == SSL_ERROR_SYSCALL) {
            ERR_clear_error();
            return fail_errno("the connection", system).error();
        }
        const long verified = SSL_get_verify_result(ssl.get());
        if (verified != X509_V_OK) {
            ERR_clear_error();
            return Error{Errc::not_allowed, std::string("its certificate is not accepted: ") +
                                                X509_verify_cert_error_string(verified)};
        }
        const unsigned long reason = ERR_peek_last_error();
        if (is_of_another_version(reason)) {
            ERR_clear_error();
            return Error{Errc::not_allowed, another_version()};
        }
        const bool an_alert = ERR_GET_REASON(reason) > SSL_AD_REASON_OFFSET;
        return Error{an_alert ? Errc::not_allowed : Errc::io, "TLS: " + tls_problem()};
    }
};

TlsStream::TlsStream(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
TlsStream::~TlsStream() = default;

std::unique_ptr<TlsStream> TlsStream::client(Reactor& reactor, UniqueFd socket, const TlsContext& context,
                                             const std::string& name, std::function<void()> broken) {
    auto parts = std::make_unique<Parts>(reactor, std::move(socket), context, std::move(broken));
    SSL_set_connect_state(parts->ssl.get());
    // Every host of the fleet has a certificate of its authority, and the site's own signs for many machines more: only the name
    // tells a node. A wildcard is no name, and a CN may be a person's.
    SSL_set_hostflags(parts->ssl.get(), X509_CHECK_FLAG_NO_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    if (SSL_set1_host(parts->ssl.get(), name.c_str()) != 1) throw std::bad_alloc();
    return std::unique_ptr<TlsStream>(new TlsStream(std::move(parts)));
}

std::unique_ptr<TlsStream> TlsStream::server(Reactor& reactor, UniqueFd socket, const TlsContext& context,
                                             std::function<void()> broken) {
    auto parts = std::make_unique<Parts>(reactor, std::move(socket), context, std::move(broken));
    SSL_set_accept_state(parts->ssl.get());
    return std::unique_ptr<TlsStream>(new TlsStream(std::move(parts)));
}

Result<std::optional<bool>> TlsStream::shake_hands() {
    ERR_clear_error();
    const int result = SSL_do_handshake(parts_->ssl.get());
    if (result != 1) {
        const auto problem = parts_->problem(result, SSL_ERROR_WANT_READ, parts_->read_wants_to_write);
        if (problem) return std::unexpected(*problem);
        return std::optional<bool>();
    }
    if (protocol().empty()) return fail(Errc::not_allowed, another_version());
    return std::optional(true);
}

std::string TlsStream::protocol() const {
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(parts_->ssl.get(), &name, &size);
    return size == 0 ? std::string() : std::string(reinterpret_cast<const char*>(name), size);
}

Result<std::optional<std::size_t>> TlsStream::read(MutableByteView into) {
    ERR_clear_error();
    const int size = SSL_read(parts_->ssl.get(), into.data(), bounded(into.size()));
    if (size > 0) return std::optional(static_cast<std::size_t>(size));
    const auto problem = parts_->problem(size, SSL_ERROR_WANT_READ, parts_->read_wants_to_write);
    if (problem) return std::unexpected(*problem);
    return std::optional<std::size_t>();
}

Result<std::optional<std::size_t>> TlsStream::write(ByteView from) {
    ERR_clear_error();
    const int size = SSL_write(parts_->ssl.get(), from.data(), bounded(from.size()));
    if (size > 0) return std::optional(static_cast<std::size_t>(size));
    const auto problem = parts_->problem(size, SSL_ERROR_WANT_WRITE, parts_->write_wants_to_read);
    if (problem) return std::unexpected(*problem);
    return std::optional<std::size_t>();
}

void TlsStream::when_ready_to_read(std::function<void()> call) {
    if (std::exchange(parts_->read_wants_to_write, false))
        return parts_->watched.when_writable(std::move(call));
    parts_->watched.when_readable(std::move(call));
}

void TlsStream::when_ready_to_write(std::function<void()> call) {
    if (std::exchange(parts_->write_wants_to_read, false))
        return parts_->watched.when_readable(std::move(call));
    parts_->watched.when_writable(std::move(call));
}

void TlsStream::close() {
    if (!parts_->watched.is_open()) return;
    if (SSL_is_init_finished(parts_->ssl.get())) static_cast<void>(SSL_shutdown(parts_->ssl.get()));
    ERR_clear_error();
    parts_->watched.close();
}

std::optional<TlsStream::Peer> TlsStream::peer() const {
    const X509Certificate certificate(SSL_get1_peer_certificate(parts_->ssl.get()));
    if (!certificate) return std::nullopt;
    Peer peer{};
    unsigned size = 0;
    if (X509_digest(certificate.get(), EVP_sha256(), peer.fingerprint.data(), &size) != 1 ||
        size != peer.fingerprint.size())
        throw std::bad_alloc();
    std::array<char, 65> name{};
    const int length = X509_NAME_get_text_by_NID(X509_get_subject_name(certificate.get()), NID_commonName,
                                                 name.data(), static_cast<int>(name.size()));
    peer.name = length > 0 ? printable(name.data()) : "?";
    peer.ends = time_of(X509_get0_notAfter(certificate.get()));
    return peer;
}

}  // namespace secondstep::relay
