#include "otp/uri_parameters.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "base/text.h"
#include "encoding/percent.h"

namespace secondstep::otp {
namespace {

constexpr std::size_t longest_name_shown = 12;

std::unexpected<Error> invalid(std::string why) {
    return fail(Errc::invalid, std::move(why));
}

// They say how an entry looks, to whom it belongs or where it stands, and nothing of its codes.
constexpr std::array<std::string_view, 18> of_the_looks{
    "image", "icon",   "iconurl", "img",  "logo", "lock",     "codedisplay", "tag",    "tags",
    "color", "colour", "group",   "note", "id",   "category", "favourite",   "pinned", "thumbnail"};

// One "name=value", with the places where it was cut.
struct Piece {
    std::string_view name;
    std::optional<std::string_view> value;  // nothing: there is no '='
};

Piece piece_of(std::string_view text) {
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) return {text, std::nullopt};
    return {text.substr(0, equals), text.substr(equals + 1)};
}

Secret with_blanks(std::string_view text) {
    Secret out = Secret::copy_of(text);
    std::ranges::replace(out.bytes(), std::uint8_t{'+'}, std::uint8_t{' '});
    return out;
}

// A name is taken as it stands when it cannot be decoded.
std::optional<Secret> decoded(std::string_view text, bool is_name) {
    const Secret blanks = with_blanks(text);
    auto plain = percent_decoded(blanks.text());
    if (!plain && is_name) return Secret::copy_of(trimmed(blanks.text()));
    if (!plain) return std::nullopt;
    return Secret::copy_of(trimmed(plain->text()));
}

std::string decoded_name(std::string_view text) {
    const auto plain = percent_decoded(text);
    return lowercase_ascii(plain ? plain->text() : text);
}

bool can_be_shown(std::string_view name) {
    return !name.empty() && name.size() <= longest_name_shown && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
    });
}

class Parser {
  public:
    Result<UriParameters> parse(std::string_view query) {
        for (const std::string_view text : split(query, '&')) {
            if (const auto taken = take(without_entity(text)); !taken) return std::unexpected(taken.error());
        }
        return std::move(out_);
    }

  private:
    // Of "a&amp;b".
    std::string_view without_entity(std::string_view text) {
        constexpr std::string_view entity = "amp;";
        if (!begins_with(text, entity)) return text;
        if (!std::exchange(entities_, true))
            out_.remarks.push_back(
                {"It was copied out of the text of a web page: its \"&amp;\" are read as \"&\"."});
        return text.substr(entity.size());
    }

    Result<void> take(std::string_view text) {
        if (text.empty()) return {};
        const Piece piece = piece_of(text);
        const std::string name = decoded_name(piece.name);
        if (std::optional<Secret>* const place = out_.find(name))
            return put(name, *place, piece.value.value_or(""));
        if (!piece.value && in_name_) {
            // "issuer=AT&T"
            if (out_.issuer && last_is_issuer_) {
                out_.issuer->push_back('&');
                out_.issuer->append(text);
            }
            return {};
        }
        in_name_ = true;
        last_is_issuer_ = false;
        remark_on(name);
        return {};
    }

    Result<void> put(const std::string& name, std::optional<Secret>& place, std::string_view value) {
        last_is_issuer_ = name == "issuer";
        in_name_ = last_is_issuer_;
        auto plain = decoded(value, last_is_issuer_);
        if (!plain)
            return invalid("in the parameter " + name + " a '%' is not followed by two hexadecimal digits");
        if (place && !last_is_issuer_ && !equal_in_constant_time(*place, *plain))
            return invalid("the parameter " + name + " is there twice, with different values");
        if (!place) place = std::move(*plain);
        return {};
    }

    void remark_on(const std::string& name) {
        if (std::ranges::find(of_the_looks, name) != of_the_looks.end()) return;
        const std::string what =
            can_be_shown(name) ? "the parameter " + name : "a parameter with an odd name";
        out_.remarks.push_back(
            {"It has " + what + ", which is not known here: perhaps its codes are other ones.", true});
    }

    UriParameters out_;
    bool entities_ = false;
    bool in_name_ = false;  // the last value was a name: what follows without a '=' may belong to it
    bool last_is_issuer_ = false;
};

}  // namespace

std::optional<Secret>* UriParameters::find(std::string_view name) {
    if (name == "secret") return &secret;
    if (name == "issuer") return &issuer;
    if (name == "algorithm") return &algorithm;
    if (name == "digits") return &digits;
    if (name == "period") return &period;
    if (name == "counter") return &counter;
    if (name == "encoder") return &encoder;
    return nullptr;
}

bool UriParameters::begin_in(std::string_view text) {
    const std::size_t end = std::min(text.find_first_of("=&"), text.size());
    return UriParameters{}.find(decoded_name(text.substr(0, end))) != nullptr;
}

Result<UriParameters> UriParameters::parse(std::string_view query) {
    return Parser().parse(query);
}

}  // namespace secondstep::otp
