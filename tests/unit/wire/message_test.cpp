#include "wire/message.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace secondstep::wire {
namespace {

Hello a_hello() {
    Hello hello;
    hello.purpose = Purpose::manage;
    hello.task = Task::drop_clients;
    hello.first_factor_passed = true;
    hello.user = "alice";
    hello.service = "sshd";
    hello.rhost = "192.0.2.7";
    hello.tty = "ssh";
    for (std::size_t i = 0; i < hello.attempt.size(); ++i)
        hello.attempt[i] = static_cast<std::uint8_t>(i * 17);
    return hello;
}

Answer an_answer(std::string_view text) {
    return {.kind = AnswerKind::text, .text = Secret::copy_of(text)};
}

Bytes encoded(const Message& message) {
    const Result<Secret> packet = encode(message);
    if (!packet) throw std::runtime_error(packet.error().detail);
    return {packet->bytes().begin(), packet->bytes().end()};
}

template <typename Kind>
Kind round_trip(const Message& message) {
    Result<Message> decoded = decode(encoded(message));
    if (!decoded) throw std::runtime_error(decoded.error().detail);
    return std::get<Kind>(std::move(*decoded));
}

Errc error_of(ByteView packet) {
    const Result<Message> decoded = decode(packet);
    if (decoded) throw std::runtime_error("decoded");
    return decoded.error().code;
}

Token a_proof(std::size_t size = 66) {
    return Token::of(Bytes(size, 0x5a)).value();
}

Hello of_the_account_phase() {
    Hello hello = a_hello();
    hello.purpose = Purpose::account;
    hello.task = Task::none;
    hello.nobody_there = true;
    hello.proof = a_proof();
    return hello;
}

std::vector<Bytes> one_of_each() {
    std::vector<Bytes> packets;
    packets.push_back(encoded(of_the_account_phase()));
    packets.push_back(encoded(End{.verdict = Verdict::accepted, .proof = a_proof()}));
    packets.push_back(encoded(a_hello()));
    packets.push_back(encoded(an_answer("492039")));
    packets.push_back(encoded(Show{.style = Style::error, .text = Secret::copy_of("text")}));
    packets.push_back(encoded(Ask{.echo = true, .text = "Verification code: ", .combined_length = 6}));
    packets.push_back(encoded(End{.verdict = Verdict::refused}));
    return packets;
}

TEST(Message, HelloComesBackAsItWas) {
    const Hello sent = a_hello();
    const auto got = round_trip<Hello>(a_hello());
    EXPECT_EQ(got.version, protocol_version);
    EXPECT_EQ(got.purpose, Purpose::manage);
    EXPECT_EQ(got.task, Task::drop_clients);
    EXPECT_TRUE(got.first_factor_passed);
    EXPECT_FALSE(got.combined);
    EXPECT_FALSE(got.enroll_in_account);
    EXPECT_EQ(got.user, "alice");
    EXPECT_EQ(got.service, "sshd");
    EXPECT_EQ(got.rhost, "192.0.2.7");
    EXPECT_EQ(got.tty, "ssh");
    EXPECT_EQ(got.attempt, sent.attempt);
}

TEST(Message, HelloKeepsItsFlagsApart) {
    for (bool Hello::* set :
         {&Hello::first_factor_passed, &Hello::combined, &Hello::enroll_in_account, &Hello::told_later}) {
        Hello hello;
        hello.*set = true;
        const auto got = round_trip<Hello>(hello);
        for (bool Hello::* flag :
             {&Hello::first_factor_passed, &Hello::combined, &Hello::enroll_in_account, &Hello::told_later})
            EXPECT_EQ(got.*flag, flag == set);
    }
}

TEST(Message, EveryTaskComesBackFromManaging) {
    for (std::uint8_t value = 1; value <= 8; ++value) {
        Hello hello = a_hello();
        hello.task = static_cast<Task>(value);
        EXPECT_EQ(round_trip<Hello>(hello).task, hello.task);
    }
}

// What a later tool asks for: it is answered that this service is the older one, not hung up on.
TEST(Message, ATaskThatCameLaterIsNotKnownAndNoDamage) {
    for (const std::uint8_t number : {std::uint8_t{9}, std::uint8_t{100}, std::uint8_t{255}}) {
        Bytes packet = encoded(a_hello());
        packet[4] = number;
        const Task task = std::get<Hello>(decode(packet).value()).task;
        EXPECT_FALSE(is_known(task));
        EXPECT_EQ(static_cast<std::uint8_t>(task), number);
    }
}

TEST(Message, TaskGoesWithManagingAndWithNothingElse) {
    Bytes packet = encoded(a_hello());
    packet[4] = 0;  // managing without a task
    EXPECT_EQ(error_of(packet), Errc::damaged);
    for (const Purpose purpose : {Purpose::authenticate, Purpose::account}) {
        Hello hello = a_hello();
        hello.purpose = purpose;
        EXPECT_EQ(encode(hello).error().code, Errc::invalid);
        hello.task = Task::none;
        packet = encoded(hello);
        packet[4] = 1;
        EXPECT_EQ(error_of(packet), Errc::damaged);
    }
}

TEST(Message, HelloHasTheseBytes) {
    Hello hello;
    hello.user = "al";
    hello.combined = true;
    hello.enroll_in_account = true;
    hello.attempt.fill(0xab);
    Bytes expected{3, 1, 1, 6, 0};
    expected.insert(expected.end(), 16, 0xab);
    for (const std::uint8_t byte : Bytes{0, 2, 'a', 'l', 0, 0, 0, 0, 0, 0, 0, 0})
        expected.push_back(byte);
    EXPECT_EQ(encoded(hello), expected);
}

TEST(Message, AnswerAskShowAndEndHaveTheseBytes) {
    EXPECT_EQ(encoded(an_answer("12")), (Bytes{3, 2, 1, 0, 2, '1', '2'}));
    EXPECT_EQ(encoded(Show{.style = Style::error, .text = Secret::copy_of("x")}),
              (Bytes{3, 3, 2, 0, 1, 'x'}));
    EXPECT_EQ(encoded(Ask{.echo = true, .text = "c", .combined_length = 6}), (Bytes{3, 4, 1, 6, 0, 1, 'c'}));
    EXPECT_EQ(encoded(End{.verdict = Verdict::misconfigured}), (Bytes{3, 5, 7, 0, 0}));
}

TEST(Message, AFormMayBeLargerThanWhatIsTyped) {
    Answer form{.kind = AnswerKind::form, .text = Secret(max_form)};
    EXPECT_EQ(round_trip<Answer>(std::move(form)).text.size(), max_form);
    EXPECT_EQ(encode(Answer{.kind = AnswerKind::form, .text = Secret(max_form + 1)}).error().code,
              Errc::too_large);
    Bytes typed = encoded(Answer{.kind = AnswerKind::form, .text = Secret(max_answer + 1)});
    typed[2] = static_cast<std::uint8_t>(AnswerKind::text);
    EXPECT_EQ(error_of(typed), Errc::damaged) << "somebody at a prompt may not send as much";
}

TEST(Message, NoAnswerAndEmptyAnswerAreDifferent) {
    EXPECT_EQ(round_trip<Answer>(Answer{}).kind, AnswerKind::none);
    const auto empty = round_trip<Answer>(an_answer(""));
    EXPECT_EQ(empty.kind, AnswerKind::text);
    EXPECT_TRUE(empty.text.empty());
}

TEST(Message, AnswerKeepsEveryByte) {
    const std::string text("a\n\0\xff z", 6);
    EXPECT_EQ(round_trip<Answer>(an_answer(text)).text.text(), text);
}

TEST(Message, AnswerHasAtMost512Bytes) {
    EXPECT_EQ(round_trip<Answer>(an_answer(std::string(512, 'x'))).text.size(), 512U);
    EXPECT_EQ(encode(an_answer(std::string(513, 'x'))).error().code, Errc::too_large);
    Bytes packet{1, 2, 1, 2, 1};
    packet.insert(packet.end(), 513, 'x');
    EXPECT_EQ(error_of(packet), Errc::damaged);
}

TEST(Message, OverlongAnswerCarriesNoText) {
    const auto got =
        round_trip<Answer>(Answer{.kind = AnswerKind::too_long, .text = Secret::copy_of("secret")});
    EXPECT_EQ(got.kind, AnswerKind::too_long);
    EXPECT_TRUE(got.text.empty());
    EXPECT_EQ(error_of(Bytes{1, 2, 2, 0, 1, 'x'}), Errc::damaged);
    EXPECT_EQ(error_of(Bytes{1, 2, 0, 0, 1, 'x'}), Errc::damaged);
}

TEST(Message, ShowAndAskComeBackAsTheyWere) {
    const auto show = round_trip<Show>(Show{.style = Style::error, .text = Secret::copy_of("\nline\n")});
    EXPECT_EQ(show.style, Style::error);
    EXPECT_EQ(show.text.text(), "\nline\n");
    EXPECT_EQ(round_trip<Show>(Show{.style = Style::data, .text = Secret::copy_of("{}")}).style, Style::data);
    const auto ask = round_trip<Ask>(Ask{.echo = true, .text = "Number: ", .combined_length = 8});
    EXPECT_TRUE(ask.echo);
    EXPECT_EQ(ask.text, "Number: ");
    EXPECT_EQ(ask.combined_length, 8);
}

TEST(Message, EveryVerdictComesBack) {
    for (int value = 1; value <= 7; ++value) {
        const auto verdict = static_cast<Verdict>(value);
        EXPECT_EQ(round_trip<End>(End{.verdict = verdict}).verdict, verdict);
    }
}

TEST(Message, EveryTruncationIsDamaged) {
    for (const Bytes& packet : one_of_each()) {
        for (std::size_t size = 0; size < packet.size(); ++size) {
            EXPECT_EQ(error_of(ByteView(packet).first(size)), Errc::damaged)
                << "type " << +packet[1] << " " << size;
        }
    }
}

TEST(Message, LeftoverBytesAreDamaged) {
    for (Bytes packet : one_of_each()) {
        packet.push_back(0);
        EXPECT_EQ(error_of(packet), Errc::damaged) << "type " << +packet[1];
    }
}

TEST(Message, UnknownVersionIsUnsupportedWhateverFollows) {
    for (Bytes packet : one_of_each()) {
        for (const std::uint8_t version : Bytes{0, 4, 255}) {
            packet[0] = version;
            EXPECT_EQ(error_of(packet), Errc::unsupported);
        }
    }
    EXPECT_EQ(error_of(Bytes{4, 200, 1, 2, 3}), Errc::unsupported);
}

TEST(Message, UnknownTypeIsDamaged) {
    for (int type = 0; type < 256; ++type) {
        if (type >= 1 && type <= 5) continue;
        EXPECT_EQ(error_of(Bytes{1, static_cast<std::uint8_t>(type), 1}), Errc::damaged) << type;
    }
}

TEST(Message, UnknownValuesAreDamaged) {
    Bytes hello = encoded(a_hello());
    hello[2] = 4;  // purpose
    EXPECT_EQ(error_of(hello), Errc::damaged);
    hello[2] = 0;
    EXPECT_EQ(error_of(hello), Errc::damaged);
    hello[2] = 3;
    for (const std::uint8_t flags : Bytes{8, 32}) {  // 8: only of the account phase
        hello[3] = flags;
        EXPECT_EQ(error_of(hello), Errc::damaged);
    }
    EXPECT_EQ(error_of(Bytes{1, 2, 4, 0, 0}), Errc::damaged);  // kind of answer
    EXPECT_EQ(error_of(Bytes{1, 3, 0, 0, 0}), Errc::damaged);  // style
    EXPECT_EQ(error_of(Bytes{1, 3, 4, 0, 0}), Errc::damaged);
    EXPECT_EQ(error_of(Bytes{1, 4, 2, 0, 0, 0}), Errc::damaged);  // echo
    EXPECT_EQ(error_of(Bytes{1, 5, 0}), Errc::damaged);           // verdict
    EXPECT_EQ(error_of(Bytes{1, 5, 8}), Errc::damaged);
}

// --- versions ---

TEST(Message, AProofComesBackAsItWas) {
    const auto hello = round_trip<Hello>(of_the_account_phase());
    EXPECT_EQ(hello.proof, a_proof());
    EXPECT_TRUE(hello.nobody_there);
    for (const Verdict verdict : {Verdict::accepted, Verdict::not_needed})
        EXPECT_EQ(round_trip<End>(End{.verdict = verdict, .proof = a_proof(256)}).proof, a_proof(256));
    EXPECT_FALSE(Token::of(Bytes(257)));
}

TEST(Message, AProofGoesWithTheAccountPhaseAndWithAnAuthenticationThatWentWell) {
    for (const auto& [purpose, task] :
         {std::pair{Purpose::authenticate, Task::none}, std::pair{Purpose::manage, Task::status}}) {
        Hello hello = of_the_account_phase();
        Bytes packet = encoded(hello);
        packet[2] = static_cast<std::uint8_t>(purpose);
        packet[4] = static_cast<std::uint8_t>(task);
        EXPECT_EQ(error_of(packet), Errc::damaged);
        hello.purpose = purpose;
        hello.task = task;
        EXPECT_EQ(encode(hello).error().code, Errc::invalid);
        hello.proof = {};
        EXPECT_EQ(encode(hello).error().code, Errc::invalid) << "that nobody is there";
    }
    for (int value = 1; value <= 7; ++value) {
        const auto verdict = static_cast<Verdict>(value);
        if (verdict == Verdict::accepted || verdict == Verdict::not_needed) continue;
        EXPECT_EQ(encode(End{.verdict = verdict, .proof = a_proof()}).error().code, Errc::invalid);
        Bytes packet = encoded(End{.verdict = Verdict::accepted, .proof = a_proof()});
        packet[2] = static_cast<std::uint8_t>(value);
        EXPECT_EQ(error_of(packet), Errc::damaged);
    }
}

TEST(Message, AProofHasAtMost256Bytes) {
    Bytes packet = encoded(End{.verdict = Verdict::accepted, .proof = a_proof(256)});
    packet[4] = 1;  // the length 0x0100 becomes 0x0101, with a byte for it
    packet.push_back(1);
    EXPECT_EQ(error_of(packet), Errc::damaged);
}

TEST(Message, VersionOneHasTheBytesItAlwaysHad) {
    Hello hello = of_the_account_phase();
    hello.version = 1;
    hello.user = "al";
    hello.service = hello.rhost = hello.tty = "";
    hello.attempt.fill(0xab);
    Bytes expected{1, 1, 2, 1, 0};
    expected.insert(expected.end(), 16, 0xab);
    for (const std::uint8_t byte : Bytes{0, 2, 'a', 'l', 0, 0, 0, 0, 0, 0})
        expected.push_back(byte);
    EXPECT_EQ(encoded(hello), expected) << "neither a proof nor its flag";
    const auto back = decode(expected);
    ASSERT_TRUE(back);
    EXPECT_EQ(std::get<Hello>(*back).version, 1);
    EXPECT_TRUE(std::get<Hello>(*back).proof.empty());
    expected[3] = 8;
    EXPECT_EQ(error_of(expected), Errc::damaged) << "a flag that version 1 has not";

    const auto in_version_1 = [](const Message& message) {
        const Result<Secret> packet = encode(message, 1);
        return Bytes(packet->bytes().begin(), packet->bytes().end());
    };
    EXPECT_EQ(in_version_1(End{.verdict = Verdict::accepted, .proof = a_proof()}), (Bytes{1, 5, 1}));
    EXPECT_EQ(in_version_1(an_answer("12")), (Bytes{1, 2, 1, 0, 2, '1', '2'}));
    EXPECT_EQ(in_version_1(Show{.style = Style::error, .text = Secret::copy_of("x")}),
              (Bytes{1, 3, 2, 0, 1, 'x'}));
    EXPECT_EQ(in_version_1(Ask{.echo = true, .text = "c", .combined_length = 6}),
              (Bytes{1, 4, 1, 6, 0, 1, 'c'}));
    EXPECT_EQ(error_of(Bytes{1, 5, 1, 0, 0}), Errc::damaged) << "an end without room for a proof";
}

TEST(Message, VersionTwoHasTheBytesOfThisOneInPacketsOfOneMessage) {
    for (Bytes packet : one_of_each()) {
        packet[0] = 2;
        const auto message = decode(packet);
        ASSERT_TRUE(message);
        const Result<Secret> again = encode(*message, 2);
        ASSERT_TRUE(again);
        EXPECT_EQ(Bytes(again->bytes().begin(), again->bytes().end()), packet);
    }
}

TEST(Message, NamesHaveAtMost256Bytes) {
    for (std::string Hello::* name : {&Hello::user, &Hello::service, &Hello::rhost, &Hello::tty}) {
        Hello hello;
        hello.*name = std::string(256, 'n');
        EXPECT_EQ(round_trip<Hello>(hello).*name, hello.*name);
        hello.*name += 'n';
        EXPECT_EQ(encode(hello).error().code, Errc::too_large);
    }
}

TEST(Message, HelloWithAnOverlongNameIsDamaged) {
    Hello hello;
    hello.user = std::string(256, 'n');
    Bytes packet = encoded(hello);
    packet[22] = 1;  // the length 0x0100 becomes 0x0101, with a byte for it
    packet.insert(packet.begin() + 23, 'n');
    EXPECT_EQ(error_of(packet), Errc::damaged);
}

TEST(Message, NameWithANulIsDamaged) {
    for (std::string Hello::* name : {&Hello::user, &Hello::service, &Hello::rhost, &Hello::tty}) {
        Hello hello = a_hello();
        hello.*name = std::string("root\0x", 6);
        EXPECT_EQ(error_of(encoded(hello)), Errc::damaged);
    }
}

TEST(Message, TextsFitIntoOneMessage) {
    EXPECT_EQ(encoded(Ask{.text = std::string(max_text, 't')}).size(), max_message);
    EXPECT_EQ(round_trip<Show>(Show{.text = Secret::copy_of(std::string(max_text, 't'))}).text.size(),
              max_text);
    EXPECT_EQ(encode(Ask{.text = std::string(max_text + 1, 't')}).error().code, Errc::too_large);
    EXPECT_EQ(encode(Show{.text = Secret::copy_of(std::string(max_text + 1, 't'))}).error().code,
              Errc::too_large);
}

TEST(Message, MoreThan8192BytesAreDamaged) {
    EXPECT_EQ(error_of(Bytes(max_message + 1, 1)), Errc::damaged);
}

}  // namespace
}  // namespace secondstep::wire
