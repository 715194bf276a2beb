#include "fleet/bundle.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "account/named_seal.h"
#include "account/record_fields.h"
#include "account/seal.h"
#include "account/text_record.h"
#include "base/byte_codec.h"
#include "base/file.h"
#include "base/text.h"
#include "fleet/name_of_host.h"
#include "otp/kdf.h"

namespace secondstep::fleet {
namespace {

constexpr std::string_view magic = "SSTPMOVE";
constexpr std::uint32_t version = 1;
constexpr std::size_t beginning_size = magic.size() + sizeof version + std::tuple_size_v<PermissionId>;
constexpr std::string_view head_what = "secondstep-move";
constexpr std::string_view end_what = "secondstep-move-end";
constexpr std::size_t longest_name = 255;
constexpr std::size_t part_header_size = 5;

enum Kind : std::uint8_t { of_head = 1, of_account = 2, of_end = 3 };

// What seals a bundle is a ring of one key, which only whoever has the token can make.
Result<Keyring> ring_of(const MoveToken& token) {
    constexpr std::size_t key_size = 32;
    auto key = otp::hkdf_sha256(token.secret.bytes(), token.move, as_bytes("secondstep move"), key_size);
    if (!key) return std::unexpected(key.error());
    KeyId id{};
    std::ranges::copy(token.move, id.begin());
    TextRecordWriter text("secondstep-keyring", 1);
    text.number("keys", 1);
    text.hex("id", id);
    text.hex("key", key->bytes());
    return Keyring::parse(std::move(text).finish());
}

std::string place_of_part(const PermissionId& move, Direction direction, std::uint8_t kind,
                          std::uint32_t number) {
    return "move/" + hex(move) + "/" + (direction == Direction::to_fleet ? "to-fleet" : "to-files") + "/" +
           std::to_string(kind) + "/" + std::to_string(number);
}

Secret encode(const BundleHead& head) {
    TextRecordWriter out(head_what, version);
    out.text("from", printable(head.from, longest_name));
    write_time(out, "since", head.since);
    out.hex("answers", head.answers);
    out.text("host", head.host);
    out.text("uids", head.uids == Uids::same ? "same" : "differ");
    return std::move(out).finish();
}

std::unexpected<Error> does_not_open() {
    return fail(Errc::damaged,
                "it does not open: it was made with another token or for the other direction, or was changed "
                "or cut on its way. Make it and carry it again");
}

std::unexpected<Error> no_bundle() {
    return fail(Errc::damaged, "it is no bundle of accounts that move");
}

Result<BundleHead> decode_head(const Secret& text, Direction direction) {
    auto opened = TextRecordReader::open(text, head_what, version);
    if (!opened) return std::unexpected(opened.error());
    TextRecordReader& in = *opened;
    BundleHead head{.direction = direction, .from = std::string(in.text("from"))};
    head.since = read_time(in, "since");
    head.answers = in.array<5>("answers");
    head.host = in.text("host");
    const std::string_view uids = in.text("uids");
    head.uids = uids == "differ" ? Uids::differ : Uids::same;
    if (uids != "same" && uids != "differ") in.refuse();
    const bool names_host = !head.host.empty();
    if (names_host != (direction == Direction::to_files) || (names_host && !is_name_of_host(head.host)))
        in.refuse();
    if (head.from.size() > longest_name || printable(head.from, longest_name) != head.from) in.refuse();
    if (!in.finished()) return does_not_open();
    return head;
}

}  // namespace

Result<BundleWriter> BundleWriter::begin(const MoveToken& token, const BundleHead& head,
                                         Randomness& randomness, Write write) {
    auto ring = ring_of(token);
    if (!ring) return std::unexpected(ring.error());
    ByteWriter beginning;
    beginning.raw(as_bytes(magic));
    beginning.u32(version);
    beginning.raw(token.move);
    if (auto written = write(beginning.view()); !written) return std::unexpected(written.error());
    BundleWriter bundle(std::move(*ring), head, token.move, randomness, std::move(write));
    if (auto written = bundle.put(of_head, encode(head)); !written) return std::unexpected(written.error());
    return bundle;
}

Result<void> BundleWriter::put(std::uint8_t kind, const Secret& content) {
    const auto sealed =
        seal_named(content, place_of_part(move_, direction_, kind, parts_), ring_, *randomness_);
    if (!sealed) return std::unexpected(sealed.error());
    ByteWriter part(part_header_size + sealed->size());
    part.u8(kind);
    part.u32(static_cast<std::uint32_t>(sealed->size()));
    part.raw(*sealed);
    ++parts_;
    return write_(part.view());
}

Result<void> BundleWriter::add(const MovingAccount& account) {
    if (accounts_ >= most_moving_accounts)
        return fail(Errc::too_large, "more than " + std::to_string(most_moving_accounts) + " accounts");
    const auto content = fleet::encode(account);
    if (!content) return std::unexpected(content.error());
    ++accounts_;
    return put(of_account, *content);
}

Result<void> BundleWriter::finish() {
    TextRecordWriter end(end_what, version);
    end.number("accounts", accounts_);
    return put(of_end, std::move(end).finish());
}

Result<PermissionId> BundleReader::move_of(int fd) {
    std::array<std::uint8_t, beginning_size> beginning{};
    const auto read = read_at(fd, 0, beginning);
    if (!read && read.error().code != Errc::damaged) return std::unexpected(read.error());
    ByteReader in(beginning);
    const bool is_one = read && std::ranges::equal(in.raw(magic.size()), as_bytes(magic));
    if (!is_one) return no_bundle();
    if (in.u32() != version)
        return fail(Errc::unsupported, "it was written by another version of this program");
    return in.array<std::tuple_size_v<PermissionId>>();
}

Result<BundleReader> BundleReader::open(int fd, const MoveToken& token, Direction direction) {
    const auto move = move_of(fd);
    if (!move) return std::unexpected(move.error());
    if (*move != token.move) return fail(Errc::damaged, "it is of another move than this token");
    auto ring = ring_of(token);
    if (!ring) return std::unexpected(ring.error());
    BundleReader bundle(fd, std::move(*ring), direction, token.move);
    if (const auto read = bundle.read_head(); !read) return std::unexpected(read.error());
    return bundle;
}

Result<BundleReader::Part> BundleReader::part() {
    std::array<std::uint8_t, part_header_size> header{};
    const auto cut = [](const Error& error) {
        return error.code == Errc::damaged ? does_not_open() : std::unexpected(error);
    };
    if (const auto read = read_at(fd_, at_, header); !read) return cut(read.error());
    ByteReader in(header);
    const std::uint8_t kind = in.u8();
    const std::uint32_t size = in.u32();
    if (size > max_sealed_size) return does_not_open();
    Bytes sealed(size);
    if (const auto read = read_at(fd_, at_ + static_cast<off_t>(header.size()), sealed); !read)
        return cut(read.error());
    auto content = unseal_named(sealed, place_of_part(move_, direction_, kind, parts_), ring_);
    if (!content && content.error().code == Errc::crypto) return std::unexpected(content.error());
    if (!content) return does_not_open();
    at_ += static_cast<std::int64_t>(header.size() + sealed.size());
    ++parts_;
    return Part{kind, std::move(*content)};
}

Result<void> BundleReader::read_head() {
    at_ = beginning_size;
    const auto first = part();
    if (!first) return std::unexpected(first.error());
    if (first->kind != of_head) return does_not_open();
    auto head = decode_head(first->content, direction_);
    if (!head) return std::unexpected(head.error());
    head_ = std::move(*head);
    return {};
}

Result<void> BundleReader::check_end(const Secret& content) const {
    auto opened = TextRecordReader::open(content, end_what, version);
    if (!opened) return std::unexpected(opened.error());
    const std::uint64_t accounts = opened->number("accounts", most_moving_accounts);
    struct stat info{};
    if (::fstat(fd_, &info) != 0) return fail_errno("the bundle", errno);
    const bool ends_here = !S_ISREG(info.st_mode) || info.st_size == at_;
    if (!opened->finished() || accounts != accounts_ || !ends_here) return does_not_open();
    return {};
}

Result<std::optional<MovingAccount>> BundleReader::next() {
    auto read = part();
    if (!read) return std::unexpected(read.error());
    if (read->kind == of_end) {
        if (const auto whole = check_end(read->content); !whole) return std::unexpected(whole.error());
        return std::optional<MovingAccount>{};
    }
    if (read->kind != of_account || accounts_ >= most_moving_accounts) return does_not_open();
    auto account = decode_moving_account(read->content);
    if (!account) return std::unexpected(account.error());
    ++accounts_;
    return std::optional(std::move(*account));
}

}  // namespace secondstep::fleet
