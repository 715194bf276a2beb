#include "dialogue/visit/service_standing.h"

#include <utility>

#include "base/json_line.h"
#include "paths.h"

namespace secondstep::dialogue {

Show service_standing(const Config& config) {
    JsonLine line;
    line.add("version", paths::version);
    line.add("configuration", config.fingerprint);
    line.add("configuration_read", config.read_at);
    return {Show::Style::data, Secret::copy_of(std::move(line).finish())};
}

}  // namespace secondstep::dialogue
