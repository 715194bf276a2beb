#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "stacks/pam_stack.h"
#include "stacks/remark.h"

namespace secondstep::tool {

// The files behind the names of modules, looked up as libpam does.
class ModuleFiles {
  public:
    // Where names without '/' are looked for; none: of these nothing is known.
    explicit ModuleFiles(std::vector<std::string> directories) : directories_(std::move(directories)) {}

    // Says of each line whether libpam finds a file that can be a module. What cannot be told is not missing.
    void mark_missing(Stack& stack) const;
    // Modules of the second step that come from another version than this tool; each file once.
    [[nodiscard]] Remarks versions(const std::vector<Stack>& services) const;

  private:
    struct Found {
        enum class Kind : std::uint8_t { there, missing, cannot_tell };
        Kind kind = Kind::cannot_tell;
        std::string file;
    };
    [[nodiscard]] Found find(const std::string& path) const;
    [[nodiscard]] static Found look_at(const std::string& file);
    std::vector<std::string> directories_;
};

// That the service's program is of another version than this tool; nothing where there is none.
[[nodiscard]] Remarks service_program_remarks(const std::string& file);

// The version that stands in a file of ours (paths::version_mark). Returns nullopt where none does, or it cannot be
// read.
[[nodiscard]] std::optional<std::string> version_in(const std::string& file);

}  // namespace secondstep::tool
