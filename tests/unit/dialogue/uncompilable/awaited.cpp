#include "dialogue/conversation/script.h"

// What its neighbours do wrong, done right: this one compiles.
namespace secondstep::dialogue {

Script<std::string> asks(Talk& talk, std::string prompt) {
    Reply reply = co_await talk.ask(prompt);
    const auto* typed = std::get_if<Secret>(&reply);
    co_return typed != nullptr ? std::string(typed->text()) : std::string();
}

Script<void> shows_it(Talk& talk) {
    std::string word = co_await asks(talk, "word: ");
    co_await talk.show(std::move(word));
}

}  // namespace secondstep::dialogue
