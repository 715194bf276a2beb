#include "secondstepd/first_login.h"

#include <unistd.h>

#include <chrono>
#include <thread>

#include "process/privileges.h"
#include "store/first_use.h"
#include "store/host_key_file.h"

namespace secondstep::service {

namespace {

constexpr std::chrono::seconds patience_with_another{5};

}  // namespace

Result<FirstLogin> FirstLogin::prepare(const Config& config, Randomness& randomness) {
    if (::geteuid() != 0) return FirstLogin(false);
    const Result<bool> unused = is_unused(config.store, config.host_key);
    if (!unused) return std::unexpected(unused.error());
    if (!*unused) return FirstLogin(false);
    const auto ids = process::ids_of(config.service_account);
    if (!ids) return std::unexpected(ids.error());
    const auto made = HostKeyFile(config.host_key, ids->user, ids->group).make(randomness);
    if (!made) return fail(made.error().code, "The host key " + config.host_key + ": " + made.error().detail);
    return FirstLogin(true);
}

Result<void> FirstLogin::finish(const FileStore& store) const {
    if (!is_first_) return {};
    // Of two first logins at the same moment one waits for the other.
    const auto deadline = std::chrono::steady_clock::now() + patience_with_another;
    auto made = store.create_layout();
    while (!made && made.error().code == Errc::busy && std::chrono::steady_clock::now() < deadline) {
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
        made = store.create_layout();
    }
    if (!made) return fail(made.error().code, "The store: " + made.error().detail);
    return {};
}

}  // namespace secondstep::service
