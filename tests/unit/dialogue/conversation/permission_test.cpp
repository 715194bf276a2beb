// The table of what a phase may believe: every cell, and the one in CONTRIBUTING.md.

#include "dialogue/conversation/permission.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace secondstep {
namespace {

using dialogue::Caller;
using dialogue::EnrollmentState;
using dialogue::Occasion;
using dialogue::Permission;
using dialogue::permitted;
using dialogue::SettingUp;

constexpr Purpose all_purposes[] = {Purpose::authenticate, Purpose::account, Purpose::manage};
constexpr Caller all_callers[] = {Caller::root, Caller::own_uid, Caller::trusted};
constexpr Proof all_proofs[] = {
    Proof::none,           Proof::code,         Proof::recovery_code, Proof::registration_code,
    Proof::temporary_code, Proof::first_factor, Proof::remembered,    Proof::exempt};
constexpr EnrollmentState all_standings[] = {EnrollmentState::not_enrolled, EnrollmentState::enrolled,
                                             EnrollmentState::codes_not_saved, EnrollmentState::forced};
constexpr bool Occasion::* all_flags[] = {&Occasion::first_factor_passed,
                                          &Occasion::combined,
                                          &Occasion::enroll_in_account,
                                          &Occasion::nobody_there,
                                          &Occasion::must_enroll,
                                          &Occasion::due,
                                          &Occasion::open};

std::string name_of(const Occasion& occasion) {
    std::string name = "purpose " + std::to_string(static_cast<int>(occasion.purpose)) + " caller " +
                       std::to_string(static_cast<int>(occasion.caller)) + " proof " +
                       std::string(to_text(occasion.proof)) + " standing " +
                       std::to_string(static_cast<int>(occasion.enrollment)) + " flags";
    for (bool Occasion::* flag : all_flags)
        name += occasion.*flag ? " 1" : " 0";
    return name;
}

unsigned in_every_cell(const std::function<void(const Occasion&, const Permission&)>& check) {
    unsigned cells = 0;
    for (const Purpose purpose : all_purposes) {
        for (const Caller caller : all_callers) {
            for (const Proof proof : all_proofs) {
                for (const EnrollmentState enrollment : all_standings) {
                    for (unsigned bits = 0; bits < 1U << std::size(all_flags); ++bits) {
                        Occasion occasion{.purpose = purpose, .caller = caller};
                        occasion.proof = proof;
                        occasion.enrollment = enrollment;
                        for (std::size_t i = 0; i < std::size(all_flags); ++i)
                            occasion.*all_flags[i] = (bits >> i & 1U) != 0;
                        check(occasion, permitted(occasion));
                        if (::testing::Test::HasFailure()) {
                            ADD_FAILURE() << name_of(occasion);
                            return cells;
                        }
                        ++cells;
                    }
                }
            }
        }
    }
    return cells;
}

bool is_nothing(Proof proof) {
    return proof == Proof::none || proof == Proof::remembered || proof == Proof::exempt;
}

TEST(PermissionTable, EveryCellIsWalked) {
    EXPECT_EQ(in_every_cell([](const Occasion&, const Permission&) {}), 3U * 3 * 8 * 4 * 128);
}

TEST(PermissionTable, WhoHasProvedNothingGetsNothingThatLasts) {
    in_every_cell([](const Occasion& occasion, const Permission& may) {
        if (!is_nothing(occasion.proof)) return;
        EXPECT_FALSE(may.new_codes || may.changes || may.remember || may.devices_changed);
        EXPECT_NE(may.setting_up, SettingUp::now);
        if (occasion.enrollment != EnrollmentState::not_enrolled) {
            EXPECT_FALSE(may.tell);
        }
        if (occasion.purpose == Purpose::account) {
            EXPECT_FALSE(may.address || may.restore || may.send_codes);
        }
    });
}

// Let in as remembered, exempt, or without anything: it is the same.
TEST(PermissionTable, BeingLetInIsNoProof) {
    in_every_cell([](const Occasion& occasion, const Permission& may) {
        if (!is_nothing(occasion.proof)) return;
        Occasion bare = occasion;
        bare.proof = Proof::none;
        EXPECT_EQ(may, permitted(bare));
    });
}

TEST(PermissionTable, ASecondStepIsSetUpForASecondStepOrWhatStandsForOne) {
    in_every_cell([](const Occasion& occasion, const Permission& may) {
        if (may.setting_up != SettingUp::now) return;
        if (occasion.enrollment != EnrollmentState::not_enrolled) {
            EXPECT_FALSE(is_nothing(occasion.proof));
            EXPECT_NE(occasion.proof, Proof::first_factor);
        } else if (occasion.proof == Proof::first_factor) {
            EXPECT_TRUE(occasion.purpose == Purpose::account && occasion.open);
        } else {
            EXPECT_EQ(occasion.proof, Proof::registration_code);
            EXPECT_EQ(occasion.purpose, Purpose::manage);
        }
    });
}

TEST(PermissionTable, ACodeForOneLoginIsNoWayToWhatLasts) {
    in_every_cell([](const Occasion& occasion, const Permission& may) {
        if (occasion.proof != Proof::temporary_code) return;
        EXPECT_FALSE(may.new_codes || may.changes || may.remember || may.devices_changed);
        if (may.setting_up == SettingUp::now) {
            EXPECT_EQ(occasion.enrollment, EnrollmentState::forced);
        }
    });
}

TEST(PermissionTable, OpenCountsInsideALoginOnlyAndForTheFirstFactor) {
    in_every_cell([](const Occasion& occasion, const Permission& may) {
        Occasion other = occasion;
        other.open = !occasion.open;
        if (occasion.purpose == Purpose::account && occasion.proof == Proof::first_factor) return;
        EXPECT_EQ(may, permitted(other));
    });
}

TEST(PermissionTable, OnlyADevicesCodeLetsAClientBeRemembered) {
    in_every_cell([](const Occasion& occasion, const Permission& may) {
        if (may.remember) {
            EXPECT_TRUE(occasion.purpose == Purpose::authenticate && occasion.proof == Proof::code &&
                        occasion.caller != Caller::own_uid);
        }
        if (may.skip) {
            EXPECT_TRUE(occasion.purpose == Purpose::authenticate && occasion.first_factor_passed &&
                        !occasion.combined && occasion.caller != Caller::own_uid &&
                        occasion.enrollment != EnrollmentState::forced);
        }
    });
}

TEST(PermissionTable, DevicesAreNamedToWhoManagesTheirOwnAndToNobodyElse) {
    in_every_cell([](const Occasion& occasion, const Permission& may) {
        EXPECT_EQ(may.devices_named, occasion.purpose == Purpose::manage &&
                                         occasion.caller != Caller::trusted &&
                                         occasion.enrollment != EnrollmentState::not_enrolled);
    });
}

TEST(PermissionTable, DevicesAreChangedByWhoShowedThePresentStepAndHasNotToReplaceIt) {
    in_every_cell([](const Occasion& occasion, const Permission& may) {
        if (!may.devices_changed) return;
        EXPECT_TRUE(may.changes && may.devices_named);
        EXPECT_TRUE(occasion.proof == Proof::code || occasion.proof == Proof::recovery_code);
        EXPECT_EQ(occasion.purpose, Purpose::manage);
        EXPECT_NE(occasion.enrollment, EnrollmentState::forced);
        EXPECT_NE(occasion.caller, Caller::trusted);
    });
}

TEST(PermissionTable, NobodyWhoMayNotHavePassedTheFirstFactorIsShownAnything) {
    in_every_cell([](const Occasion& occasion, const Permission& may) {
        if (occasion.purpose != Purpose::authenticate) return;
        if (occasion.first_factor_passed && !occasion.combined) return;
        EXPECT_FALSE(may.address || may.send_codes || may.restore || may.skip || may.first_factor ||
                     may.new_codes);
        EXPECT_EQ(may.setting_up, SettingUp::not_here);
    });
}

TEST(PermissionTable, APortalSeesNoAddressAndChangesNothing) {
    in_every_cell([](const Occasion& occasion, const Permission& may) {
        if (occasion.caller != Caller::trusted) return;
        EXPECT_FALSE(may.address || may.restore || may.new_codes || may.changes || may.first_factor);
        EXPECT_EQ(may.setting_up, SettingUp::not_here);
    });
}

TEST(PermissionTable, WhereNobodyIsThereNothingIsAsked) {
    in_every_cell([](const Occasion& occasion, const Permission& may) {
        if (occasion.purpose != Purpose::account || !occasion.nobody_there) return;
        EXPECT_FALSE(may.new_codes);
        EXPECT_TRUE(may.setting_up == SettingUp::not_here || may.setting_up == SettingUp::put_off);
        if (may.is_required) {
            EXPECT_TRUE(occasion.due && occasion.enrollment == EnrollmentState::not_enrolled);
        }
    });
}

TEST(PermissionTable, WhatIsNotDueKeepsNobodyOutWhoHasProvedNothing) {
    in_every_cell([](const Occasion& occasion, const Permission& may) {
        if (!may.is_required) return;
        EXPECT_EQ(occasion.purpose, Purpose::account);
        if (is_nothing(occasion.proof)) {
            EXPECT_TRUE(occasion.due && occasion.must_enroll);
        }
    });
}

TEST(PermissionTable, InTheAccountPhaseOnlyProgramsOfRootAreAsked) {
    in_every_cell([](const Occasion& occasion, const Permission& may) {
        if (occasion.purpose == Purpose::account && occasion.caller != Caller::root) {
            EXPECT_EQ(may, Permission{});
        }
    });
}

TEST(PermissionTable, TheFirstFactorIsVouchedForOnlyToTheAccountPhaseOfRoot) {
    in_every_cell([](const Occasion& occasion, const Permission& may) {
        if (!may.first_factor) return;
        EXPECT_TRUE(occasion.purpose == Purpose::authenticate && occasion.caller == Caller::root &&
                    occasion.first_factor_passed && !occasion.combined &&
                    occasion.enrollment == EnrollmentState::not_enrolled);
    });
}

// --- on a host of the fleet ---

// Whatever was proved, and however it was entered: every occasion, on each kind of host.
TEST(PermissionTable, OnAHostOfClassLoginNothingOfASecondStepChanges) {
    in_every_cell([](Occasion occasion, const Permission&) {
        occasion.place = fleet::HostClass::login;
        const Permission may = permitted(occasion);
        EXPECT_FALSE(may.restore || may.new_codes || may.changes || may.devices_changed);
        EXPECT_NE(may.setting_up, SettingUp::now);
        EXPECT_NE(may.setting_up, SettingUp::with_registration_code);
        EXPECT_NE(may.setting_up, SettingUp::with_present_step);
    });
}

TEST(PermissionTable, OnAHostOfClassEnrollSomebodyBeginsWithARegistrationCodeAndNothingElse) {
    in_every_cell([](Occasion occasion, const Permission&) {
        occasion.place = fleet::HostClass::enroll;
        const Permission may = permitted(occasion);
        EXPECT_FALSE(may.restore || may.new_codes || may.changes || may.devices_changed);
        if (may.setting_up == SettingUp::with_registration_code) {
            EXPECT_EQ(occasion.enrollment, EnrollmentState::not_enrolled);
        }
        EXPECT_NE(may.setting_up, SettingUp::with_present_step);
    });
}

TEST(PermissionTable, AHostThatIsNotConfinedIsLikeThisMachine) {
    in_every_cell([](Occasion occasion, const Permission& here) {
        occasion.place = fleet::HostClass::changes;
        EXPECT_EQ(permitted(occasion), here);
    });
}

// --- as CONTRIBUTING.md has it ---

using Words = std::vector<std::string>;

Words words_of(const Permission& may) {
    Words words;
    switch (may.setting_up) {
        case SettingUp::not_here:
            break;
        case SettingUp::now:
            words.emplace_back("set up");
            break;
        case SettingUp::with_registration_code:
            words.emplace_back("asked for a registration code");
            break;
        case SettingUp::with_present_step:
            words.emplace_back("asked for the present step");
            break;
        case SettingUp::after_first_factor:
            words.emplace_back("told to use the password");
            break;
        case SettingUp::put_off:
            words.emplace_back("put off");
            break;
        case SettingUp::elsewhere:
            words.emplace_back("told where");
            break;
    }
    const std::pair<bool, const char*> flags[] = {{may.skip, "let in if remembered"},
                                                  {may.send_codes, "codes are sent"},
                                                  {may.address, "address"},
                                                  {may.restore, "restore"},
                                                  {may.tell, "told of changes"},
                                                  {may.remember, "remembered"},
                                                  {may.new_codes, "new codes"},
                                                  {may.changes, "changes"},
                                                  {may.devices_named, "devices are named"},
                                                  {may.devices_changed, "devices are changed"},
                                                  {may.first_factor, "first factor proved"}};
    for (const auto& [is_so, word] : flags) {
        if (is_so) words.emplace_back(word);
    }
    return words;
}

// What the table has in a cell: in the authentication beside the row of who has proved nothing yet.
std::string cell_of(Purpose purpose, Proof proof, EnrollmentState enrollment) {
    Occasion occasion{.purpose = purpose};
    occasion.caller = purpose == Purpose::manage ? Caller::own_uid : Caller::root;
    occasion.first_factor_passed = true;
    occasion.must_enroll = true;
    occasion.enrollment = enrollment;
    const Words before = words_of(permitted(occasion));
    occasion.proof = proof;
    std::string cell;
    for (const std::string& word : words_of(permitted(occasion))) {
        const bool was_there = std::ranges::find(before, word) != before.end();
        if (purpose == Purpose::authenticate && proof != Proof::none && was_there) continue;
        cell += (cell.empty() ? "" : ", ") + word;
    }
    return cell.empty() ? "-" : cell;
}

std::vector<std::string> split(const std::string& text, const std::string& at) {
    std::vector<std::string> parts;
    for (std::size_t begin = 0;;) {
        const std::size_t end = text.find(at, begin);
        parts.push_back(text.substr(begin, end == std::string::npos ? end : end - begin));
        if (end == std::string::npos) return parts;
        begin = end + at.size();
    }
}

TEST(PermissionTable, IsTheOneInContributing) {
    const std::map<std::string, Purpose> purposes{
        {"authenticate", Purpose::authenticate}, {"account", Purpose::account}, {"manage", Purpose::manage}};
    std::map<std::string, Proof> proofs;
    for (const Proof proof : all_proofs)
        proofs[proof == Proof::first_factor ? "first-factor" : std::string(to_text(proof))] = proof;
    std::ifstream file(SECONDSTEP_SOURCE_DIR "/CONTRIBUTING.md");
    unsigned rows = 0;
    for (std::string line; std::getline(file, line);) {
        const std::vector<std::string> columns = split(line, " | ");
        if (columns.size() != 6 || !line.starts_with("| ") || !purposes.contains(columns[0].substr(2)))
            continue;
        const Purpose purpose = purposes.at(columns[0].substr(2));
        for (const std::string& word : split(columns[1], ", ")) {
            ASSERT_TRUE(proofs.contains(word)) << line;
            ++rows;
            for (std::size_t i = 0; i < std::size(all_standings); ++i) {
                std::string cell = columns[2 + i];
                if (cell.ends_with(" |")) cell.resize(cell.size() - 2);
                EXPECT_EQ(cell, cell_of(purpose, proofs.at(word), all_standings[i])) << line;
            }
        }
    }
    EXPECT_EQ(rows, 3U * 8) << "each phase with each proof";
}

}  // namespace
}  // namespace secondstep
