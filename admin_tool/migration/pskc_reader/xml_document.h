#pragma once

#include <cstdint>
#include <expected>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/secret.h"
#include "migration/pskc_reader/answer.h"

namespace secondstep::pskc_reader {

// An element of an XmlDocument, which must outlive it. Names are without their namespace: files of token vendors differ
// in which they give where. What is of another vocabulary is not there, whatever its name is.
class XmlElement {
  public:
    [[nodiscard]] std::string_view name() const { return node_->name; }
    [[nodiscard]] std::vector<XmlElement> children() const;
    [[nodiscard]] std::vector<XmlElement> children(std::string_view name) const;
    [[nodiscard]] std::optional<XmlElement> child(std::string_view name) const;  // the first one
    // Down a path: {"Data", "Secret", "PlainValue"}.
    [[nodiscard]] std::optional<XmlElement> descendant(std::initializer_list<std::string_view> path) const;
    [[nodiscard]] std::optional<std::string> attribute(std::string_view name) const;
    [[nodiscard]] std::vector<std::string_view> attribute_names() const;
    // What stands in it, without white space at both ends; nothing of its children.
    [[nodiscard]] Secret text() const;

  private:
    friend class XmlDocument;
    // Of the whole document in one row: behind each element those in it.
    struct Node {
        std::string_view name;
        std::string_view text;
        ByteView attributes;  // as they were sent
        std::uint16_t attribute_count = 0;
        std::uint32_t size = 1;  // of its row: itself and all below it
    };
    explicit XmlElement(const Node* node) : node_(node) {}
    [[nodiscard]] std::vector<Attribute> attributes() const;

    const Node* node_;
};

// A document as the reader sent it. Its texts may be keys: they are in one Secret.
class XmlDocument {
  public:
    // The answer of a program that is not trusted. Nullopt: it is none, or not all of one, or over a bound.
    [[nodiscard]] static std::optional<std::expected<XmlDocument, Refused>> decode(Secret answer);

    [[nodiscard]] XmlElement root() const { return XmlElement(nodes_.data()); }

  private:
    using Node = XmlElement::Node;

    explicit XmlDocument(Secret answer) : answer_(std::move(answer)) {}
    [[nodiscard]] static bool take_element(ByteReader& in, Node& node, std::uint32_t& children);
    [[nodiscard]] bool take_elements(ByteReader& in);

    Secret answer_;
    std::vector<Node> nodes_;
};

}  // namespace secondstep::pskc_reader
