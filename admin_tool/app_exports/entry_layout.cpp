#include "app_exports/entry_layout.h"

#include <string>

#include "base/text.h"

namespace secondstep::tool {

JsonValue at(JsonValue entry, std::string_view path) {
    if (path.empty()) return {};
    for (const std::string_view name : split(path, '.'))
        entry = entry[name];
    return entry;
}

otp::KeyFields fields_of(JsonValue entry, const EntryLayout& layout) {
    const auto word = [&](std::string_view path) { return at(entry, path).word(); };
    return {.key = otp::Base32Text{at(entry, layout.key).text()},
            .type = word(layout.type),
            .algorithm = word(layout.algorithm),
            .digits = word(layout.digits),
            .period = word(layout.period),
            .counter = word(layout.counter),
            .issuer = word(layout.issuer),
            .account = word(layout.account)};
}

Result<AppExport> read_list(std::string_view app, JsonValue list, const EntryLayout& layout) {
    if (!list.is(JsonValue::Kind::array)) return no_list(app);
    ExportEntries entries(app);
    for (const JsonValue entry : list)
        entries.add(fields_of(entry, layout));
    return std::move(entries).take();
}

std::unexpected<Error> no_list(std::string_view app) {
    return fail(Errc::invalid,
                "it looks like an export of " + std::string(app) + ", and has no list of accounts");
}

std::unexpected<Error> newer_version(std::string_view app) {
    return fail(Errc::unsupported,
                "it is an export of a newer " + std::string(app) +
                    " than is known here: let the app export plain text or otpauth:// addresses");
}

}  // namespace secondstep::tool
