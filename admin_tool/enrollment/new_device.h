#pragma once

#include <optional>

#include "enrollment/enrollment.h"
#include "enrollment/new_second_step.h"

namespace secondstep::tool {

// An app or a token: its key is shown as text and as a picture, and a code it shows confirms it.
class NewDevice final : public NewSecondStep {
  public:
    explicit NewDevice(const EnrollmentTask& task) : task_(task) {}

    [[nodiscard]] OrExit<void> prepare(const Account& before) override;
    void put_into(Credential& credential) const override;
    [[nodiscard]] OrExit<Secret> json(const std::vector<Secret>& codes) const override;

  private:
    [[nodiscard]] dialogue::EnrollmentOptions options_after(const Account& before);
    [[nodiscard]] OrExit<void> show();
    [[nodiscard]] OrExit<void> show_picture(const Secret& uri);

    const EnrollmentTask& task_;
    std::string label_;
    std::optional<dialogue::Enrollment> enrollment_;  // prepare() makes it
};

}  // namespace secondstep::tool
