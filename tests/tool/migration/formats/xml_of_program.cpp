#include "migration/pskc_file.h"
#include "tool/migration/formats/xml_of.h"

namespace secondstep::tool {

Result<pskc_reader::XmlDocument> xml_of(std::string_view text) {
    return read_pskc_file(SECONDSTEP_PSKC_READER, Secret::copy_of(text));
}

}  // namespace secondstep::tool
