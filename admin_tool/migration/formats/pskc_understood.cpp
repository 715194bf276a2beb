#include "migration/formats/pskc_understood.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"

namespace secondstep::tool {
namespace {

// RFC 6030 section 4 and the drafts before it (pskc_key.h), in lower case and without '_'.
constexpr auto known =
    std::to_array<std::string_view>({"algorithm", "keyalgorithm", "secretalgorithm", "algorithmparameters",
                                     "suite", "hashalgo", "responseformat", "length", "checkdigits",
                                     "checkdigit", "secret", "counter", "timeinterval", "time", "timedrift"});
// What has one of these in its name may change the codes.
constexpr auto parts = std::to_array<std::string_view>(
    {"length", "digit", "interval", "step", "period", "counter", "algo", "hash", "hmac", "suite", "offset",
     "truncat", "epoch", "drift", "encoding", "movingfactor"});
constexpr auto known_with_parts = std::to_array<std::string_view>({"encoding", "format"});

// What there may be one of.
constexpr auto once = std::to_array<std::string_view>(
    {"algorithmparameters", "usage", "responseformat", "suite", "secret", "counter", "timeinterval", "time",
     "timedrift", "plainvalue", "value", "encryptedvalue", "policy", "userid"});

std::string bare(std::string_view name) {
    std::string word = lowercase_ascii(name);
    std::erase_if(word, [](char c) { return c == '_' || c == '-'; });
    return word;
}

bool is_understood(std::string_view name) {
    const std::string word = bare(name);
    if (std::ranges::find(known, word) != known.end()) return true;
    if (std::ranges::find(known_with_parts, word) != known_with_parts.end()) return true;
    return std::ranges::none_of(parts,
                                [&](std::string_view part) { return word.find(part) != std::string::npos; });
}

std::unexpected<Error> invalid(std::string why) {
    return fail(Errc::invalid, std::move(why));
}

// Where the words are that make codes; Extensions and the owner's data are not.
bool is_of_codes(std::string_view name) {
    constexpr auto all =
        std::to_array<std::string_view>({"AlgorithmParameters", "Usage", "ResponseFormat", "Data", "Suite",
                                         "Secret", "Counter", "Time", "TimeInterval", "TimeDrift"});
    return std::ranges::find(all, name) != all.end();
}

class Understanding {
  public:
    Result<void> check(const XmlElement& element) {
        std::map<std::string, unsigned> values;  // of this element alone
        for (const std::string_view attribute : element.attribute_names()) {
            const bool is_elsewhere = bare(attribute) == "hashalgo" && element.name() != "Suite";
            if (is_elsewhere || !is_understood(attribute)) return not_understood();
        }
        for (const XmlElement& child : element.children()) {
            if (const auto good = check_child(element, child, values); !good) return good;
        }
        return {};
    }

  private:
    static std::unexpected<Error> not_understood() {
        return invalid(
            "The file says something of the key that is not understood, and it may change the codes.");
    }

    Result<void> check_child(const XmlElement& parent, const XmlElement& child,
                             std::map<std::string, unsigned>& values) {
        if (!is_understood(child.name())) return not_understood();
        // The drafts' data have their names in an attribute.
        const auto name = child.attribute("Name");
        const bool is_named = child.name() == "Data" && name.has_value();
        if (is_named && !is_understood(*name)) return not_understood();
        const std::string word = bare(is_named ? std::string_view(*name) : child.name());
        // Several Data may stand in a key, and each of their words once in all.
        std::map<std::string, unsigned>& seen = parent.name() == "Data" || is_named ? data_ : values;
        const bool is_single = std::ranges::find(once, word) != once.end();
        const bool is_value = word == "plainvalue" || word == "value" || word == "encryptedvalue";
        std::map<std::string, unsigned>& counted = is_value ? values : seen;
        if (is_single && ++counted[is_value ? "value" : word] > 1)
            return invalid(
                "The file has the same of it twice (secret, counter, interval, format or algorithm), and "
                "nobody can tell which counts.");
        return is_of_codes(child.name()) ? check(child) : Result<void>{};
    }

    std::map<std::string, unsigned> data_;
};

}  // namespace

Result<void> check_understood(const XmlElement& key) {
    return Understanding().check(key);
}

}  // namespace secondstep::tool
