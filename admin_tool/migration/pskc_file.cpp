#include "migration/pskc_file.h"

#include <sys/wait.h>

#include <csignal>
#include <optional>
#include <utility>

#include "parts/confined_call.h"
#include "parts/memory_file.h"
#include "parts/part.h"

namespace secondstep::tool {

namespace {

using pskc_reader::Refusal;
using pskc_reader::Refused;
using pskc_reader::XmlDocument;

std::unexpected<Error> takes_too_long() {
    return fail(Errc::timed_out,
                "The reader of PSKC files takes too long: nothing of the file was used. Try again when this "
                "machine has less to do, or with a part of the file.");
}

std::unexpected<Error> refused(const Refused& refusal) {
    switch (refusal.why) {
        case Refusal::not_xml:
            return fail(Errc::invalid,
                        "this is not XML, or not all of it" +
                            (refusal.line > 0 ? " (line " + std::to_string(refusal.line) + ")" : ""));
        case Refusal::has_doctype:
            return fail(Errc::invalid, "the XML has a DOCTYPE, which a file of keys does not need");
        case Refusal::too_large:
            return fail(Errc::too_large, "over 32 MiB of XML, or over a million elements");
        case Refusal::no_memory:
            return fail(Errc::no_space, "There is not enough memory to read the file.");
        case Refusal::not_confined:
            break;
    }
    return fail(Errc::unsupported,
                "This system does not let the reader of PSKC files be locked up (seccomp), and "
                "without that it reads nothing.");
}

std::unexpected<Error> killed(int signal) {
    if (signal == SIGXCPU || signal == SIGALRM) return takes_too_long();
    return fail(Errc::io,
                "The reader of PSKC files was killed by signal " + std::to_string(signal) +
                    ": a file from somebody else may have been made for that. Nothing of it was used.");
}

Result<XmlDocument> document_of(ConfinedAnswer answer) {
    if (WIFSIGNALED(answer.status)) return killed(WTERMSIG(answer.status));
    auto document = XmlDocument::decode(std::move(answer.bytes));
    if (WEXITSTATUS(answer.status) != 0 || !document)
        return fail(Errc::io, "The reader of PSKC files failed: nothing of the file was used.");
    if (!*document) return refused(document->error());
    return std::move(**document);
}

}  // namespace

Result<XmlDocument> read_pskc_file(const Secret& content) {
    auto document = read_pskc_file(program_of(Part::pskc_reader), content);
    if (document || document.error().code != Errc::not_found) return document;
    return fail(Errc::not_found, not_installed(Part::pskc_reader));
}

Result<XmlDocument> read_pskc_file(const std::string& reader, const Secret& content,
                                   std::chrono::milliseconds patience) {
    if (content.size() > pskc_reader::most_bytes) return refused({Refusal::too_large});
    const auto file = MemoryFile::of(content.bytes());
    if (!file) return std::unexpected(file.error());
    auto answer = answer_of({.program = reader,
                             .name = "The reader of PSKC files",
                             .words = {},
                             .input = file->fd(),
                             .longest_answer = pskc_reader::longest_answer},
                            patience);
    if (!answer && answer.error().code == Errc::timed_out) return takes_too_long();
    if (!answer) return std::unexpected(answer.error());
    return document_of(std::move(*answer));
}

bool is_fault_of_file(const Error& error) {
    return error.code == Errc::invalid || error.code == Errc::too_large;
}

}  // namespace secondstep::tool
