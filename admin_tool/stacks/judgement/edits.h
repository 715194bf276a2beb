#pragma once

#include <string>
#include <vector>

#include "stacks/pam_stack.h"
#include "stacks/remark.h"

namespace secondstep::tool {

// A text with those of the edits that are about this file. All of them count lines as the text has them now; what is
// not edited keeps every byte.
[[nodiscard]] std::string edited(const SourceFile& file, const std::vector<Edit>& edits);

// The files of a stack that the edits change.
[[nodiscard]] std::vector<SourceFile> edited_files(const Stack& stack, const std::vector<Edit>& edits);

}  // namespace secondstep::tool
