#pragma once

#include <chrono>
#include <string>

#include "base/error.h"
#include "base/secret.h"
#include "migration/pskc_reader/xml_document.h"

namespace secondstep::tool {

// A file of PSKC as secondstep-pskc-reader takes it apart: a program without privileges, files and network, since what
// reads XML is what such files are made to attack. It gets the file alone. What is encrypted in it is decrypted here, so
// that no reader that was taken over has seen a password or what it opens.
//
// Errors, each a clause or a sentence: invalid (no XML, with the line; a DOCTYPE), too_large; not_found (the reader is
// not installed: which package has it), unsupported (it cannot be locked up on this system), no_space (memory),
// timed_out, io (it was killed by its own limits, or answered what is no answer).
[[nodiscard]] Result<pskc_reader::XmlDocument> read_pskc_file(const Secret& content);
// The same by this reader, which is killed after `patience`.
[[nodiscard]] Result<pskc_reader::XmlDocument> read_pskc_file(
    const std::string& reader, const Secret& content,
    std::chrono::milliseconds patience = std::chrono::seconds{20});
// Whether it is the file that cannot be read, and not the reader that does not work.
[[nodiscard]] bool is_fault_of_file(const Error& error);

}  // namespace secondstep::tool
