#pragma once

#include <string>

#include "base/error.h"
#include "policy/fleet_config.h"

namespace secondstep::tool {

// conf.d/fleet.conf beside the configuration: what makes a machine a part of a fleet.
class FleetFragment {
  public:
    // Of a node: where it waits.
    [[nodiscard]] static FleetFragment of_node(const std::string& config_path,
                                               const FleetConfig::Listen& listen);
    // Of a host: whom it asks, as fleet_nodes has it; and the rule that lets root in at the console while no node answers.
    [[nodiscard]] static FleetFragment of_host(const std::string& config_path, const std::string& nodes,
                                               bool with_console_rule);

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] const std::string& text() const { return text_; }

    // True: it was missing and is written. Errors: exists (it says something else), io.
    [[nodiscard]] Result<bool> write() const;
    // Whether it could be written. Errors: as write().
    [[nodiscard]] Result<void> look() const;

  private:
    FleetFragment(const std::string& config_path, std::string text);
    [[nodiscard]] Result<bool> is_there() const;
    std::string folder_;
    std::string path_;
    std::string text_;
};

}  // namespace secondstep::tool
