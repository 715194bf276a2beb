#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/error.h"
#include "pam_change/addition.h"
#include "stacks/remark.h"

namespace secondstep::tool {

// What a service's file is to become.
struct Proposal {
    std::string text;
    std::string cost;  // what else changes; may be empty
    Remarks warnings;  // that are new
};

// Why there is none: a sentence, and what check-config would find.
struct Objection {
    Error error;
    Remarks remarks;
};

// The stack of the service if its file had this text, and what check-config says then.
struct Preview {
    std::function<Stack(const std::string& text)> stack;
    std::function<Remarks(const std::string& text)> check;
};

using Proposed = std::expected<Proposal, Objection>;

// The smallest change after which whoever got in still does, with the code, nobody else does, and check-config finds no
// error that was not there. Errors: exists (it has the module already), not_allowed (it lets everybody in: there
// is no first step), unsupported (no such change).
[[nodiscard]] Proposed propose_addition(const std::string& text, FirstStep first, const Preview& preview);

// The file without our lines. Errors: those of without_second_step(); unsupported (somebody would not get in).
[[nodiscard]] Proposed propose_removal(const std::string& text, const Preview& preview);

// What `after` has and `before` has not, at this level. Where a line stands is no difference.
[[nodiscard]] Remarks new_remarks(const Remarks& before, const Remarks& after, Remark::Level level);

}  // namespace secondstep::tool
