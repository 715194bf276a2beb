#pragma once

#include "files/caller_file.h"
#include "fleet/bundle.h"

namespace secondstep::tool {

// The file that somebody carries: what is written into it is sealed already.
[[nodiscard]] fleet::BundleWriter::Write writing_to(CallerFile& file);
[[nodiscard]] Result<void> on_the_disk(const CallerFile& file);

}  // namespace secondstep::tool
