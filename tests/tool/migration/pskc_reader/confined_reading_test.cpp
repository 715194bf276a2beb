// What reading XML needs of the system is what the lock leaves.
#include <gtest/gtest.h>
#include <sys/syscall.h>

#include <string>

#include "confined/confinement.h"
#include "support/child_process.h"
#include "tool/migration/pskc_reader/shown.h"

namespace secondstep::pskc_reader {
namespace {

int read_locked_up(std::string_view text, std::string_view expected) {
    return testing::status_in_child([&] {
        begin();
        if (!confined::forbid_system_calls({SYS_openat})) return 99;
        return read(text) == expected ? 0 : 1;
    });
}

TEST(ConfinedPskcReading, LeavesWhatDecodingNeeds) {
    for (const std::string& text : letters)
        EXPECT_EQ(read_locked_up(text, "a[\xc3\xa4]"), 0) << text;
    EXPECT_EQ(read_locked_up("<a>", not_xml), 0);
    EXPECT_EQ(read_locked_up("<!DOCTYPE a><a/>", has_doctype), 0);
}

// Where its converter lies in a file, there is none any more: refused, and not killed.
TEST(ConfinedPskcReading, RefusesAnEncodingThatWouldHaveToBeFetched) {
    for (const std::string name : {"EUC-JP", "Shift_JIS", "IBM1047", "nonsense"}) {
        const std::string text = "<?xml version='1.0' encoding='" + name + "'?><a>x</a>";
        const bool is_built_in = read_locked_up(text, "a[x]") == 0;
        EXPECT_TRUE(is_built_in || read_locked_up(text, not_xml) == 0) << name;
    }
    EXPECT_EQ(read_locked_up("<?xml version='1.0' encoding='nonsense'?><a>x</a>", not_xml), 0);
}

}  // namespace
}  // namespace secondstep::pskc_reader
