#include "enrollment/device_request.h"

#include <optional>

#include "account/record_fields.h"
#include "account/text_record.h"

namespace secondstep::dialogue {
namespace {

using Verb = DeviceRequest::Verb;

constexpr std::string_view what = "secondstep-device-request";
constexpr unsigned version = 1;

std::string_view word_of(Verb verb) {
    switch (verb) {
        case Verb::list:
            return "list";
        case Verb::add:
            return "add";
        case Verb::rename:
            return "rename";
        case Verb::remove:
            return "remove";
    }
    return "";
}

std::optional<Verb> verb_of(std::string_view word) {
    for (const Verb verb : {Verb::list, Verb::add, Verb::rename, Verb::remove}) {
        if (word_of(verb) == word) return verb;
    }
    return std::nullopt;
}

}  // namespace

Secret encode(const DeviceRequest& request) {
    TextRecordWriter out(what, version);
    out.text("verb", word_of(request.verb));
    out.text("device", request.device);
    out.text("new-name", request.new_name);
    return std::move(out).finish();
}

Result<DeviceRequest> decode_device_request(const Secret& form) {
    auto opened = TextRecordReader::open(form, what, version);
    if (!opened) return std::unexpected(opened.error());
    TextRecordReader& in = *opened;
    DeviceRequest request;
    request.verb = checked(in, verb_of(in.text("verb")), Verb::list);
    request.device = std::string(in.text("device"));
    request.new_name = std::string(in.text("new-name"));
    const bool renames = request.verb == Verb::rename;
    if (renames == request.new_name.empty()) in.refuse();
    if (request.verb == Verb::list && !request.device.empty()) in.refuse();
    if (!in.finished()) return fail(Errc::damaged, "The text of a request about devices is damaged.");
    return request;
}

}  // namespace secondstep::dialogue
