#include "dialogue/conversation/introduction.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>
#include <utility>

#include "account/remembered_clients.h"
#include "base/byte_codec.h"

namespace secondstep::dialogue {
namespace {

constexpr std::uint8_t version = 1;
constexpr std::size_t longest_name = 256;
constexpr std::size_t longest_rule = 80;
constexpr std::size_t longest_sentence = 512;
constexpr std::array<std::string_view, 4> methods{"totp", "hotp", "mail", "sms"};

// They travel: never renumber.
using Flags = std::uint16_t;
constexpr Flags known = 1;
constexpr Flags has_uid = 2;
constexpr Flags in_doubt = 4;
constexpr Flags has_open_question = 8;
constexpr Flags may_disable_own_step = 16;
constexpr Flags has_end = 32;  // a last moment at which somebody may decline to enroll
constexpr Flags has_self_disable = 64;
constexpr Flags self_disable = 128;
constexpr Flags all_flags = 255;

Flags flag_if(bool holds, Flags flag) {
    return holds ? flag : Flags{0};
}

Flags flags_of(const Introduction& from) {
    const std::optional<bool>& disable = from.policy.allow_self_disable;
    return static_cast<Flags>(
        flag_if(from.account.has_value(), known) | flag_if(from.uid.has_value(), has_uid) |
        flag_if(from.in_doubt, in_doubt) | flag_if(from.open_question.has_value(), has_open_question) |
        flag_if(from.may_disable_own_step, may_disable_own_step) |
        flag_if(from.policy.enroll_until.has_value(), has_end) |
        flag_if(disable.has_value(), has_self_disable) | flag_if(disable.value_or(false), self_disable));
}

std::uint8_t caller_number(Caller caller) {
    switch (caller) {
        case Caller::root:
            return 1;
        case Caller::own_uid:
            return 2;
        case Caller::trusted:
            return 3;
    }
    return 2;
}

std::optional<Caller> caller_of(std::uint8_t number) {
    for (const Caller caller : {Caller::root, Caller::own_uid, Caller::trusted}) {
        if (caller_number(caller) == number) return caller;
    }
    return std::nullopt;
}

std::uint8_t action_number(Action action) {
    switch (action) {
        case Action::allow:
            return 1;
        case Action::require:
            return 2;
        case Action::exempt:
            return 3;
        case Action::enroll:
            return 4;
    }
    return 2;
}

std::optional<Action> action_of(std::uint8_t number) {
    for (const Action action : {Action::allow, Action::require, Action::exempt, Action::enroll}) {
        if (action_number(action) == number) return action;
    }
    return std::nullopt;
}

std::uint8_t methods_as_bits(const std::vector<std::string>& given) {
    unsigned bits = 0;
    for (std::size_t i = 0; i < methods.size(); ++i) {
        if (std::ranges::find(given, methods[i]) != given.end()) bits |= 1U << i;
    }
    return static_cast<std::uint8_t>(bits);
}

std::vector<std::string> methods_of(std::uint8_t bits) {
    std::vector<std::string> given;
    for (std::size_t i = 0; i < methods.size(); ++i) {
        if ((bits & (1U << i)) != 0) given.emplace_back(methods[i]);
    }
    return given;
}

std::string_view cut(const std::string& text, std::size_t most) {
    return std::string_view(text).substr(0, most);
}

std::uint32_t seconds(std::chrono::seconds time) {
    return static_cast<std::uint32_t>(std::clamp(time, std::chrono::seconds{0}, longest_remembered).count());
}

void write(ByteWriter& out, const Policy& policy) {
    out.u8(action_number(policy.action));
    out.u8(policy.enrollment == EnrollmentProof::open ? 1 : 0);
    out.u8(methods_as_bits(policy.methods));
    out.u8(static_cast<std::uint8_t>(policy.combined_digits));
    out.u32(seconds(policy.remember));
    out.u32(seconds(policy.repeat));
    out.i64(to_unix(policy.enroll_until.value_or(UnixTime{})));
    out.sized(cut(policy.rule, longest_rule));
}

// False: a value that is none.
bool read(ByteReader& in, Flags flags, Policy& policy) {
    const std::optional<Action> action = action_of(in.u8());
    const std::uint8_t open = in.u8();
    const std::uint8_t bits = in.u8();
    policy.combined_digits = in.u8();
    policy.remember = std::chrono::seconds{in.u32()};
    policy.repeat = std::chrono::seconds{in.u32()};
    const UnixTime end = from_unix(in.i64());
    policy.rule = in.sized(longest_rule);
    if (!action || open > 1 || bits >= 1U << methods.size()) return false;
    if (policy.combined_digits < 6 || policy.combined_digits > 8) return false;
    if (std::max(policy.remember, policy.repeat) > longest_remembered) return false;
    policy.action = *action;
    policy.enrollment = open == 1 ? EnrollmentProof::open : EnrollmentProof::registration_code;
    policy.methods = methods_of(bits);
    if ((flags & has_end) != 0) policy.enroll_until = end;
    if ((flags & has_self_disable) != 0) policy.allow_self_disable = (flags & self_disable) != 0;
    return true;
}

}  // namespace

Bytes encode(const Introduction& introduction) {
    ByteWriter out(128);
    out.u8(version);
    out.u16(flags_of(introduction));
    out.u8(caller_number(introduction.caller));
    out.u32(introduction.peer);
    out.u32(introduction.uid.value_or(0));
    out.u8(introduction.tries_used);
    out.sized(cut(introduction.account.value_or(""), longest_name));
    out.sized(cut(introduction.open_question.value_or(""), longest_sentence));
    write(out, introduction.policy);
    return std::move(out).take();
}

Result<Introduction> decode_introduction(ByteView bytes) {
    ByteReader in(bytes);
    const std::uint8_t spoken = in.u8();
    if (in.ok() && spoken != version)
        return fail(Errc::unsupported, "an introduction of version " + std::to_string(spoken));
    const Flags flags = in.u16();
    const std::optional<Caller> caller = caller_of(in.u8());
    Introduction from;
    from.peer = in.u32();
    const uid_t uid = in.u32();
    from.tries_used = in.u8();
    std::string account(in.sized(longest_name));
    std::string question(in.sized(longest_sentence));
    const bool policy = read(in, flags, from.policy);
    if (!policy || !caller || (flags & ~all_flags) != 0 || !in.finished())
        return fail(Errc::damaged, "a damaged introduction");
    from.caller = *caller;
    if ((flags & known) != 0) from.account = std::move(account);
    if ((flags & has_uid) != 0) from.uid = uid;
    from.in_doubt = (flags & in_doubt) != 0;
    if ((flags & has_open_question) != 0) from.open_question = std::move(question);
    from.may_disable_own_step = (flags & may_disable_own_step) != 0;
    return from;
}

}  // namespace secondstep::dialogue
