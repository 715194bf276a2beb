#include "migration/pskc_reader/reading.h"
#include "tool/migration/formats/xml_of.h"

namespace secondstep::tool {

Result<pskc_reader::XmlDocument> xml_of(std::string_view text) {
    auto document = pskc_reader::XmlDocument::decode(Secret::copy_of(pskc_reader::answer_to(text)));
    if (!document) return fail(Errc::io, "the answer is none");
    if (*document) return std::move(**document);
    const bool has_doctype = document->error().why == pskc_reader::Refusal::has_doctype;
    return fail(Errc::invalid, has_doctype ? "a DOCTYPE" : "this is not XML");
}

}  // namespace secondstep::tool
