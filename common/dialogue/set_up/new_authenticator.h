#pragma once

#include <optional>
#include <string>
#include <utility>

#include "dialogue/conversation/script.h"
#include "dialogue/set_up/enrollment_commit.h"
#include "dialogue/visit/visit.h"
#include "enrollment/enrollment.h"

namespace secondstep::dialogue {

// What a new device is called, here and in its app.
struct NewEntry {
    Method method = Method::totp;  // totp or hotp
    std::string device_name;
    std::string label_account;
    // What its key is shown again for: see EnrollmentCommit::shown_for().
    std::optional<std::string> shown_for;
};
// Of the device that takes the place of the second step before: by time, unless the rule's `methods` leave
// that out.
[[nodiscard]] NewEntry replacing_entry(const Visit& visit, const EnrollmentCommit& enrollment);

// A new authenticator inside a conversation: shows the key, and checks the first code of the new device
// (three tries). Stores nothing.
class NewAuthenticator : OutlivesScripts {
  public:
    NewAuthenticator(Visit& visit, NewEntry entry)
        : visit_(visit), entry_(std::move(entry)), draft_(drafted()) {}

    // `done`: the device has the key.
    [[nodiscard]] Script<EnrollmentOutcome> confirm(bool picture);
    // As it was drafted, and confirmed.
    [[nodiscard]] const Authenticator& device() const { return draft_.authenticator(); }
    [[nodiscard]] Method method() const { return draft_.options().method; }

  private:
    [[nodiscard]] Enrollment drafted() const;
    [[nodiscard]] Result<Secret> shown(bool picture, bool inverted) const;
    [[nodiscard]] std::optional<EnrollmentOutcome> verify(const Secret& typed, bool picture, Secret& text);

    Visit& visit_;
    NewEntry entry_;
    Enrollment draft_;
    unsigned wrong_ = 0;
};

}  // namespace secondstep::dialogue
