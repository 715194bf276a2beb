#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/secret.h"

namespace secondstep::dialogue {

// What the question for a request says; the tool answers it, and nobody sees it.
inline constexpr std::string_view device_form_prompt = "devices";

// What somebody wants done with the devices of their own second step; the verbs of `secondstep devices`, and
// `secondstep enroll --add`.
struct DeviceRequest {
    enum class Verb { list, add, rename, remove };
    Verb verb = Verb::list;
    // Which one, as it was typed: its name, or its number. Of one that is added its name; empty: one that is
    // free.
    std::string device{};
    std::string new_name{};  // exactly with `rename`
};

// One answer of the wire protocol (wire::AnswerKind::form); etc/FORMATS.md.
[[nodiscard]] Secret encode(const DeviceRequest& request);
// What the names are good for is not judged here. Errors: damaged, unsupported (of a newer tool).
[[nodiscard]] Result<DeviceRequest> decode_device_request(const Secret& form);

}  // namespace secondstep::dialogue
