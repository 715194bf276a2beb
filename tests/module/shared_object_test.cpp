// What the built module is, before anybody calls it.
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <security/pam_modules.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "stack.h"

namespace secondstep::testing {
namespace {

// A sanitizer adds symbols, libraries and memory of its own.
constexpr bool instrumented = SECONDSTEP_SANITIZED != 0;

class SharedObject : public ::testing::Test {
  protected:
    void SetUp() override {
        if (instrumented) GTEST_SKIP() << "the module is instrumented";
    }
};

std::vector<std::string> lines_of(const std::string& command) {
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
    std::string output;
    for (int c = std::fgetc(pipe.get()); c != EOF; c = std::fgetc(pipe.get()))
        output += static_cast<char>(c);
    std::istringstream text(output);
    std::vector<std::string> lines;
    for (std::string line; std::getline(text, line);)
        lines.push_back(line);
    return lines;
}

TEST_F(SharedObject, ExportsThePamFunctionsAndNothingElse) {
    std::vector<std::string> names;
    for (const std::string& line : lines_of("nm -D --defined-only " + module_path)) {
        names.push_back(line.substr(line.rfind(' ') + 1));
    }
    std::ranges::sort(names);
    EXPECT_EQ(names, (std::vector<std::string>{"pam_sm_acct_mgmt", "pam_sm_authenticate", "pam_sm_setcred"}));
}

TEST_F(SharedObject, NeedsLibpamAndLibcOnly) {
    std::vector<std::string> libraries;
    for (const std::string& line : lines_of("readelf -dW " + module_path)) {
        if (line.find("(NEEDED)") == std::string::npos) continue;
        const std::string name = line.substr(line.find('[') + 1, line.rfind(']') - line.find('[') - 1);
        if (!name.starts_with("ld-linux")) libraries.push_back(name);  // thread-local storage; part of libc
    }
    std::ranges::sort(libraries);
    EXPECT_EQ(libraries, (std::vector<std::string>{"libc.so.6", "libpam.so.0"}));
}

TEST_F(SharedObject, IsBoundAtOnceReadOnlyAfterwardsAndNeverUnloaded) {
    std::string all;
    for (const std::string& line : lines_of("readelf -lWd " + module_path))
        all += line + "\n";
    EXPECT_NE(all.find("NOW NODELETE"), std::string::npos);
    EXPECT_NE(all.find("GNU_RELRO"), std::string::npos);
    EXPECT_EQ(all.find("TEXTREL"), std::string::npos);
    EXPECT_EQ(all.find("RWE"), std::string::npos);  // no segment, nor the stack, is writable and executable
}

std::size_t kibibytes_of(const std::string& file, const std::string& key) {
    std::ifstream status(file);
    std::size_t sum = 0;
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with(key)) sum += std::stoul(line.substr(key.size()));
    }
    return sum;
}

std::size_t count_of_mappings() {
    std::ifstream maps("/proc/self/maps");
    std::size_t count = 0;
    for (std::string line; std::getline(maps, line);)
        ++count;
    return count;
}

void load_and_unload() {
    void* handle = ::dlopen(module_path.c_str(), RTLD_NOW);
    ASSERT_NE(handle, nullptr) << ::dlerror();
    ASSERT_NE(::dlsym(handle, "pam_sm_authenticate"), nullptr);
    ASSERT_EQ(::dlclose(handle), 0);
}

TEST_F(SharedObject, DoesNotGrowTheHostWhenLoadedAThousandTimes) {
    load_and_unload();
    const std::size_t mappings = count_of_mappings();
    const std::size_t memory = kibibytes_of("/proc/self/status", "VmSize:");
    for (int i = 0; i < 1000; ++i)
        load_and_unload();
    EXPECT_EQ(count_of_mappings(), mappings);
    EXPECT_EQ(kibibytes_of("/proc/self/status", "VmSize:"), memory);
}

// Pages of the module's mappings that became this process's own by writing to them. (Private_Dirty would also
// count what the linker has written to the file and the kernel not yet to the disk.)
std::size_t dirty_kibibytes() {
    std::ifstream smaps("/proc/self/smaps");
    std::size_t sum = 0;
    bool ours = false;
    for (std::string line; std::getline(smaps, line);) {
        if (line.find(':') > line.find('-')) ours = line.find("pam_secondstep.so") != std::string::npos;
        if (ours && line.starts_with("Anonymous:")) sum += std::stoul(line.substr(10));
    }
    return sum;
}

TEST_F(SharedObject, DirtiesAtMost24Kibibytes) {
    load_and_unload();  // and stays
    EXPECT_GT(dirty_kibibytes(), 0U);
    EXPECT_LE(dirty_kibibytes(), 24U);
}

}  // namespace
}  // namespace secondstep::testing
