#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "migration/pskc_reader/reading.h"
#include "migration/pskc_reader/xml_document.h"

namespace secondstep::pskc_reader {

// "NAME[text](child...)", or "refused N".
inline std::string shown(const XmlElement& element) {
    std::string all = std::string(element.name());
    if (const Secret text = element.text(); !text.empty()) all += "[" + std::string(text.text()) + "]";
    for (const std::string_view name : element.attribute_names())
        all += " " + std::string(name) + "=" + element.attribute(name).value_or("none");
    const auto children = element.children();
    if (children.empty()) return all;
    all += "(";
    for (const XmlElement& child : children)
        all += (all.back() == '(' ? "" : " ") + shown(child);
    return all + ")";
}

inline std::string read(std::string_view xml) {
    const auto document = XmlDocument::decode(Secret::copy_of(answer_to(xml)));
    if (!document) return "no answer";
    if (!*document) return "refused " + std::to_string(std::to_underlying(document->error().why));
    return shown((*document)->root());
}

inline const std::string not_xml = "refused 1";
inline const std::string has_doctype = "refused 2";

// Latin small letter a with diaeresis, in several encodings.
inline const std::vector<std::string> letters{"<?xml version='1.0' encoding='windows-1252'?><a>\xe4</a>",
                                              "<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe4</a>",
                                              "<?xml version='1.0' encoding='ISO-8859-15'?><a>\xe4</a>",
                                              {"\xff\xfe<\0a\0>\0\xe4\0<\0/\0a\0>\0", 18}};

}  // namespace secondstep::pskc_reader
