#include "store/open_store.h"

#include <utility>

#include "store/first_use.h"

namespace secondstep {
namespace {

std::unexpected<NotOpened> not_opened(NotOpened::Part part, Error error) {
    return std::unexpected(NotOpened{part, std::move(error)});
}

}  // namespace

std::expected<OpenedStore, NotOpened> open_store(StoreOrder order, const Clock& clock,
                                                 Randomness& randomness) {
    using Part = NotOpened::Part;
    Result<Keyring> ring = load_keyring(order.host_key);
    const bool unused = !ring && ring.error().code == Errc::not_found &&
                        is_unused(order.files.directory, order.host_key).value_or(false);
    if (unused && order.unused == StoreOrder::Unused::is_an_error)
        return not_opened(Part::unused, std::move(ring.error()));
    if (unused) ring = Keyring::generate(randomness);
    if (!ring) return not_opened(Part::host_key, std::move(ring.error()));
    order.files.unused = unused;
    auto store = FileStore::open(std::move(order.files), std::move(*ring), clock, randomness);
    if (!store) return not_opened(Part::store, std::move(store.error()));
    const std::shared_ptr<const FileStore> files = std::move(*store);
    return OpenedStore{files, files, std::shared_ptr<const Keyring>(files, &files->keyring())};
}

}  // namespace secondstep
