#pragma once

#include "base/error.h"
#include "migration/pskc_reader/xml_document.h"

namespace secondstep::tool {

using pskc_reader::XmlElement;

// Whether all that may change the codes of a PSKC key is what this program knows: RFC 6030 lets files be extended,
// and a key whose length of codes stands in a word of the vendor's makes other codes here. Errors: invalid, a
// sentence: something of that is there twice, or its name resembles what makes codes and is none that is known.
[[nodiscard]] Result<void> check_understood(const XmlElement& key);

}  // namespace secondstep::tool
