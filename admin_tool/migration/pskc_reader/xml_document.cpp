#include "migration/pskc_reader/xml_document.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/text.h"

namespace secondstep::pskc_reader {

namespace {

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

// XML 1.0 section 2.2, which is what the parsers of accounts count on.
bool is_of_xml(std::string_view text) {
    return is_valid_utf8(text) && std::ranges::all_of(text, [](char c) {
               return static_cast<unsigned char>(c) >= 0x20 || c == '\t' || c == '\n' || c == '\r';
           });
}

std::string_view take_name(ByteReader& in) {
    return in.sized(std::numeric_limits<std::uint16_t>::max());
}

std::string_view take_text(ByteReader& in) {
    const ByteView bytes = in.raw(in.u32());
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Attribute take_attribute(ByteReader& in) {
    const std::string_view name = take_name(in);
    return {name, take_text(in)};
}

bool is_good(const Attribute& attribute) {
    return !attribute.name.empty() && is_of_xml(attribute.name) && is_of_xml(attribute.value);
}

// An element that has been begun: where it is in the row, and how many children are still to come.
struct Open {
    std::size_t at;
    std::uint32_t left;
};

}  // namespace

std::vector<XmlElement> XmlElement::children() const {
    std::vector<XmlElement> all;
    for (const Node* at = node_ + 1; at != node_ + node_->size; at += at->size)
        all.push_back(XmlElement(at));
    return all;
}

std::vector<XmlElement> XmlElement::children(std::string_view name) const {
    std::vector<XmlElement> all = children();
    std::erase_if(all, [&](const XmlElement& one) { return one.name() != name; });
    return all;
}

std::optional<XmlElement> XmlElement::child(std::string_view name) const {
    for (const Node* at = node_ + 1; at != node_ + node_->size; at += at->size) {
        if (at->name == name) return XmlElement(at);
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

std::vector<Attribute> XmlElement::attributes() const {
    ByteReader in(node_->attributes);
    std::vector<Attribute> all(node_->attribute_count);
    std::ranges::generate(all, [&in] { return take_attribute(in); });
    return all;
}

std::optional<std::string> XmlElement::attribute(std::string_view name) const {
    const std::vector<Attribute> all = attributes();
    const auto found = std::ranges::find(all, name, &Attribute::name);
    return found == all.end() ? std::nullopt : std::optional<std::string>(found->value);
}

std::vector<std::string_view> XmlElement::attribute_names() const {
    std::vector<std::string_view> names;
    for (const Attribute& one : attributes())
        names.push_back(one.name);
    return names;
}

Secret XmlElement::text() const {
    return Secret::copy_of(without_outer_blanks(node_->text));
}

// One element, and how many children it has. False: it is none.
bool XmlDocument::take_element(ByteReader& in, Node& node, std::uint32_t& children) {
    node.name = take_name(in);
    node.attribute_count = in.u16();
    const ByteView rest = in.rest();
    for (std::uint16_t i = 0; i < node.attribute_count; ++i) {
        if (!is_good(take_attribute(in)) || !in.ok()) return false;
    }
    node.attributes = rest.first(rest.size() - in.remaining());
    node.text = take_text(in);
    children = in.u32();
    return in.ok() && !node.name.empty() && is_of_xml(node.name) && is_of_xml(node.text);
}

bool XmlDocument::take_elements(ByteReader& in) {
    std::vector<Open> open;
    do {
        Open next{.at = nodes_.size(), .left = 0};
        if (next.at == most_elements || !take_element(in, nodes_.emplace_back(), next.left)) return false;
        open.push_back(next);
        if (open.size() > most_depth) return false;
        while (!open.empty() && open.back().left == 0) {
            nodes_[open.back().at].size = static_cast<std::uint32_t>(nodes_.size() - open.back().at);
            open.pop_back();
        }
        if (!open.empty()) --open.back().left;
    } while (!open.empty());
    return in.finished();
}

std::optional<std::expected<XmlDocument, Refused>> XmlDocument::decode(Secret answer) {
    if (answer.size() > longest_answer) return std::nullopt;
    XmlDocument document(std::move(answer));
    ByteReader in(document.answer_.bytes());
    if (in.u32() != answer_form) return std::nullopt;
    const std::uint8_t status = in.u8();
    if (!in.ok() || status > std::to_underlying(last_refusal)) return std::nullopt;
    if (status != 0) {
        const Refused refused{static_cast<Refusal>(status), in.u32()};
        if (!in.finished()) return std::nullopt;
        return std::unexpected(refused);
    }
    if (!document.take_elements(in)) return std::nullopt;
    return document;
}

}  // namespace secondstep::pskc_reader
