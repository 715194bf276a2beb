#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/secret.h"

// libxml2's own names, so that its headers stay in one file.
// NOLINTBEGIN(bugprone-reserved-identifier)
struct _xmlDoc;
struct _xmlNode;
// NOLINTEND(bugprone-reserved-identifier)

namespace secondstep::tool {

// An element of an XmlDocument, which must outlive it. Names are compared without their namespace: files of
// token vendors differ in which they give where. But what is of another vocabulary than the element it stands in,
// PSKC and its drafts, and the encryption in them, is passed over as if it were not there, whatever its name is.
class XmlElement {
  public:
    explicit XmlElement(_xmlNode* node) : node_(node) {}

    [[nodiscard]] std::string_view name() const;
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
    _xmlNode* node_;
};

// XML from somebody else: read by libxml2 with everything off that reaches out of the text or makes more of
// it than it is. A DOCTYPE is refused where it begins, so there are no entities (billion laughs, XXE); no
// network, no files; at most 32 MiB, at most 256 elements deep. The memory of its texts is wiped at the end,
// since they may be keys.
class XmlDocument {
  public:
    // Errors: invalid (no XML, with the line; a DOCTYPE; too deep), too_large. They repeat nothing of it.
    [[nodiscard]] static Result<XmlDocument> parse(std::string_view text);

    [[nodiscard]] XmlElement root() const;

  private:
    struct Wipe {
        void operator()(_xmlDoc* document) const;
    };
    explicit XmlDocument(_xmlDoc* document) : document_(document) {}
    std::unique_ptr<_xmlDoc, Wipe> document_;
};

}  // namespace secondstep::tool
