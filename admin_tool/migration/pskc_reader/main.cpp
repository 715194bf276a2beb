// secondstep-pskc-reader: a file of PSKC (RFC 6030), or other XML, on standard input => what stands in it on standard
// output, in the form of answer.h. It is given no key and no password. Exit status 0: an answer was written, also
// when it is a refusal.
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdio>
#include <new>
#include <string_view>

#include "confined/confinement.h"
#include "confined/input.h"
#include "confined/output.h"
#include "migration/pskc_reader/answer.h"
#include "migration/pskc_reader/reading.h"
#include "process/child.h"

namespace {

using namespace secondstep;
using pskc_reader::Refusal;
using pskc_reader::Refused;

enum class ExitStatus { answered = 0, failed = 1, usage = 2 };

// The tree that libxml2 makes of 32 MiB.
constexpr confined::Limits limits{.memory = 1024UL * 1024 * 1024};

ExitStatus answer(ByteView bytes) {
    return confined::write_output(bytes) ? ExitStatus::answered : ExitStatus::failed;
}

ExitStatus run() {
    // Whatever the caller left open: what is not there cannot be written to.
    if (::close_range(3, ~0U, 0) != 0) return ExitStatus::failed;
    pskc_reader::begin();
    // An encoding that is not known by now is looked for in files, of which there are none.
    if (const auto done = confined::confine(limits, {SYS_openat}); !done) {
        std::fprintf(stderr, "secondstep-pskc-reader: %s\n", done.error().detail.c_str());
        return answer(encode(Refused{Refusal::not_confined}));
    }
    const auto input = confined::read_input(STDIN_FILENO, pskc_reader::most_bytes);
    if (!input) {
        const bool too_large = input.error().code == Errc::too_large;
        return answer(encode(Refused{too_large ? Refusal::too_large : Refusal::not_xml}));
    }
    return answer(pskc_reader::answer_to({reinterpret_cast<const char*>(input->data()), input->size()}));
}

}  // namespace

int main(int argc, char**) {
    process::forget_inherited_signals();  // its own alarm ends it
    if (argc > 1) {
        std::fputs("usage: secondstep-pskc-reader <FILE (XML, at most 33554432 bytes)\n", stderr);
        return static_cast<int>(ExitStatus::usage);
    }
    try {
        return static_cast<int>(run());
    } catch (const std::bad_alloc&) {
        return static_cast<int>(answer(encode(Refused{Refusal::no_memory})));
    } catch (...) {
        return static_cast<int>(ExitStatus::failed);
    }
}
