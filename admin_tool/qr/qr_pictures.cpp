#include "qr/qr_pictures.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <optional>
#include <utility>

#include "parts/confined_call.h"
#include "parts/part.h"
#include "qr/picture_refusal.h"
#include "qr/reader/answer.h"

namespace secondstep::tool {

namespace {

Result<void> check_file(const Picture& picture) {
    struct stat status{};
    if (::fstat(picture.fd, &status) != 0) return fail_errno(picture.name, errno);
    if (S_ISDIR(status.st_mode)) return fail(Errc::invalid, picture.name + " is a directory, not a picture.");
    if (S_ISREG(status.st_mode) && static_cast<std::uintmax_t>(status.st_size) > picture.most_bytes) {
        return refused(qr_reader::Refusal::too_large, picture);
    }
    return {};
}

std::unexpected<Error> killed(const Picture& picture, int signal) {
    if (signal == SIGXCPU || signal == SIGALRM) return takes_too_long(picture);
    return fail(Errc::io, "The QR reader was killed by signal " + std::to_string(signal) + " while it read " +
                              picture.name + ": a picture from somebody else may have been made for that. " +
                              other_ways_than_a_picture);
}

Result<std::vector<Secret>> verify(const Picture& picture, int status, const Secret& bytes) {
    if (WIFSIGNALED(status)) return killed(picture, WTERMSIG(status));
    std::optional<qr_reader::Answer> answer = qr_reader::decode(bytes.bytes());
    if (WEXITSTATUS(status) != 0 || !answer) {
        return fail(Errc::io,
                    "The QR reader failed while it read " + picture.name + ". " + other_ways_than_a_picture);
    }
    if (!*answer) return refused(answer->error(), picture);
    return std::move(**answer);
}

}  // namespace

Result<std::vector<Secret>> read_qr_codes(const Picture& picture) {
    auto texts = read_qr_codes(program_of(Part::qr_reader), picture);
    if (texts || texts.error().code != Errc::not_found) return texts;
    return fail(Errc::not_found, not_installed(Part::qr_reader) + " " + other_ways_than_a_picture);
}

Result<std::vector<Secret>> read_qr_codes(const std::string& reader, const Picture& picture,
                                          std::chrono::milliseconds patience) {
    if (const auto usable = check_file(picture); !usable) return std::unexpected(usable.error());
    const ConfinedCall call{.program = reader,
                            .name = "The QR reader",
                            .words = {"--most", std::to_string(picture.most_bytes), "--processor",
                                      std::to_string(picture.processor.count())},
                            .input = picture.fd,
                            .longest_answer = qr_reader::longest_answer};
    const auto answer = answer_of(call, patience);
    if (!answer && answer.error().code == Errc::timed_out) return takes_too_long(picture);
    if (!answer) return std::unexpected(answer.error());
    return verify(picture, answer->status, answer->bytes);
}

}  // namespace secondstep::tool
