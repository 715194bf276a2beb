#include "secondstepd/flushing_courier.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include "support/recording_courier.h"
#include "support/temporary_directory.h"
#include "unit/delivery/sample_message.h"

namespace secondstep::service {
namespace {

// Nothing else happens in the service for hours.
TEST(FlushingCourier, WhatAReportPutIntoTheJournalIsInTheLogAtOnce) {
    const testing::TemporaryDirectory directory;
    const UniqueFd file(::open(directory.file("log").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    SyslogJournal journal(LogChannel::descriptor(file.get()));
    testing::RecordingCourier recording;
    recording.silent = true;
    FlushingCourier courier(recording, journal);
    courier.send(testing::code_message(), {},
                 [&](const delivery::Report& report) { journal.warn("it failed: " + report.detail); });
    ASSERT_EQ(recording.sent().size(), 1U);
    recording.report_all({delivery::DeliveryOutcome::failed, delivery::Cause::no_answer, "silence"});
    const auto log = read_whole(file.get(), 4096);
    ASSERT_TRUE(log.has_value());
    EXPECT_TRUE(std::string(log->begin(), log->end()).contains("it failed: silence"));
}

}  // namespace
}  // namespace secondstep::service
