#pragma once

#include <string_view>

#include "base/error.h"
#include "migration/pskc_reader/xml_document.h"

namespace secondstep::tool {

// XML, taken apart by the program that is shipped; under the sanitizers, which it is not built for, by its code in
// this process.
[[nodiscard]] Result<pskc_reader::XmlDocument> xml_of(std::string_view text);

}  // namespace secondstep::tool
