#pragma once

#include <string_view>

#include "base/bytes.h"

namespace secondstep::pskc_reader {

// To be called once before the process is locked up: what libxml2 has to look for in files, which are encodings.
void begin();

// XML from somebody else, read by libxml2 with everything off that reaches out of the text or makes more of it than it
// is. A DOCTYPE is refused where it begins, so there are no entities (billion laughs, XXE); no network, no files; at most
// 32 MiB, at most 256 elements deep. What is of another vocabulary than the element it stands in, PSKC and its
// drafts, and the encryption in them, is passed over as if it were not there, whatever its name is.
[[nodiscard]] Bytes answer_to(std::string_view xml);

}  // namespace secondstep::pskc_reader
