#include "migration/pskc_reader/reading.h"

#include <libxml/encoding.h>
#include <libxml/parser.h>
#include <libxml/tree.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "base/secret.h"
#include "migration/pskc_reader/answer.h"

namespace secondstep::pskc_reader {
namespace {

std::string_view view(const xmlChar* text) {
    return text == nullptr ? std::string_view{} : std::string_view(reinterpret_cast<const char*>(text));
}

bool is_text(const xmlNode* node) {
    return node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE;
}

std::string_view name_space(const xmlNs* one) {
    return one == nullptr ? std::string_view{} : view(one->href);
}

bool is_of_pskc(std::string_view name_space) {
    constexpr std::string_view known[] = {
        "urn:ietf:params:xml:ns:keyprov:",    "http://www.openauthentication.org/",
        "http://www.w3.org/2000/09/xmldsig#", "http://www.w3.org/2001/04/xmlenc#",
        "http://www.w3.org/2009/xmlenc11#",   "http://www.rsasecurity.com/rsalabs/pkcs/schemas/"};
    return std::ranges::any_of(known, [&](std::string_view one) { return name_space.starts_with(one); });
}

// Whether an element or attribute belongs to the vocabulary of what it stands in.
bool belongs(const xmlNs* its, const xmlNode* parent) {
    const std::string_view own = name_space(its);
    return own.empty() || own == name_space(parent->ns) || is_of_pskc(own);
}

bool is_child(const xmlNode* node, const xmlNode* parent) {
    return node->type == XML_ELEMENT_NODE && belongs(node->ns, parent);
}

// Called where a DOCTYPE begins, before anything in it is read.
void stop_at_doctype(void* context, const xmlChar*, const xmlChar*, const xmlChar*) {
    auto* parser = static_cast<xmlParserCtxt*>(context);
    *static_cast<bool*>(parser->_private) = true;
    xmlStopParser(parser);
}

struct FreeParser {
    void operator()(xmlParserCtxt* parser) const { xmlFreeParserCtxt(parser); }
};

void wipe_texts(xmlNode* node) {
    for (; node != nullptr; node = node->next) {
        if (is_text(node) && node->content != nullptr)
            explicit_bzero(node->content, view(node->content).size());
        if (node->type == XML_ELEMENT_NODE) wipe_texts(node->children);
    }
}

struct Wipe {
    void operator()(xmlDoc* document) const {
        wipe_texts(xmlDocGetRootElement(document));
        xmlFreeDoc(document);
    }
};

std::vector<Attribute> attributes_of(const xmlNode* element) {
    std::vector<Attribute> all;
    for (const xmlAttr* one = element->properties; one != nullptr; one = one->next) {
        if (!belongs(one->ns, element)) continue;
        all.push_back({view(one->name), one->children == nullptr ? "" : view(one->children->content)});
    }
    return all;
}

// False: over a bound. libxml2 goes no deeper than 256 elements.
bool write(AnswerWriter& answer, const xmlNode* element) {
    Secret text;
    std::uint32_t children = 0;
    for (const xmlNode* node = element->children; node != nullptr; node = node->next) {
        if (is_text(node)) text.append(view(node->content));
        if (is_child(node, element)) ++children;
    }
    if (!answer.element(view(element->name), attributes_of(element), text.text(), children)) return false;
    for (const xmlNode* node = element->children; node != nullptr; node = node->next) {
        if (is_child(node, element) && !write(answer, node)) return false;
    }
    return true;
}

Refused not_xml(const xmlParserCtxt* parser) {
    const int line = parser->lastError.line;
    return {Refusal::not_xml, line > 0 ? static_cast<std::uint32_t>(line) : 0};
}

// Whether there was too little memory for a tree, which may be given back as a good one all the same. libxml2 itself
// would say so on standard error, and whoever writes there is killed.
class MemoryWatch {
  public:
    MemoryWatch() {
        xmlSetStructuredErrorFunc(this, [](void* watch, auto error) {
            if (error->code == XML_ERR_NO_MEMORY) static_cast<MemoryWatch*>(watch)->ran_out_ = true;
        });
    }
    MemoryWatch(const MemoryWatch&) = delete;
    MemoryWatch& operator=(const MemoryWatch&) = delete;
    ~MemoryWatch() { xmlSetStructuredErrorFunc(nullptr, nullptr); }
    [[nodiscard]] bool ran_out() const { return ran_out_; }

  private:
    bool ran_out_ = false;
};

}  // namespace

void begin() {
    xmlInitParser();
    // iconv(3) loads these from files; those that libxml2 has itself cost nothing.
    for (const char* const encoding : {"ISO-8859-15", "ISO-8859-2", "windows-1250", "windows-1252"})
        static_cast<void>(xmlFindCharEncodingHandler(encoding));
}

Bytes answer_to(std::string_view xml) {
    if (xml.size() > most_bytes) return encode(Refused{Refusal::too_large});
    const std::unique_ptr<xmlParserCtxt, FreeParser> parser(xmlNewParserCtxt());
    if (!parser) return encode(Refused{Refusal::no_memory});
    MemoryWatch watch;
    bool has_doctype = false;
    parser->_private = &has_doctype;
    parser->sax->internalSubset = stop_at_doctype;
    constexpr int options = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NODICT;
    const std::unique_ptr<xmlDoc, Wipe> document(
        xmlCtxtReadMemory(parser.get(), xml.data(), static_cast<int>(xml.size()), nullptr, nullptr, options));
    if (has_doctype) return encode(Refused{Refusal::has_doctype});
    if (watch.ran_out()) return encode(Refused{Refusal::no_memory});
    if (!document || xmlDocGetRootElement(document.get()) == nullptr) return encode(not_xml(parser.get()));
    AnswerWriter answer;
    if (!write(answer, xmlDocGetRootElement(document.get()))) return encode(Refused{Refusal::too_large});
    return std::move(answer).take();
}

}  // namespace secondstep::pskc_reader
