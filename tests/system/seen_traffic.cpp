// Preloaded into secondstep-relay: writes everything that it reads from TLS and writes into it, in clear, to the file that
// SEEN_TRAFFIC names. What somebody sees who has the traffic keys of a machine.
#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>

using ssl_st = struct ssl_st;

namespace {

// When the library is loaded: later the program has another account, which may not make files there.
const int seen = [] {
    const char* path = ::getenv("SEEN_TRAFFIC");
    return path == nullptr ? -1 : ::open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}();

void note(const void* data, int size) {
    if (seen >= 0 && size > 0 && ::write(seen, data, static_cast<std::size_t>(size)) != size) ::abort();
}

template <typename Function>
Function next(const char* name) {
    return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {

__attribute__((visibility("default"))) int SSL_read(ssl_st* ssl, void* buffer, int size) {
    static const auto real = next<int (*)(ssl_st*, void*, int)>("SSL_read");
    const int got = real(ssl, buffer, size);
    note(buffer, got);
    return got;
}

__attribute__((visibility("default"))) int SSL_write(ssl_st* ssl, const void* buffer, int size) {
    static const auto real = next<int (*)(ssl_st*, const void*, int)>("SSL_write");
    const int sent = real(ssl, buffer, size);
    note(buffer, sent);
    return sent;
}
}
