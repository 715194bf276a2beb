#pragma once

#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "base/secret.h"
#include "dialogue/conversation/script.h"
#include "dialogue/conversation/step.h"

namespace secondstep::dialogue {

// What `decode` reads: Result<Request>(const Secret&).
template <auto decode>
using DecodedForm = typename std::invoke_result_t<decltype(decode), const Secret&>::value_type;

// Asks the tool with `prompt` for the form of its request. Nothing: it answered otherwise.
template <const std::string_view& prompt, auto decode>
[[nodiscard]] Script<std::optional<DecodedForm<decode>>> asked_form(Talk& talk) {
    Reply reply = co_await talk.ask(prompt);
    const auto* form = std::get_if<Form>(&reply);
    if (form == nullptr) co_return std::nullopt;
    auto request = decode(form->text);
    if (!request) co_return std::nullopt;
    co_return std::move(*request);
}

}  // namespace secondstep::dialogue
