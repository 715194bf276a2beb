#include "console/terminal.h"

#include <gtest/gtest.h>

namespace secondstep::tool {
namespace {

TEST(TerminalNames, OfTodayHaveColours) {
    for (const char* name : {"xterm", "xterm-256color", "linux", "screen", "screen.xterm-256color",
                             "tmux-256color", "rxvt-unicode", "putty", "konsole", "ansi", "cons25", "vt525",
                             "vt220-color", "alacritty", "foot", "ghostty", "something-new"})
        EXPECT_EQ(control_sequences_of(name), ControlSequences::colours) << name;
}

TEST(TerminalNames, OfOneColourHaveReverseVideo) {
    for (const char* name :
         {"vt100", "vt102", "vt220", "vt320", "vt420", "vt100-am", "xterm-mono", "linux-m"})
        EXPECT_EQ(control_sequences_of(name), ControlSequences::reverse_video) << name;
}

TEST(TerminalNames, WithoutControlSequencesGetNone) {
    for (const char* name :
         {"", "dumb", "unknown", "network", "emacs", "vt52", "wy50", "wy60", "tvi925", "adm3a", "hp2621"})
        EXPECT_EQ(control_sequences_of(name), ControlSequences::nothing) << name;
}

}  // namespace
}  // namespace secondstep::tool
