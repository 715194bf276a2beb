#pragma once

#include <filesystem>

#include "tool_world.h"

namespace secondstep::testing {

// Calls of `secondstep import`.
class ImportWorld : public ToolWorld {
  protected:
    ImportWorld() { set_up(); }
    // As somebody keeps what has keys in it.
    std::string source(const std::string& name, const std::string& content) {
        write_file(file(name), content);
        std::filesystem::permissions(file(name), std::filesystem::perms{0600});
        return file(name);
    }
    Finished import(std::vector<std::string> words, std::string_view input = "") {
        words.insert(words.begin(), "import");
        return tool(words, input);
    }
};

}  // namespace secondstep::testing
