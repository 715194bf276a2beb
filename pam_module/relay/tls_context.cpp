#include "relay/tls_context.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "relay/frame.h"
#include "relay/openssl_handles.h"

namespace secondstep::relay {
namespace {

std::unexpected<Error> broken(const std::string& what) {
    return fail(Errc::crypto, "TLS for the fleet cannot be set up: " + what + ": " + tls_problem());
}

// Length, then the name, for each: how ALPN has it.
std::string protocol_list() {
    std::string list;
    for (const std::string name : application_protocols)
        list += static_cast<char>(name.size()) + name;
    return list;
}

// On a node: the first of its own that the host knows, too.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                    unsigned offered_size, void*) {
    static const std::string ours = protocol_list();
    unsigned char* found = nullptr;
    if (SSL_select_next_proto(&found, size, as_bytes(ours).data(), static_cast<unsigned>(ours.size()),
                              offered, offered_size) != OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    *chosen = found;
    return SSL_TLSEXT_ERR_OK;
}

Result<TlsContext> bare_context(const SSL_METHOD* method) {
    TlsContext context(SSL_CTX_new(method), FreeContext{});
    if (!context) return broken("no context");
    SSL_CTX* const tls = context.get();
    const std::string protocols = protocol_list();
    const bool good =
        SSL_CTX_set_min_proto_version(tls, TLS1_3_VERSION) == 1 && SSL_CTX_set_num_tickets(tls, 0) == 1 &&
        SSL_CTX_set_alpn_protos(tls, as_bytes(protocols).data(), static_cast<unsigned>(protocols.size())) ==
            0;
    if (!good) return broken("its versions");
    SSL_CTX_set_alpn_select_cb(tls, choose_protocol, nullptr);
    // What was typed passes through: OpenSSL wipes what it has handed over.
    SSL_CTX_set_options(tls, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET |
                                 SSL_OP_CLEANSE_PLAINTEXT | SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_mode(
        tls, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_read_ahead(tls, 1);
    return context;
}

X509Certificate next_certificate(BIO* reader) {
    X509Certificate certificate(PEM_read_bio_X509(reader, nullptr, nullptr, nullptr));
    ERR_clear_error();
    return certificate;
}

// Certificate and key; the chain ends in the authority, which a host that joins has not seen yet.
Result<void> show(SSL_CTX* tls, const Credentials& own) {
    const Memory certificates(
        BIO_new_mem_buf(own.certificate.data(), static_cast<int>(own.certificate.size())));
    const Memory keys(BIO_new_mem_buf(own.key.bytes().data(), static_cast<int>(own.key.size())));
    const X509Certificate first(certificates ? next_certificate(certificates.get()) : nullptr);
    const Key key(keys ? PEM_read_bio_PrivateKey(keys.get(), nullptr, nullptr, nullptr) : nullptr);
    if (!first || !key || SSL_CTX_use_certificate(tls, first.get()) != 1 ||
        SSL_CTX_use_PrivateKey(tls, key.get()) != 1)
        return broken("its certificate");
    while (const X509Certificate between = next_certificate(certificates.get()))
        if (SSL_CTX_add1_chain_cert(tls, between.get()) != 1) return broken("its chain");
    const Memory authorities(BIO_new_mem_buf(own.authority.data(), static_cast<int>(own.authority.size())));
    while (const X509Certificate authority = next_certificate(authorities.get()))
        if (SSL_CTX_add1_chain_cert(tls, authority.get()) != 1) return broken("its chain");
    return {};
}

// The authorities of the fleet and no other: those of the system have no word here.
Result<void> believe(SSL_CTX* tls, const std::string& authority) {
    const Memory reader(BIO_new_mem_buf(authority.data(), static_cast<int>(authority.size())));
    unsigned count = 0;
    while (const X509Certificate one = next_certificate(reader.get())) {
        if (X509_STORE_add_cert(SSL_CTX_get_cert_store(tls), one.get()) != 1) return broken("its authority");
        ++count;
    }
    if (count == 0) return broken("no authority");
    return {};
}

Result<TlsContext> context_with(const SSL_METHOD* method, const Credentials& own) {
    Result<TlsContext> context = bare_context(method);
    if (!context) return context;
    if (const auto done = show(context->get(), own); !done) return std::unexpected(done.error());
    if (const auto done = believe(context->get(), own.authority); !done) return std::unexpected(done.error());
    SSL_CTX_set_verify(context->get(), SSL_VERIFY_PEER, nullptr);
    return context;
}

bool has_pin(const X509* certificate, const fleet::AuthorityPin& pin) {
    unsigned char* der = nullptr;
    const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
    if (size < 0) return false;
    const auto found = fleet::pin_of(ByteView(der, static_cast<std::size_t>(size)));
    OPENSSL_free(der);
    return found && *found == pin;
}

// The one authority that is believed is the one of the token, if the node has sent it; then all of X.509's rules hold.
int verify_by_pin(X509_STORE_CTX* check, void* pin) {
    const STACK_OF(X509)* const sent = X509_STORE_CTX_get0_untrusted(check);
    const std::unique_ptr<STACK_OF(X509), void (*)(STACK_OF(X509)*)> believed(
        sk_X509_new_null(), [](STACK_OF(X509) * stack) { sk_X509_free(stack); });
    for (int i = 0; believed && i < sk_X509_num(sent); ++i) {
        X509* const one = sk_X509_value(sent, i);
        if (has_pin(one, *static_cast<const fleet::AuthorityPin*>(pin)))
            static_cast<void>(sk_X509_push(believed.get(), one));
    }
    if (!believed || sk_X509_num(believed.get()) == 0) {
        X509_STORE_CTX_set_error(check, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN);
        return 0;
    }
    X509_STORE_CTX_set0_trusted_stack(check, believed.get());
    return X509_verify_cert(check) == 1 ? 1 : 0;
}

}  // namespace

void FreeContext::operator()(SSL_CTX* context) const noexcept {
    SSL_CTX_free(context);
}

Result<TlsContext> context_of_host(const Credentials& own) {
    return context_with(TLS_client_method(), own);
}

Result<TlsContext> context_of_node(const Credentials& own) {
    return context_with(TLS_server_method(), own);
}

Result<TlsContext> context_of_joining_host(const fleet::AuthorityPin& pin) {
    // Outlives the context: freed together with it.
    const auto held = std::make_shared<fleet::AuthorityPin>(pin);
    Result<TlsContext> bare = bare_context(TLS_client_method());
    if (!bare) return bare;
    SSL_CTX_set_verify(bare->get(), SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_cert_verify_callback(bare->get(), verify_by_pin, held.get());
    SSL_CTX* const plain = bare->get();
    return TlsContext(plain, [held, inner = std::move(*bare)](SSL_CTX*) mutable { inner.reset(); });
}

std::string tls_problem() {
    const unsigned long code = ERR_peek_last_error();
    ERR_clear_error();
    const char* const reason = ERR_reason_error_string(code);
    if (reason != nullptr) return reason;
    return code == 0 ? "no reason given" : "error " + std::to_string(code);
}

}  // namespace secondstep::relay
