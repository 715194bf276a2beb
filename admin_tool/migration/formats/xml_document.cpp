#include "migration/formats/xml_document.h"

#include <libxml/parser.h>
#include <libxml/tree.h>

#include <algorithm>
#include <cstring>

namespace secondstep::tool {
namespace {

constexpr std::size_t most_bytes = std::size_t{32} << 20;

std::string_view view(const xmlChar* text) {
    return text == nullptr ? std::string_view{} : std::string_view(reinterpret_cast<const char*>(text));
}

bool is_text(const xmlNode* node) {
    return node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE;
}

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

std::string_view without_outer_blanks(std::string_view text) {
    while (!text.empty() && is_blank(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back()))
        text.remove_suffix(1);
    return text;
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

std::string where(const xmlParserCtxt* parser) {
    const xmlError* error = &parser->lastError;
    return error->line > 0 ? " (line " + std::to_string(error->line) + ")" : "";
}

void wipe_texts(xmlNode* node) {
    for (; node != nullptr; node = node->next) {
        if (is_text(node) && node->content != nullptr)
            explicit_bzero(node->content, view(node->content).size());
        if (node->type == XML_ELEMENT_NODE) wipe_texts(node->children);
    }
}

}  // namespace

std::string_view XmlElement::name() const {
    return view(node_->name);
}

std::vector<XmlElement> XmlElement::children() const {
    std::vector<XmlElement> all;
    for (xmlNode* node = node_->children; node != nullptr; node = node->next) {
        if (is_child(node, node_)) all.emplace_back(node);
    }
    return all;
}

std::vector<XmlElement> XmlElement::children(std::string_view name) const {
    std::vector<XmlElement> all = children();
    std::erase_if(all, [&](const XmlElement& one) { return one.name() != name; });
    return all;
}

std::optional<XmlElement> XmlElement::child(std::string_view name) const {
    for (xmlNode* node = node_->children; node != nullptr; node = node->next) {
        if (is_child(node, node_) && view(node->name) == name) return XmlElement(node);
    }
    return std::nullopt;
}

std::optional<XmlElement> XmlElement::descendant(std::initializer_list<std::string_view> path) const {
    std::optional<XmlElement> at = *this;
    for (const std::string_view name : path) {
        at = at->child(name);
        if (!at) return std::nullopt;
    }
    return at;
}

std::optional<std::string> XmlElement::attribute(std::string_view name) const {
    for (const xmlAttr* one = node_->properties; one != nullptr; one = one->next) {
        if (view(one->name) != name || !belongs(one->ns, node_)) continue;
        return std::string(one->children == nullptr ? std::string_view{} : view(one->children->content));
    }
    return std::nullopt;
}

std::vector<std::string_view> XmlElement::attribute_names() const {
    std::vector<std::string_view> all;
    for (const xmlAttr* one = node_->properties; one != nullptr; one = one->next) {
        if (belongs(one->ns, node_)) all.push_back(view(one->name));
    }
    return all;
}

Secret XmlElement::text() const {
    Secret all;
    for (const xmlNode* node = node_->children; node != nullptr; node = node->next) {
        if (is_text(node)) all.append(view(node->content));
    }
    return Secret::copy_of(without_outer_blanks(all.text()));
}

void XmlDocument::Wipe::operator()(_xmlDoc* document) const {
    wipe_texts(xmlDocGetRootElement(document));
    xmlFreeDoc(document);
}

Result<XmlDocument> XmlDocument::parse(std::string_view text) {
    if (text.size() > most_bytes) return fail(Errc::too_large, "over 32 MiB of XML");
    const std::unique_ptr<xmlParserCtxt, FreeParser> parser(xmlNewParserCtxt());
    if (!parser) return fail(Errc::io, "no memory for reading XML");
    bool has_doctype = false;
    parser->_private = &has_doctype;
    parser->sax->internalSubset = stop_at_doctype;
    constexpr int options = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NODICT;
    xmlDoc* const read = xmlCtxtReadMemory(parser.get(), text.data(), static_cast<int>(text.size()), nullptr,
                                           nullptr, options);
    XmlDocument document(read);
    if (has_doctype) return fail(Errc::invalid, "the XML has a DOCTYPE, which a file of keys does not need");
    if (read == nullptr)
        return fail(Errc::invalid, "this is not XML, or not all of it" + where(parser.get()));
    if (xmlDocGetRootElement(read) == nullptr) return fail(Errc::invalid, "the XML has no element");
    return document;
}

XmlElement XmlDocument::root() const {
    return XmlElement(xmlDocGetRootElement(document_.get()));
}

}  // namespace secondstep::tool
