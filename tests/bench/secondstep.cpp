#include "secondstep.h"

namespace secondstep::bench {

Contender secondstep_at(const Lab& lab, const std::string& name) {
    return {lab, {.stack = name, .label = "Secondstep", .service = Service(lab, name)}};
}

Contender secondstep_once(const Lab& lab) {
    return {lab, {.stack = "once", .label = "Secondstep without a service"}};
}

}  // namespace secondstep::bench
