#include "store/machine.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>

#include "account/record_fields.h"
#include "account/seal.h"
#include "account/text_record.h"
#include "base/file.h"
#include "base/text.h"
#include "otp/kdf.h"

namespace secondstep {
namespace {

using Where = MachineStanding::Where;

constexpr std::string_view what = "secondstep-machine";
constexpr unsigned version = 1;
constexpr std::size_t max_size = 4096;
constexpr std::size_t id_size = 32;
constexpr std::size_t max_host = 255;

bool is_id(std::string_view text) {
    return text.size() == id_size &&
           std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

// Nothing: there is no such file, or its key is gone, which doctor tells of the whole store.
Result<std::optional<MachineRecord>> read_record(int root, const StoreContext& context) {
    const FileTrust trust{.owner = context.owner, .max_size = max_size};
    const auto fd = open_trusted(root, machine_file_name, O_RDONLY, trust);
    if (!fd && fd.error().code == Errc::not_found) return std::optional<MachineRecord>{};
    if (!fd) return std::unexpected(fd.error());
    const auto sealed = read_whole(fd->get(), max_size);
    if (!sealed) return std::unexpected(sealed.error());
    const auto text = unseal(*sealed, RecordName::machine(), context.ring);
    if (!text && text.error().code == Errc::not_found) return std::optional<MachineRecord>{};
    if (!text) return fail(text.error().code, std::string(machine_file_name) + ": " + text.error().detail);
    auto record = decode_machine_record(*text);
    if (!record) return std::unexpected(record.error());
    return std::optional(std::move(*record));
}

}  // namespace

Result<Digest> digest_of(const ThisMachine& machine) {
    const UniqueFd fd(::open(machine.id_file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!fd.valid()) return fail(Errc::not_found, machine.id_file + " cannot be read");
    const auto content = read_whole(fd.get(), max_size);
    if (!content) return std::unexpected(content.error());
    std::string id(content->begin(), content->end());
    if (id.ends_with('\n')) id.pop_back();
    if (!is_id(id)) return fail(Errc::not_found, machine.id_file + " does not hold the id of a machine");
    return otp::hmac_sha256(as_bytes(id), as_bytes("secondstep store"));
}

Result<MachineStanding> machine_standing(int root, const ThisMachine& machine, const StoreContext& context) {
    const auto here = digest_of(machine);
    if (!here && here.error().code == Errc::not_found) return MachineStanding{.where = Where::not_to_say};
    if (!here) return std::unexpected(here.error());
    auto record = read_record(root, context);
    if (!record) return std::unexpected(record.error());
    if (!*record) return MachineStanding{.where = Where::not_said};
    const bool same = (*record)->machine == *here;
    return MachineStanding{.where = same ? Where::here : Where::elsewhere, .record = std::move(**record)};
}

Result<void> record_machine(int root, const ThisMachine& machine, const StoreContext& context) {
    const auto here = digest_of(machine);
    if (!here) return std::unexpected(here.error());
    const MachineRecord record{
        .machine = *here, .host = printable(machine.host, max_host), .since = context.clock.now()};
    const auto sealed = seal(encode(record), RecordName::machine(), context.ring, context.randomness);
    if (!sealed) return std::unexpected(sealed.error());
    const auto placed = write_durably(root, machine_file_name, *sealed, S_IRUSR | S_IWUSR);
    if (!placed) return std::unexpected(placed.error());
    if (*placed == Placed::unconfirmed)
        return fail(Errc::io, "The disk did not confirm on which machine the store is.");
    return {};
}

Secret encode(const MachineRecord& record) {
    TextRecordWriter out(what, version);
    out.hex("machine", record.machine);
    out.text("host", record.host);
    write_time(out, "since", record.since);
    return std::move(out).finish();
}

Result<MachineRecord> decode_machine_record(const Secret& text) {
    auto opened = TextRecordReader::open(text, what, version);
    if (!opened) return std::unexpected(opened.error());
    TextRecordReader& in = *opened;
    MachineRecord record;
    record.machine = in.array<std::tuple_size_v<Digest>>("machine");
    record.host = in.text("host");
    if (record.host.size() > max_host || printable(record.host) != record.host) in.refuse();
    record.since = read_time(in, "since");
    if (!in.finished()) return fail(Errc::damaged, "The record of the machine is damaged.");
    return record;
}

}  // namespace secondstep
