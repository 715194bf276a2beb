#pragma once

#include <cstdint>
#include <string_view>

#include "account/verify.h"

namespace secondstep::dialogue {

// What only a dialogue knows of an answer.
enum class SeenBefore : std::uint8_t {
    no,
    accepted,  // and is once more, under a rule that allows it
    wrong,     // and counted, in this dialogue and time step: not counted again
    written,   // accepted by a write of its own, which nobody could tell of then
    unjudged,  // it was not even looked at
};

// What became of one answer under the lock: what verify() says, unless it was seen before.
struct DecidedAnswer {
    VerifyResult result;  // its `next` is written, whatever the verdict
    SeenBefore before = SeenBefore::no;

    [[nodiscard]] static DecidedAnswer accepted_once_more(const State& state);
    [[nodiscard]] static DecidedAnswer wrong_again(Factor factor, const State& state);
    // Its host has to wait. Nothing is written.
    [[nodiscard]] static DecidedAnswer not_judged(Factor factor);
    // `state` holds the id of its write.
    [[nodiscard]] static DecidedAnswer written_already(const State& state);

    [[nodiscard]] bool accepted() const;
    // It is used up now: what follows from it follows from no repetition of it.
    [[nodiscard]] bool accepted_first() const;
    [[nodiscard]] std::string_view reason() const;  // as the journal has it
};

}  // namespace secondstep::dialogue
