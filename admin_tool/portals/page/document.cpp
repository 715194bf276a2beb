#include "portals/page/document.h"

#include <openssl/evp.h>

#include <array>

#include "base/bytes.h"
#include "portals/page/behaviour.h"
#include "portals/page/multipart.h"
#include "portals/page/site.h"
#include "portals/page/texts.h"

namespace secondstep::page {

namespace {

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\'':
                out += "&#39;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

// {portal}, {host} and {until} in one of our own texts, each value escaped; the text is read once, so that a
// portal named "{host}" stays that.
std::string filled(std::string_view text, const Place& place) {
    const std::array<std::pair<std::string_view, const std::string*>, 3> values{
        {{"{portal}", &place.portal}, {"{host}", &place.host}, {"{until}", &place.until}}};
    std::string out;
    while (!text.empty()) {
        const std::string* value = nullptr;
        std::size_t taken = 1;
        for (const auto& [name, of_it] : values) {
            if (!text.starts_with(name)) continue;
            value = of_it;
            taken = name.size();
        }
        out += escaped(value != nullptr ? std::string_view(*value) : text.substr(0, 1));
        text.remove_prefix(taken);
    }
    return out;
}

std::string paragraph(std::string_view text, const Place& place, std::string_view style_class = {}) {
    const std::string attribute =
        style_class.empty() ? std::string() : " class=\"" + std::string(style_class) + "\"";
    return "<p" + attribute + ">" + filled(text, place) + "</p>\n";
}

// It takes the focus when the page changes under a reader's eyes.
std::string heading(std::string_view text, const Place& place) {
    return paragraph(texts::product, place, "name") + "<h1 tabindex=\"-1\">" + filled(text, place) +
           "</h1>\n";
}

std::string data(std::string_view name, std::string_view value) {
    return " data-" + std::string(name) + "=\"" + escaped(value) + "\"";
}

std::string document(const std::string& title, const std::string& body, bool with_script) {
    std::string out =
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"robots\" content=\"noindex\">\n<link rel=\"icon\" href=\"data:,\">\n<title>";
    out += title;
    out.append("</title>\n<style>").append(style).append("</style>\n</head>\n<body>\n").append(body);
    if (with_script) out.append("<script>").append(script).append("</script>\n");
    return out + "</body>\n</html>\n";
}

std::string form(const Place& place) {
    return "<form method=\"post\" enctype=\"multipart/form-data\">\n<label for=\"picture\">" +
           filled(texts::choose, place) + "</label>\n<input type=\"file\" id=\"picture\" name=\"" +
           std::string(picture_field) +
           "\" required accept=\"image/png,image/jpeg\">\n"
           "<img id=\"look\" alt=\"\" hidden>\n<button id=\"send\">" +
           filled(texts::send, place) +
           "</button>\n<progress id=\"progress\" max=\"1\" aria-labelledby=\"status\" hidden></progress>\n"
           "<p id=\"status\" role=\"status\"></p>\n<noscript>" +
           paragraph(texts::no_javascript, place, "small") + "</noscript>\n</form>\n";
}

std::string problem_box(const Place& place, std::string_view problem) {
    return "<div id=\"problem\" class=\"problem\" role=\"alert\" tabindex=\"-1\"" +
           std::string(problem.empty() ? " hidden" : "") + "><strong>" + filled(texts::refused_title, place) +
           "</strong>\n<p id=\"problem-text\">" + escaped(problem) + "</p></div>\n";
}

std::string_view title_of_end(LinkState::State state) {
    switch (state) {
        case LinkState::State::used:
            return texts::used_title;
        case LinkState::State::exhausted:
            return texts::exhausted_title;
        case LinkState::State::expired:
            return texts::expired_title;
        case LinkState::State::open:
        case LinkState::State::judging:
        case LinkState::State::closed:
            break;
    }
    return texts::closed_title;
}

std::string_view text_of_end(LinkState::State state) {
    switch (state) {
        case LinkState::State::used:
            return texts::used;
        case LinkState::State::exhausted:
            return texts::exhausted;
        case LinkState::State::expired:
            return texts::expired;
        case LinkState::State::open:
        case LinkState::State::judging:
        case LinkState::State::closed:
            break;
    }
    return texts::closed;
}

std::string end_of_link(const Place& place, LinkState::State state) {
    return "<main>\n" + heading(title_of_end(state), place) + paragraph(text_of_end(state), place) +
           "</main>\n";
}

// "'sha256-...'" of a text, as CSP wants it.
std::string source_hash(std::string_view text) {
    Digest digest{};
    std::array<unsigned char, 48> base64{};
    EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
    const int size = EVP_EncodeBlock(base64.data(), digest.data(), static_cast<int>(digest.size()));
    std::string out = "'sha256-";
    for (int i = 0; i < size; ++i)
        out += static_cast<char>(base64[static_cast<std::size_t>(i)]);
    return out + "'";
}

}  // namespace

std::string upload_document(const Place& place, std::chrono::seconds left, std::string_view problem) {
    const std::string main_tag = "<main" + data("left", std::to_string(left.count())) +
                                 data("most", std::to_string(most_picture_bytes)) +
                                 data("large", texts::too_large) + data("sending", texts::sending) +
                                 data("looking", texts::looking) + data("broken", texts::broken) + ">\n";
    const std::string time = "<p class=\"small\">" + filled(texts::until, place) +
                             " <span id=\"time\" hidden>" + filled(texts::time_left, place) +
                             " <span id=\"left\"></span></span></p>\n";
    const std::string body = main_tag + heading(texts::upload_title, place) + problem_box(place, problem) +
                             paragraph(texts::upload_what, place) + form(place) + time +
                             paragraph(texts::upload_who, place, "small") + "</main>\n" +
                             "<template id=\"expired\">" + end_of_link(place, LinkState::State::expired) +
                             "</template>\n";
    return document(filled(texts::upload_title, place), body, true);
}

std::string accepted_document(const Place& place, std::string_view label) {
    const std::string body = "<main>\n" + heading(texts::accepted_title, place) +
                             paragraph(texts::accepted, place) + "<p class=\"label\">" + escaped(label) +
                             "</p>\n" + paragraph(texts::accepted_next, place) + "</main>\n";
    return document(filled(texts::accepted_title, place), body, false);
}

std::string ended_document(const Place& place, LinkState::State state) {
    return document(filled(title_of_end(state), place), end_of_link(place, state), false);
}

std::string bare_document(std::string_view sentence) {
    return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" + escaped(sentence) +
           "</title></head><body><p>" + escaped(sentence) + "</p></body></html>\n";
}

std::string content_security_policy() {
    return "default-src 'none'; script-src " + source_hash(script) + "; style-src " + source_hash(style) +
           "; img-src data: blob:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
           "frame-ancestors 'none'";
}

}  // namespace secondstep::page
