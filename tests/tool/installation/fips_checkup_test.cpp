#include "installation/fips_checkup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "support/temporary_directory.h"

namespace secondstep::tool {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Diagnoses found_where_the_kernel_says(const std::string& text) {
    const secondstep::testing::TemporaryDirectory directory;
    std::ofstream(directory.file("fips_enabled")) << text;
    Diagnoses findings;
    check_fips_mode(findings, directory.file("fips_enabled"));
    return findings;
}

TEST(FipsCheckup, SaysThatRecoveryCodesAreNotApproved) {
    EXPECT_THAT(
        found_where_the_kernel_says("1\n"),
        ElementsAre(AllOf(Field(&Diagnosis::level, Diagnosis::Level::warning),
                          Field(&Diagnosis::text, HasSubstr("scrypt makes them, which is not approved")))));
}

TEST(FipsCheckup, SaysNothingElsewhere) {
    EXPECT_THAT(found_where_the_kernel_says("0\n"), IsEmpty());
    Diagnoses findings;
    check_fips_mode(findings, "/nonexistent/fips_enabled");
    EXPECT_THAT(findings, IsEmpty());
}

TEST(FipsCheckup, WhatCannotBeToldIsFipsMode) {
    EXPECT_EQ(found_where_the_kernel_says("").size(), 1U);
}

TEST(FipsCheckup, WithoutScryptNobodyCanBeEnrolled) {
    const auto found = about_fips_mode(true, false);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->level, Diagnosis::Level::error);
    EXPECT_THAT(found->text, HasSubstr("nobody can be enrolled"));
    EXPECT_FALSE(about_fips_mode(false, false));
}

}  // namespace
}  // namespace secondstep::tool
