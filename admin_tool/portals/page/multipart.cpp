#include "portals/page/multipart.h"

#include <algorithm>
#include <optional>
#include <string>

#include "base/text.h"

namespace secondstep::page {

namespace {

constexpr std::size_t longest_boundary = 70;  // RFC 2046
constexpr std::size_t longest_headers = 2048;
constexpr std::size_t most_headers = 8;

std::unexpected<Error> malformed(const char* what) {
    return fail(Errc::invalid, what);
}

bool is_boundary_character(char c) {
    constexpr std::string_view signs = "'()+_,-./:=?";
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           signs.find(c) != signs.npos;
}

bool is_boundary(std::string_view text) {
    return !text.empty() && text.size() <= longest_boundary &&
           std::ranges::all_of(text, is_boundary_character);
}

// `name` or `name=VALUE` or `name="VALUE"` in a header's parameters; quotation marks hold no others, because
// browsers write %22 for them (HTML, "multipart/form-data encoding algorithm").
struct Parameter {
    std::string name;
    std::string_view value;
};

// Takes one off the front of `rest`, which begins behind a ';'.
std::optional<Parameter> take_parameter(std::string_view& rest) {
    const std::size_t equals = rest.find('=');
    if (equals == rest.npos) return std::nullopt;
    Parameter found{lowercase_ascii(trimmed(rest.substr(0, equals))), {}};
    rest.remove_prefix(equals + 1);
    if (rest.starts_with('"')) {
        const std::size_t end = rest.find('"', 1);
        if (end == rest.npos) return std::nullopt;
        found.value = rest.substr(1, end - 1);
        rest = trimmed(rest.substr(end + 1));
    } else {
        const std::size_t end = std::min(rest.find(';'), rest.size());
        found.value = trimmed(rest.substr(0, end));
        rest.remove_prefix(end);
    }
    if (!rest.empty() && rest.front() != ';') return std::nullopt;
    if (!rest.empty()) rest.remove_prefix(1);
    return found;
}

// A header's value: the word in front, and the parameters this reader knows, each at most once.
struct HeaderValue {
    std::string word;
    std::optional<std::string_view> boundary;
    std::optional<std::string_view> name;
    std::optional<std::string_view> filename;
};

std::optional<std::string_view>* place_for(HeaderValue& value, std::string_view name) {
    if (name == "boundary") return &value.boundary;
    if (name == "name") return &value.name;
    if (name == "filename") return &value.filename;
    return nullptr;
}

std::optional<HeaderValue> parse_value(std::string_view text) {
    const std::size_t end = std::min(text.find(';'), text.size());
    HeaderValue value{lowercase_ascii(trimmed(text.substr(0, end))), {}, {}, {}};
    std::string_view rest = text.substr(end);
    if (!rest.empty()) rest.remove_prefix(1);
    while (!rest.empty()) {
        const std::optional<Parameter> parameter = take_parameter(rest);
        if (!parameter) return std::nullopt;
        std::optional<std::string_view>* const place = place_for(value, parameter->name);
        if (place == nullptr) continue;
        if (*place) return std::nullopt;
        *place = parameter->value;
    }
    return value;
}

Result<std::string> boundary_of(std::string_view content_type) {
    const std::optional<HeaderValue> type = parse_value(content_type);
    if (!type || type->word != "multipart/form-data" || !type->boundary || !is_boundary(*type->boundary))
        return malformed("not a form with a file");
    return "--" + std::string(*type->boundary);
}

// The headers of the part; each is allowed once.
struct PartHeaders {
    std::optional<HeaderValue> disposition;
    std::optional<HeaderValue> type;
};

Result<void> take_header(PartHeaders& headers, std::string_view line) {
    const std::size_t colon = line.find(':');
    if (colon == line.npos || colon == 0) return malformed("a header line without a name");
    const std::string name = lowercase_ascii(line.substr(0, colon));
    if (name != "content-disposition" && name != "content-type") {
        // Encodings, ranges, lengths: nothing that a browser writes here.
        return malformed("an unknown header of a part");
    }
    std::optional<HeaderValue>& place = name == "content-type" ? headers.type : headers.disposition;
    if (place) return malformed("the same header twice");
    place = parse_value(trimmed(line.substr(colon + 1)));
    return place ? Result<void>{} : malformed("a header that cannot be read");
}

Result<PartHeaders> parse_headers(std::string_view text) {
    PartHeaders headers;
    std::size_t lines = 0;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find("\r\n"), text.size());
        if (++lines > most_headers) return malformed("too many headers");
        if (const Result<void> taken = take_header(headers, text.substr(0, end)); !taken)
            return std::unexpected(taken.error());
        text.remove_prefix(std::min(end + 2, text.size()));
    }
    return headers;
}

Result<void> check(const PartHeaders& headers) {
    if (!headers.disposition || headers.disposition->word != "form-data" ||
        headers.disposition->name != picture_field)
        return malformed("not the field for the picture");
    if (!headers.disposition->filename) return malformed("a field that is no file");
    if (headers.type && headers.type->word.starts_with("multipart/"))
        return malformed("a form inside a form");
    return {};
}

std::string_view as_text(ByteView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Behind the last boundary: its two dashes, and the end of the line.
bool is_the_end(std::string_view text) {
    return text == "--" || text == "--\r\n";
}

}  // namespace

Result<ByteView> picture_in(std::string_view content_type, ByteView body) {
    const Result<std::string> boundary = boundary_of(content_type);
    if (!boundary) return std::unexpected(boundary.error());
    std::string_view rest = as_text(body);
    if (!rest.starts_with(*boundary + "\r\n")) return malformed("no boundary at the beginning");
    rest.remove_prefix(boundary->size() + 2);
    const std::size_t headers_end = rest.substr(0, longest_headers).find("\r\n\r\n");
    if (headers_end == rest.npos) return malformed("headers without an end, or too long");
    const Result<PartHeaders> headers = parse_headers(rest.substr(0, headers_end));
    if (!headers) return std::unexpected(headers.error());
    if (const Result<void> good = check(*headers); !good) return std::unexpected(good.error());
    rest.remove_prefix(headers_end + 4);
    const std::string delimiter = "\r\n" + *boundary;
    const std::size_t end = rest.find(delimiter);
    if (end == rest.npos) return malformed("no boundary at the end");
    if (!is_the_end(rest.substr(end + delimiter.size()))) return malformed("more than one part");
    if (end == 0) return fail(Errc::not_found, "the form was sent without a file");
    return as_bytes(rest.substr(0, end));
}

}  // namespace secondstep::page
