#include "store/moving_credential.h"

#include <algorithm>
#include <cstdint>

#include "base/byte_codec.h"

namespace secondstep {
namespace {

constexpr std::string_view magic = "SSTPMOVE";
constexpr std::uint32_t format = 1;

}  // namespace

Bytes moving_file(ByteView sealed_for_one, ByteView sealed_for_other) {
    ByteWriter out;
    out.raw(as_bytes(magic));
    out.u32(format);
    out.u32(static_cast<std::uint32_t>(sealed_for_one.size()));
    out.raw(sealed_for_one);
    out.raw(sealed_for_other);
    return std::move(out).take();
}

bool is_moving(ByteView file) {
    return file.size() >= magic.size() && std::ranges::equal(file.first(magic.size()), as_bytes(magic));
}

Result<Secret> unseal_moving(ByteView file, const RecordName& name, const Keyring& ring) {
    ByteReader in(file);
    static_cast<void>(in.raw(magic.size()));
    const std::uint32_t written = in.u32();
    if (in.ok() && written > format) return fail(Errc::unsupported, "It is of a newer format.");
    const ByteView one = in.raw(in.u32());
    if (!in.ok() || written != format)
        return fail(Errc::damaged, "It is no credential on its way to another name.");
    Result<Secret> text = unseal(one, name, ring);
    if (!text && text.error().code == Errc::damaged) text = unseal(in.raw(in.remaining()), name, ring);
    return text;
}

}  // namespace secondstep
