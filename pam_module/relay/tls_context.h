#pragma once

#include <memory>
#include <string>

#include "base/error.h"
#include "fleet/join_token.h"
#include "relay/credentials.h"

using SSL_CTX = struct ssl_ctx_st;

namespace secondstep::relay {

struct FreeContext {
    void operator()(SSL_CTX* context) const noexcept;
};
using TlsContext = std::shared_ptr<SSL_CTX>;

// TLS 1.3 and the fleet's protocol, nothing else; no tickets, so that each connection shows its certificate. Errors, of
// each: crypto.

// A host to a node: it shows its certificate, and believes the fleet's authority alone.
[[nodiscard]] Result<TlsContext> context_of_host(const Credentials& own);
// A node: a host may come without a certificate, never with a wrong one.
[[nodiscard]] Result<TlsContext> context_of_node(const Credentials& own);
// A host that has nothing but a token: it believes the authority whose public key has this pin.
[[nodiscard]] Result<TlsContext> context_of_joining_host(const fleet::AuthorityPin& pin);

// What OpenSSL says of what went wrong last, in words; its queue is empty afterwards.
[[nodiscard]] std::string tls_problem();

}  // namespace secondstep::relay
