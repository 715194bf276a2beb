#include "wire/message.h"

#include <string_view>
#include <utility>

#include "base/byte_codec.h"

namespace secondstep::wire {
namespace {

// The values travel: never renumber.
enum class Type : std::uint8_t { hello = 1, answer = 2, show = 3, ask = 4, end = 5 };

constexpr std::uint8_t flag_first_factor_passed = 1;
constexpr std::uint8_t flag_combined = 2;
constexpr std::uint8_t flag_enroll_in_account = 4;
// From version 2 on.
constexpr std::uint8_t flag_nobody_there = 8;
constexpr std::uint8_t flag_told_later = 16;
constexpr std::uint8_t flags_of_version_1 = flag_first_factor_passed | flag_combined | flag_enroll_in_account;

constexpr bool has_proofs(std::uint8_t version) {
    return version >= 2;
}

std::uint8_t known_flags(std::uint8_t version) {
    return has_proofs(version) ? flags_of_version_1 | flag_nobody_there | flag_told_later
                               : flags_of_version_1;
}

std::unexpected<Error> damaged(const char* what) {
    return fail(Errc::damaged, what);
}

std::unexpected<Error> too_large(const char* what) {
    return fail(Errc::too_large, what);
}

ByteWriter head_of(std::uint8_t version, Type type) {
    ByteWriter head;
    head.u8(version);
    head.u8(static_cast<std::uint8_t>(type));
    return head;
}

// Texts go straight into a Secret: an answer is one, and enrollment will show keys.
Secret joined(ByteWriter head, std::string_view text) {
    head.u16(static_cast<std::uint16_t>(text.size()));
    Secret packet(head.size() + text.size());
    packet.truncate(0);
    packet.append(head.view());
    packet.append(text);
    return packet;
}

std::uint8_t flags_of(const Hello& hello) {
    const int flags = (hello.first_factor_passed ? flag_first_factor_passed : 0) |
                      (hello.combined ? flag_combined : 0) |
                      (hello.enroll_in_account ? flag_enroll_in_account : 0) |
                      (hello.nobody_there ? flag_nobody_there : 0) | (hello.told_later ? flag_told_later : 0);
    return static_cast<std::uint8_t>(flags & known_flags(hello.version));
}

bool task_goes_with_purpose(const Hello& hello) {
    return (hello.task != Task::none) == (hello.purpose == Purpose::manage);
}

// Only the account phase is told what another phase was shown, or that nobody is there.
bool proof_goes_with_purpose(const Hello& hello) {
    return hello.purpose == Purpose::account || (hello.proof.empty() && !hello.nobody_there);
}

bool proof_goes_with_verdict(const End& end) {
    return end.proof.empty() || end.verdict == Verdict::accepted || end.verdict == Verdict::not_needed;
}

// The proof at the end of a hello or an end; straight into a Secret, as the texts.
Secret with_proof(std::uint8_t version, ByteWriter head, const Token& proof) {
    if (!has_proofs(version)) return Secret::copy_of(head.view());
    return joined(std::move(head),
                  {reinterpret_cast<const char*>(proof.bytes().data()), proof.bytes().size()});
}

Token read_proof(std::uint8_t version, ByteReader& in) {
    if (!has_proofs(version)) return {};
    return Token::of(as_bytes(in.sized(Token::max_size))).value_or(Token{});
}

bool has_text(AnswerKind kind) {
    return kind == AnswerKind::text || kind == AnswerKind::form;
}

std::size_t most_bytes(AnswerKind kind) {
    return kind == AnswerKind::form ? max_form : max_answer;
}

struct Encoder {
    std::uint8_t version;

    Result<Secret> operator()(const Hello& hello) const {
        if (!task_goes_with_purpose(hello)) return fail(Errc::invalid, "a task without the purpose for it");
        if (!proof_goes_with_purpose(hello)) return fail(Errc::invalid, "a proof without the purpose for it");
        ByteWriter out = head_of(hello.version, Type::hello);
        out.u8(static_cast<std::uint8_t>(hello.purpose));
        out.u8(flags_of(hello));
        out.u8(static_cast<std::uint8_t>(hello.task));
        for (const std::uint8_t byte : hello.attempt)
            out.u8(byte);
        for (const std::string* name : {&hello.user, &hello.service, &hello.rhost, &hello.tty}) {
            if (name->size() > max_name) return too_large("a name has more than 256 bytes");
            out.sized(*name);
        }
        return with_proof(hello.version, std::move(out), hello.proof);
    }

    Result<Secret> operator()(const Answer& answer) const {
        const std::string_view text = has_text(answer.kind) ? answer.text.text() : std::string_view{};
        if (text.size() > most_bytes(answer.kind)) return too_large("an answer has more bytes than it may");
        ByteWriter head = head_of(version, Type::answer);
        head.u8(static_cast<std::uint8_t>(answer.kind));
        return joined(std::move(head), text);
    }

    Result<Secret> operator()(const Show& show) const {
        if (show.text.size() > max_text) return too_large("a text does not fit into a message");
        ByteWriter head = head_of(version, Type::show);
        head.u8(static_cast<std::uint8_t>(show.style));
        return joined(std::move(head), show.text.text());
    }

    Result<Secret> operator()(const Ask& ask) const {
        if (ask.text.size() > max_text) return too_large("a text does not fit into a message");
        ByteWriter head = head_of(version, Type::ask);
        head.u8(ask.echo ? 1 : 0);
        head.u8(ask.combined_length);
        return joined(std::move(head), ask.text);
    }

    Result<Secret> operator()(const End& end) const {
        if (!proof_goes_with_verdict(end)) return fail(Errc::invalid, "a proof without the verdict for it");
        ByteWriter out = head_of(version, Type::end);
        out.u8(static_cast<std::uint8_t>(end.verdict));
        return with_proof(version, std::move(out), end.proof);
    }
};

// A NUL would end the name early in every C function: "root\0x" is not looked up as "root".
bool has_nul(const Hello& hello) {
    for (const std::string* name : {&hello.user, &hello.service, &hello.rhost, &hello.tty}) {
        if (name->find('\0') != std::string::npos) return true;
    }
    return false;
}

template <typename Enum>
bool between(std::uint8_t value, Enum first, Enum last) {
    return value >= static_cast<std::uint8_t>(first) && value <= static_cast<std::uint8_t>(last);
}

Result<Message> decode_hello(std::uint8_t version, ByteReader& in) {
    const std::uint8_t purpose = in.u8();
    const std::uint8_t flags = in.u8();
    const std::uint8_t task = in.u8();
    Hello hello;
    hello.version = version;
    hello.attempt = in.array<16>();
    for (std::string* name : {&hello.user, &hello.service, &hello.rhost, &hello.tty})
        *name = in.sized(max_name);
    hello.proof = read_proof(version, in);
    if (!in.finished() || !between(purpose, Purpose::authenticate, Purpose::manage) ||
        (flags & ~known_flags(version)) != 0 || has_nul(hello)) {
        return damaged("a damaged hello");
    }
    hello.purpose = static_cast<Purpose>(purpose);
    // One that came later is no damage: whoever asks is told, in words, that this side is the older one.
    hello.task = static_cast<Task>(task);
    hello.first_factor_passed = (flags & flag_first_factor_passed) != 0;
    hello.combined = (flags & flag_combined) != 0;
    hello.enroll_in_account = (flags & flag_enroll_in_account) != 0;
    hello.nobody_there = (flags & flag_nobody_there) != 0;
    hello.told_later = (flags & flag_told_later) != 0;
    if (!proof_goes_with_purpose(hello)) return damaged("a hello whose proof does not go with its purpose");
    if (!task_goes_with_purpose(hello)) return damaged("a hello whose task does not go with its purpose");
    return hello;
}

Result<Message> decode_answer(ByteReader& in) {
    const std::uint8_t kind = in.u8();
    const std::string_view text = in.sized(most_bytes(static_cast<AnswerKind>(kind)));
    if (!in.finished() || !between(kind, AnswerKind::none, AnswerKind::form) ||
        (!has_text(static_cast<AnswerKind>(kind)) && !text.empty())) {
        return damaged("a damaged answer");
    }
    return Answer{.kind = static_cast<AnswerKind>(kind), .text = Secret::copy_of(text)};
}

Result<Message> decode_show(ByteReader& in) {
    const std::uint8_t style = in.u8();
    const std::string_view text = in.sized(max_text);
    if (!in.finished() || !between(style, Style::info, Style::data)) return damaged("a damaged text to show");
    return Show{.style = static_cast<Style>(style), .text = Secret::copy_of(text)};
}

Result<Message> decode_ask(ByteReader& in) {
    const std::uint8_t echo = in.u8();
    const std::uint8_t combined_length = in.u8();
    const std::string_view text = in.sized(max_text);
    if (!in.finished() || echo > 1) return damaged("a damaged question");
    return Ask{.echo = echo == 1, .text = std::string(text), .combined_length = combined_length};
}

Result<Message> decode_end(std::uint8_t version, ByteReader& in) {
    const std::uint8_t verdict = in.u8();
    End end;
    end.proof = read_proof(version, in);
    if (!in.finished() || !between(verdict, Verdict::accepted, Verdict::misconfigured)) {
        return damaged("a damaged end");
    }
    end.verdict = static_cast<Verdict>(verdict);
    if (!proof_goes_with_verdict(end)) return damaged("an end whose proof does not go with its verdict");
    return end;
}

}  // namespace

Result<Secret> encode(const Message& message, std::uint8_t version) {
    return std::visit(Encoder{version}, message);
}

Result<Message> decode(ByteView packet) {
    if (packet.size() > max_message) return damaged("a message of more than 8192 bytes");
    ByteReader in(packet);
    const std::uint8_t version = in.u8();
    const std::uint8_t type = in.u8();
    if (!in.ok()) return damaged("a message of less than two bytes");
    if (version < oldest_protocol_version || version > protocol_version) {
        return fail(Errc::unsupported, "a message of protocol version " + std::to_string(version));
    }
    switch (static_cast<Type>(type)) {
        case Type::hello:
            return decode_hello(version, in);
        case Type::answer:
            return decode_answer(in);
        case Type::show:
            return decode_show(in);
        case Type::ask:
            return decode_ask(in);
        case Type::end:
            return decode_end(version, in);
    }
    return damaged("a message of an unknown type");
}

}  // namespace secondstep::wire
