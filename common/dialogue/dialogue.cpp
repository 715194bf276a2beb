#include "dialogue/dialogue.h"

#include <utility>

namespace secondstep::dialogue {
namespace {

// A conversation without a word.
class Foregone final : public Dialogue {
  public:
    explicit Foregone(Verdict verdict) : verdict_(verdict) {}

    [[nodiscard]] Step begin() override { return End{verdict_}; }
    [[nodiscard]] Step answer(Reply) override { return End{verdict_}; }
    [[nodiscard]] Step resume(Resumption) override { return End{verdict_}; }

  private:
    Verdict verdict_;
};

}  // namespace

std::unique_ptr<Dialogue> make_dialogue(Ports ports, Request request) {
    switch (request.purpose) {
        case Purpose::authenticate:
            return make_login(std::move(ports), std::move(request));
        case Purpose::account:
            return std::make_unique<Foregone>(Verdict::not_needed);
        case Purpose::manage:
            break;
    }
    return std::make_unique<Foregone>(Verdict::not_allowed);
}

}  // namespace secondstep::dialogue
