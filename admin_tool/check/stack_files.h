#pragma once

#include <optional>
#include <string>
#include <vector>

#include "check/check_request.h"
#include "stacks/pam_stack.h"

namespace secondstep::tool {

// The stacks of every service in the directories of a request, with what it replaces, as a libpam of these rules
// reads them.
class StackFiles {
  public:
    StackFiles(const CheckRequest& request, LibpamRules rules);

    // In the order of their names. Without what package managers and editors leave behind, and without
    // fragments that others include (common-auth). `unread` gets a remark for what cannot be read.
    [[nodiscard]] std::vector<Stack> services(Remarks& unread) const;

    // Its file has a word of the module, whether or not libpam gets that far.
    [[nodiscard]] bool names_second_step(const Stack& stack) const;

  private:
    struct Place {
        std::string service;
        const CheckedPath* directory;
    };
    [[nodiscard]] std::vector<Place> places(Remarks& unread) const;
    void take_names(const CheckedPath& directory, std::vector<Place>& places, Remarks& unread) const;
    [[nodiscard]] std::optional<std::string> text_of(const std::string& path) const;
    [[nodiscard]] Stack stack_at(const Place& place, Remarks& unread) const;
    const CheckRequest& request_;
    LibpamRules rules_;
    std::vector<CheckedPath> directories_;
};

// The whole of a regular file; nullopt for anything else, and for what cannot be read.
[[nodiscard]] std::optional<std::string> text_of_file(const std::string& path);

}  // namespace secondstep::tool
