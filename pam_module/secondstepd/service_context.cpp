#include "secondstepd/service_context.h"

#include <utility>

namespace secondstep::service {

bool hand_over(const ServiceContext& context, dialogue::Work::Kind kind, const std::string& name,
               std::function<void()> job) {
    using Kind = dialogue::Work::Kind;
    switch (kind) {
        case Kind::lookup:
            return false;
        case Kind::scrypt:
            return context.scrypts.submit(std::move(job));
        case Kind::sending:
            return context.senders.submit(std::move(job));
        case Kind::fleet:
            return context.askers.submit(name, std::move(job));
        case Kind::fleet_local:
            return context.local_askers.submit(name, std::move(job));
        case Kind::store:
            break;
    }
    // Nothing is changed by who reads: that waits for nobody.
    if (name.empty()) return context.stores.submit(std::move(job));
    return context.records.submit(name, std::move(job));
}

}  // namespace secondstep::service
