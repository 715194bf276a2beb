#include "fleet/node_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <optional>

#include "base/byte_codec.h"
#include "base/file.h"
#include "files/caller_file.h"
#include "files/secret_file.h"
#include "store/owned_folder.h"

namespace secondstep::tool {

namespace {

constexpr const char* key_file = "node.key";
constexpr const char* certificate_file = "node.pem";
constexpr const char* next_certificate_file = "node.pem.next";
constexpr const char* authority_file = "authority.pem";
constexpr std::size_t most = 16384;
constexpr std::size_t most_of_all = 3 * most;

void append(Secret& out, std::string_view text) {
    ByteWriter size;
    size.u32(static_cast<std::uint32_t>(text.size()));
    out.append(size.view());
    out.append(text);
}

std::string_view taken(std::string_view& rest, bool& good) {
    ByteReader in(as_bytes(rest));
    const std::size_t size = in.u32();
    good = good && in.ok() && size <= rest.size() - 4;
    if (!good) return {};
    const std::string_view text = rest.substr(4, size);
    rest.remove_prefix(4 + size);
    return text;
}

// Nothing: there is no such file.
Result<std::optional<Secret>> content_of(int directory, const char* name, mode_t forbidden) {
    const FileTrust trust{.owner = ::geteuid(), .root_too = true, .forbidden = forbidden, .max_size = most};
    const auto file = open_trusted(directory, name, O_RDONLY, trust);
    if (!file && file.error().code == Errc::not_found) return std::optional<Secret>{};
    if (!file) return std::unexpected(file.error());
    auto content = read_secret(file->get(), most);
    if (!content) return std::unexpected(content.error());
    return std::optional(std::move(*content));
}

Result<void> put(int directory, const char* name, ByteView content, mode_t mode) {
    const auto placed = write_durably(directory, name, content, mode);
    if (!placed) return fail(placed.error().code, std::string(name) + ": " + placed.error().detail);
    if (*placed == Placed::durably) return {};
    return fail(Errc::io, std::string(name) + ": the disk did not confirm it; do it again");
}

}  // namespace

Result<void> write_to(int fd, const NodeFiles& files) {
    Secret all;
    append(all, files.key.text());
    append(all, files.certificate);
    append(all, files.authority);
    return write_all(fd, all.text(), "pipe");
}

Result<NodeFiles> read_node_files(int fd) {
    const auto all = read_secret(fd, most_of_all);
    if (!all) return std::unexpected(all.error());
    std::string_view rest = all->text();
    bool good = true;
    NodeFiles files;
    files.key = Secret::copy_of(taken(rest, good));
    files.certificate = taken(rest, good);
    files.authority = taken(rest, good);
    if (!good || !rest.empty()) return fail(Errc::io, "the certificate of this node got lost on its way");
    return files;
}

namespace {

// Of the files that are there; those that are not are empty.
Result<NodeFiles> files_there(const std::string& directory) {
    const auto folder = open_directory(directory);
    if (!folder) return std::unexpected(folder.error());
    if (const auto owned = check_owned_folder(folder->get(), directory, ::geteuid()); !owned)
        return std::unexpected(owned.error());
    const auto certificate = content_of(folder->get(), certificate_file, S_IWGRP | S_IWOTH);
    if (!certificate) return std::unexpected(certificate.error());
    const auto authority = content_of(folder->get(), authority_file, S_IWGRP | S_IWOTH);
    if (!authority) return std::unexpected(authority.error());
    auto key = content_of(folder->get(), key_file, S_IRWXG | S_IRWXO);
    if (!key) return std::unexpected(key.error());
    const auto public_text = [](const std::optional<Secret>& content) {
        return content ? std::string(content->text()) : std::string();
    };
    return NodeFiles{*key ? std::move(**key) : Secret(), public_text(*certificate), public_text(*authority)};
}

}  // namespace

Result<bool> has_good_node_files(const std::string& directory, const std::string& node,
                                 const std::string& authority, UnixTime now) {
    const auto there = files_there(directory);
    if (!there) return std::unexpected(there.error());
    if (there->key.empty() || there->certificate.empty() || there->authority != authority) return false;
    const auto read = fleet::read_certificate(there->certificate);
    return read && read->name == node && read->end - now > fleet::Authority::lifetime_of_hosts / 3;
}

Result<bool> has_these_node_files(const std::string& directory, const NodeFiles& files) {
    const auto there = files_there(directory);
    if (!there) return std::unexpected(there.error());
    return equal_in_constant_time(there->key, files.key) && there->certificate == files.certificate &&
           there->authority == files.authority;
}

// As secondstep-relay replaces its own: where a crash has cut it in two, the next certificate is the one of the key.
Result<void> put_node_files(const std::string& directory, const NodeFiles& files) {
    const auto folder = open_directory(directory);
    if (!folder) return std::unexpected(folder.error());
    const int there = folder->get();
    auto done = put(there, authority_file, as_bytes(files.authority), 0444);
    if (done) done = put(there, next_certificate_file, as_bytes(files.certificate), 0444);
    if (done) done = put(there, key_file, files.key.bytes(), 0400);
    if (done) done = put(there, certificate_file, as_bytes(files.certificate), 0444);
    if (done)
        static_cast<void>(remove_durably(there, next_certificate_file));  // the same as the other by now
    return done;
}

}  // namespace secondstep::tool
