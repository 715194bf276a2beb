// A site's templates and configuration, and every value that can be put into them: any bytes. A
// percent-encoded value holds nothing but unreserved characters and %XX, a JSON one ends no string, a mail
// gets no header more, and a text message is never two.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "courier/built_in_texts.h"
#include "courier/courier_config.h"
#include "courier/mail_message.h"
#include "courier/sms_text.h"
#include "courier/template.h"
#include "support/seeded_randomness.h"

namespace {

using namespace secondstep;
using namespace secondstep::courier;

void check_escapes(std::string_view value) {
    Secret percent;
    append_escaped(percent, value, Escape::percent);
    const auto harmless = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '%' ||
               c == '-' || c == '.' || c == '_' || c == '~';
    };
    if (!std::ranges::all_of(percent.text(), harmless)) std::abort();
    Secret json;
    append_escaped(json, value, Escape::json);
    bool escaped = false;
    for (const char c : json.text()) {
        if (static_cast<unsigned char>(c) < 0x20 || (c == '"' && !escaped)) std::abort();
        escaped = c == '\\' && !escaped;
    }
    if (escaped) std::abort();
}

void check_mail(std::string_view subject, std::string_view body) {
    testing::SeededRandomness randomness(1);
    const Secret mail = to_rfc5322({.from = "a@example.com",
                                    .from_name = std::string(subject.substr(0, 100)),
                                    .to = "b@example.com",
                                    .subject = subject,
                                    .body = body},
                                   from_unix(1795532701), randomness);
    const std::string_view text = mail.text();
    const std::string_view headers = text.substr(0, text.find("\r\n\r\n"));
    std::size_t names = 0;
    for (std::size_t at = 0; at != std::string_view::npos; at = headers.find('\n', at + 1)) {
        const char first = headers[at == 0 ? 0 : at + 1];
        names += first == ' ' ? 0U : 1U;
    }
    if (names != 9) std::abort();
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) std::abort();
        if (text[i] == '\r' && (i + 1 == text.size() || text[i + 1] != '\n')) std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::string_view first = input.substr(0, input.find('\0'));
    const std::string_view second = input.substr(std::min(input.size(), first.size() + 1));
    check_escapes(second);
    check_mail(first, second);
    if (septets_of(sms_text(first, second.substr(0, 300), "123456").text()) > sms_septets) std::abort();
    static_cast<void>(parse_courier_config(input, "fuzzed"));
    const auto made = Template::create(first, built_in::code_placeholders());
    if (!made) return 0;
    Values values;
    values.set(Placeholder::user, second);
    const std::string rendered(made->render(values, Escape::none).text());
    if (!made->uses(Placeholder::user) && rendered.size() > first.size()) std::abort();
    return 0;
}
