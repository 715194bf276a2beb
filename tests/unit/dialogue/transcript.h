#pragma once

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "base/secret.h"
#include "base/token.h"
#include "base/verdict.h"
#include "encoding/base32.h"

namespace secondstep::testing {

// What was typed; NULL and "longer than 512 bytes" have no text.
struct Typed {
    enum class Kind { text, null, overlong, form, code_of_the_shown_key } kind = Kind::text;
    std::string text;
    int steps = 0;                     // of the shown key's code, from now
    Typed(const char* t) : text(t) {}  // NOLINT(google-explicit-constructor): a list of answers reads as one
    Typed(std::string t) : text(std::move(t)) {}  // NOLINT(google-explicit-constructor)
    explicit Typed(Kind k) : kind(k) {}
    // What the tool sends; nobody types it.
    static Typed form(const std::string& text) {
        Typed typed(text);
        typed.kind = Kind::form;
        return typed;
    }
    // What the app shows into which the key on the screen was typed.
    static Typed code_of_the_shown_key(int steps = 0) {
        Typed typed(Kind::code_of_the_shown_key);
        typed.steps = steps;
        return typed;
    }
};

// The key that was shown last.
inline Secret key_in(const std::vector<std::string>& texts) {
    for (auto text = texts.rbegin(); text != texts.rend(); ++text) {
        const std::size_t at = text->find("Key:");
        if (at == std::string::npos) continue;
        const std::size_t begin = text->find_first_not_of(' ', at + 4);
        return otp::base32_decode(text->substr(begin, text->find('\n', begin) - begin)).value();
    }
    throw std::runtime_error("no key was shown");
}

// What a person (or somebody with a stopwatch and a protocol analyser) sees of one login.
struct Transcript {
    std::vector<std::string> steps;
    std::vector<std::string> texts;
    Verdict verdict{};
    Token proof{};  // what the account phase would be handed
    bool ended = false;
};

}  // namespace secondstep::testing
