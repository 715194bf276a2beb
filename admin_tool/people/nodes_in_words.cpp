#include "people/nodes_in_words.h"

namespace secondstep::tool {

std::string nodes_in_words(const FleetConfig& fleet) {
    std::string text;
    for (const FleetConfig::Node& node : fleet.nodes) {
        const bool is_last = &node == &fleet.nodes.back();
        text += (text.empty() ? "" : (is_last ? " or " : ", ")) + node.name;
    }
    return text.empty() ? "a node" : text;
}

}  // namespace secondstep::tool
