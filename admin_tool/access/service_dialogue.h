#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "base/secret.h"
#include "base/verdict.h"
#include "console/exit_status.h"
#include "console/invocation.h"
#include "console/output.h"
#include "policy/config.h"
#include "wire/service_link.h"

namespace secondstep::tool {

// A greeting for a new dialogue from this terminal.
[[nodiscard]] wire::Hello hello_from_here(std::string user, std::string service);

// One dialogue with the service, in which this terminal shows what the service says and asks what it asks.
class ServiceDialogue {
  public:
    // Stops with unavailable, after saying that nobody answers.
    [[nodiscard]] static OrExit<ServiceDialogue> open(const Config& config, const Invocation& invocation);

    // What the service says to programs, as it comes: a question about it may follow.
    using TakeData = std::function<void(Secret text)>;
    // Stops with unavailable, after saying why, when the service broke off.
    [[nodiscard]] OrExit<Verdict> run(const wire::Hello& hello, Output& screen, const TakeData& take_data);
    // The same; the first question is for the tool, not for the person, and `form` answers it.
    [[nodiscard]] OrExit<Verdict> run_with_form(const wire::Hello& hello, Secret form, Output& screen,
                                                const TakeData& take_data);
    // It said something at all.
    [[nodiscard]] bool has_heard() const { return has_heard_; }
    // Words of the service to the person.
    [[nodiscard]] bool has_shown() const { return has_shown_; }

  private:
    explicit ServiceDialogue(wire::ServiceLink link) : link_(std::move(link)) {}
    [[nodiscard]] Result<Verdict> converse(const wire::Hello& hello, Output& screen,
                                           const TakeData& take_data);
    [[nodiscard]] wire::Answer answer_to(const wire::Ask& question, Output& screen);
    wire::ServiceLink link_;
    std::optional<Secret> form_;  // not handed over yet
    bool has_heard_ = false;
    bool has_shown_ = false;
};

}  // namespace secondstep::tool
