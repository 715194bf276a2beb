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

// Straight into a Secret: an answer is one, and enrollment shows keys.
class Writer {
  public:
    explicit Writer(Secret& out) : out_(out) {}
    void u8(std::uint8_t value) { out_.push_back(static_cast<char>(value)); }
    template <typename Enum>
    void value(Enum value) {
        u8(static_cast<std::uint8_t>(value));
    }
    void raw(ByteView bytes) { out_.append(bytes); }
    void sized(ByteView bytes) {
        u8(static_cast<std::uint8_t>(bytes.size() >> 8));
        u8(static_cast<std::uint8_t>(bytes.size()));
        raw(bytes);
    }
    void sized(std::string_view text) { sized(as_bytes(text)); }

  private:
    Secret& out_;
};

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

std::array<const std::string*, 4> names_of(const Hello& hello) {
    return {&hello.user, &hello.service, &hello.rhost, &hello.tty};
}

// The longest head of a message, its version and the length of a text included.
constexpr std::size_t most_of_head = 6;
constexpr std::size_t most_of_hello = 21 + 4 * (2 + max_name) + 2 + Token::max_size;
static_assert(most_of_hello <= max_message);

// How much memory a message needs at most, so that a packet is allocated once.
struct Room {
    std::size_t operator()(const Hello& hello) const {
        std::size_t names = 0;
        for (const std::string* name : names_of(hello))
            names += name->size();
        return most_of_hello - 4 * max_name - Token::max_size + names + hello.proof.bytes().size();
    }
    std::size_t operator()(const End& end) const { return most_of_head + end.proof.bytes().size(); }
    std::size_t operator()(const auto& with_text) const { return most_of_head + with_text.text.size(); }
};

// A message from its type on.
struct Encoder {
    Writer out;
    std::uint8_t version;

    Result<void> operator()(const Hello& hello) {
        if (!task_goes_with_purpose(hello)) return fail(Errc::invalid, "a task without the purpose for it");
        if (!proof_goes_with_purpose(hello)) return fail(Errc::invalid, "a proof without the purpose for it");
        out.value(Type::hello);
        out.value(hello.purpose);
        out.u8(flags_of(hello));
        out.value(hello.task);
        out.raw(hello.attempt);
        for (const std::string* name : names_of(hello)) {
            if (name->size() > max_name) return too_large("a name has more than 256 bytes");
            out.sized(*name);
        }
        return proof(hello.proof);
    }

    Result<void> operator()(const Answer& answer) {
        const std::string_view text = has_text(answer.kind) ? answer.text.text() : std::string_view{};
        if (text.size() > most_bytes(answer.kind)) return too_large("an answer has more bytes than it may");
        out.value(Type::answer);
        out.value(answer.kind);
        out.sized(text);
        return {};
    }

    Result<void> operator()(const Show& show) {
        if (show.text.size() > max_text) return too_large("a text does not fit into a message");
        out.value(Type::show);
        out.value(show.style);
        out.sized(show.text.text());
        return {};
    }

    Result<void> operator()(const Ask& ask) {
        if (ask.text.size() > max_text) return too_large("a text does not fit into a message");
        out.value(Type::ask);
        out.u8(ask.echo ? 1 : 0);
        out.u8(ask.combined_length);
        out.sized(ask.text);
        return {};
    }

    Result<void> operator()(const End& end) {
        if (!proof_goes_with_verdict(end)) return fail(Errc::invalid, "a proof without the verdict for it");
        out.value(Type::end);
        out.value(end.verdict);
        return proof(end.proof);
    }

    Result<void> proof(const Token& proof) {
        if (has_proofs(version)) out.sized(proof.bytes());
        return {};
    }
};

// A NUL would end the name early in every C function: "root\0x" is not looked up as "root".
bool has_nul(const Hello& hello) {
    for (const std::string* name : names_of(hello)) {
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
    if (!in.ok() || !between(purpose, Purpose::authenticate, Purpose::manage) ||
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
    if (!in.ok() || !between(kind, AnswerKind::none, AnswerKind::form) ||
        (!has_text(static_cast<AnswerKind>(kind)) && !text.empty())) {
        return damaged("a damaged answer");
    }
    return Answer{.kind = static_cast<AnswerKind>(kind), .text = Secret::copy_of(text)};
}

Result<Message> decode_show(ByteReader& in) {
    const std::uint8_t style = in.u8();
    const std::string_view text = in.sized(max_text);
    if (!in.ok() || !between(style, Style::info, Style::data)) return damaged("a damaged text to show");
    return Show{.style = static_cast<Style>(style), .text = Secret::copy_of(text)};
}

Result<Message> decode_ask(ByteReader& in) {
    const std::uint8_t echo = in.u8();
    const std::uint8_t combined_length = in.u8();
    const std::string_view text = in.sized(max_text);
    if (!in.ok() || echo > 1) return damaged("a damaged question");
    return Ask{.echo = echo == 1, .text = std::string(text), .combined_length = combined_length};
}

Result<Message> decode_end(std::uint8_t version, ByteReader& in) {
    const std::uint8_t verdict = in.u8();
    End end;
    end.proof = read_proof(version, in);
    if (!in.ok() || !between(verdict, Verdict::accepted, Verdict::misconfigured)) {
        return damaged("a damaged end");
    }
    end.verdict = static_cast<Verdict>(verdict);
    if (!proof_goes_with_verdict(end)) return damaged("an end whose proof does not go with its verdict");
    return end;
}

Result<Message> decode_message(std::uint8_t version, ByteReader& in) {
    switch (static_cast<Type>(in.u8())) {
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

// The version, which is all that is understood of a packet of a newer one.
Result<std::uint8_t> decode_version(ByteView packet, ByteReader& in) {
    if (packet.size() > max_message) return damaged("a packet of more than 8192 bytes");
    if (packet.size() < 2) return damaged("a packet of less than two bytes");
    const std::uint8_t version = in.u8();
    if (version >= oldest_protocol_version && version <= protocol_version) return version;
    return fail(Errc::unsupported, "a message of protocol version " + std::to_string(version));
}

std::uint8_t version_of(const Message& message, std::uint8_t version) {
    const auto* hello = std::get_if<Hello>(&message);
    return hello == nullptr ? version : hello->version;
}

bool is_of_a_client(const Message& message) {
    return std::holds_alternative<Hello>(message) || std::holds_alternative<Answer>(message);
}

// The next message of a packet, behind those before it.
Result<Message> decode_next(std::uint8_t version, const std::vector<Message>& before, ByteReader& in) {
    if (before.empty()) return decode_message(version, in);
    if (ends_packet(before.back()) || !has_shared_packets(version))
        return damaged("a message behind the last of its packet");
    Result<Message> message = decode_message(version, in);
    if (message && is_of_a_client(*message)) return damaged("a client's message that is not alone");
    return message;
}

}  // namespace

Result<void> append(Secret& packet, const Message& message, std::uint8_t version) {
    version = version_of(message, version);
    const std::size_t before = packet.size();
    packet.reserve(before + std::visit(Room{}, message));
    Writer out(packet);
    if (before == 0) out.u8(version);
    Result<void> written = std::visit(Encoder{.out = out, .version = version}, message);
    if (written && packet.size() > max_message) written = too_large("a packet has no room left");
    if (!written) packet.truncate(before);
    return written;
}

Result<Secret> encode(const Message& message, std::uint8_t version) {
    Secret packet;
    if (const Result<void> written = append(packet, message, version); !written)
        return std::unexpected(written.error());
    return packet;
}

Result<std::vector<Message>> decode_packet(ByteView packet) {
    ByteReader in(packet);
    const Result<std::uint8_t> version = decode_version(packet, in);
    if (!version) return std::unexpected(version.error());
    std::vector<Message> messages;
    messages.reserve(2);  // a text, and the question or verdict behind it
    while (in.remaining() > 0) {
        Result<Message> message = decode_next(*version, messages, in);
        if (!message) return std::unexpected(message.error());
        messages.push_back(std::move(*message));
    }
    return messages;
}

Result<Message> decode(ByteView packet) {
    ByteReader in(packet);
    const Result<std::uint8_t> version = decode_version(packet, in);
    if (!version) return std::unexpected(version.error());
    Result<Message> message = decode_message(*version, in);
    if (message && in.remaining() > 0) return damaged("a message that is not alone in its packet");
    return message;
}

}  // namespace secondstep::wire
