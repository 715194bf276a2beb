#pragma once

#include <optional>
#include <string>
#include <vector>

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
    // The same of one that was added to others, which makes no codes: with the names of all.
    [[nodiscard]] OrExit<Secret> json_beside(const std::vector<std::string>& devices) const;
    [[nodiscard]] const std::string& label() const { return label_; }
    [[nodiscard]] const Authenticator& device() const { return enrollment_->authenticator(); }

  private:
    [[nodiscard]] dialogue::EnrollmentOptions options_after(const Account& before);
    [[nodiscard]] OrExit<void> show();
    void show_key() const;
    [[nodiscard]] OrExit<void> show_picture(const Secret& uri);

    const EnrollmentTask& task_;
    std::string label_;
    std::optional<dialogue::Enrollment> enrollment_;  // prepare() makes it
};

}  // namespace secondstep::tool
