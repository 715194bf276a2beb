#include "dialogue/conversation/permission.h"

namespace secondstep::dialogue {
namespace {

// A second step of this account, or the code that an administrator gave in its place.
bool is_second_step(Proof proof) {
    switch (proof) {
        case Proof::code:
        case Proof::recovery_code:
        case Proof::registration_code:
        case Proof::temporary_code:
            return true;
        case Proof::none:
        case Proof::first_factor:
        case Proof::remembered:
        case Proof::exempt:
            break;
    }
    return false;
}

// What lasts is worth something that lasts: a code for one login is not changed into ten for ever.
bool is_lasting(Proof proof) {
    return is_second_step(proof) && proof != Proof::temporary_code;
}

bool is_present_step(Proof proof) {
    return proof == Proof::code || proof == Proof::recovery_code;
}

// The stack is known to have judged the first factor, and more than one line can be typed.
bool is_past_the_first_factor(const Occasion& occasion) {
    return occasion.first_factor_passed && !occasion.combined;
}

Permission in_authentication(const Occasion& occasion) {
    const bool enrolled = occasion.enrollment != EnrollmentState::not_enrolled;
    const bool past = is_past_the_first_factor(occasion);
    const bool converses = past && occasion.caller != Caller::trusted;
    Permission may;
    // That there is no prompt tells that somebody logged in from here.
    may.skip = enrolled && past && occasion.caller != Caller::own_uid &&
               occasion.enrollment != EnrollmentState::forced;
    may.send_codes = enrolled && past;
    may.address = enrolled && converses;
    may.restore = converses;  // for everybody alike: who is enrolled is not to be learnt from a menu
    if (!enrolled) {
        may.tell = converses;
        may.first_factor = past && occasion.caller == Caller::root;
        return may;
    }
    if (!is_second_step(occasion.proof)) return may;
    may.tell = true;
    may.remember = occasion.proof == Proof::code && occasion.caller != Caller::own_uid;
    if (!converses) return may;
    if (occasion.enrollment == EnrollmentState::forced) may.setting_up = SettingUp::now;
    may.new_codes = occasion.enrollment == EnrollmentState::codes_not_saved && is_lasting(occasion.proof) &&
                    !occasion.enroll_in_account;
    return may;
}

SettingUp first_step(const Occasion& occasion) {
    if (occasion.nobody_there) return SettingUp::put_off;
    if (occasion.proof != Proof::first_factor) return SettingUp::after_first_factor;
    return occasion.open ? SettingUp::now : SettingUp::with_registration_code;
}

SettingUp second_step_again(const Occasion& occasion) {
    if (occasion.nobody_there) return SettingUp::put_off;
    return is_second_step(occasion.proof) ? SettingUp::now : SettingUp::with_present_step;
}

// Only programs of root are asked here for something.
Permission in_account_phase(const Occasion& occasion) {
    Permission may;
    if (occasion.caller != Caller::root) return may;
    switch (occasion.enrollment) {
        case EnrollmentState::not_enrolled:
            if (!occasion.must_enroll) break;
            may.setting_up = first_step(occasion);
            may.is_required = occasion.due;
            break;
        case EnrollmentState::enrolled:
            break;
        case EnrollmentState::codes_not_saved:
            may.new_codes = is_lasting(occasion.proof) && !occasion.nobody_there;
            break;
        case EnrollmentState::forced:
            may.setting_up = second_step_again(occasion);
            may.is_required = may.setting_up == SettingUp::now;
            break;
    }
    return may;
}

// Of one's own second step. What the tool checks proves nothing: it runs as who uses it.
Permission while_managing(const Occasion& occasion) {
    Permission may;
    if (occasion.caller == Caller::trusted) return may;
    if (occasion.enrollment == EnrollmentState::not_enrolled) {
        const bool proved = occasion.proof == Proof::registration_code;
        may.setting_up = proved ? SettingUp::now : SettingUp::with_registration_code;
        return may;
    }
    const bool proved = is_present_step(occasion.proof);
    may.setting_up = proved ? SettingUp::now : SettingUp::with_present_step;
    may.changes = proved;
    may.devices_named = true;
    // Who has to enroll again would add a device to what is to be replaced.
    may.devices_changed = proved && occasion.enrollment != EnrollmentState::forced;
    may.tell = proved;
    return may;
}

// What was typed on a host may be misused by whoever has broken into it: one code must not become a second step of
// theirs. A registration code is worth what the host is where it is typed, if the fleet says so.
Permission confined_to(fleet::HostClass place, Permission may) {
    if (place == fleet::HostClass::changes) return may;
    const bool first =
        may.setting_up == SettingUp::with_registration_code && place == fleet::HostClass::enroll;
    const bool here = may.setting_up != SettingUp::not_here && may.setting_up != SettingUp::put_off &&
                      may.setting_up != SettingUp::after_first_factor;
    if (here && !first) may.setting_up = SettingUp::elsewhere;
    may.restore = may.new_codes = may.changes = may.devices_changed = false;
    return may;
}

Permission anywhere(const Occasion& occasion) {
    switch (occasion.purpose) {
        case Purpose::authenticate:
            return in_authentication(occasion);
        case Purpose::account:
            return in_account_phase(occasion);
        case Purpose::manage:
            return while_managing(occasion);
    }
    return {};
}

}  // namespace

EnrollmentState enrollment_state_of(bool enrolled, const State& state) {
    if (!enrolled) return EnrollmentState::not_enrolled;
    if (state.enrollment_forced) return EnrollmentState::forced;
    return state.recovery.not_saved ? EnrollmentState::codes_not_saved : EnrollmentState::enrolled;
}

Permission permitted(const Occasion& occasion) {
    Occasion there = occasion;
    // Elsewhere than on a node nobody enrolls by a first factor that a host says was shown.
    if (there.place != fleet::HostClass::changes) there.open = false;
    return confined_to(there.place, anywhere(there));
}

}  // namespace secondstep::dialogue
