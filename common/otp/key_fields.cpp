#include "otp/key_fields.h"

#include <array>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/text.h"
#include "encoding/base32.h"
#include "encoding/base64.h"
#include "encoding/hex.h"
#include "otp/key_symbols.h"

namespace secondstep::otp {
namespace {

std::unexpected<Error> invalid(std::string why) {
    return fail(Errc::invalid, std::move(why));
}

// A value is repeated where it is no key: somebody may have mixed up two of them.
std::string named(std::string_view value) {
    constexpr std::size_t longest = 9;
    const bool is_number = value.size() <= longest && parse_number<std::int64_t>(value).has_value();
    return is_number ? " is " + std::string(value) + ": " : " is no number: ";
}

enum class Type : std::uint8_t { totp, hotp, steam };

// Forms that exist and are none of RFC 4226 and 6238.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> other_forms{
    {{"yaotp", "Yandex Key"},
     {"yandex", "Yandex Key"},
     {"motp", "Mobile-OTP (mOTP)"},
     {"mobileotp", "Mobile-OTP (mOTP)"},
     {"blizzard", "the Battle.net app"},
     {"battlenet", "the Battle.net app"}}};

Result<Type> type_of(std::string_view text) {
    const std::string type = lowercase_ascii(text);
    if (type.empty() || type == "totp") return Type::totp;
    if (type == "hotp") return Type::hotp;
    if (type == "steam") return Type::steam;
    for (const auto& [known, name] : other_forms) {
        if (type == known)
            return invalid("the codes are those of " + std::string(name) +
                           ", which are computed otherwise; Secondstep does not speak that");
    }
    return invalid("the type is neither totp nor hotp");
}

bool is_steam(const KeyFields& fields, Type type) {
    if (type == Type::steam || lowercase_ascii(fields.encoder) == "steam") return true;
    return type == Type::totp && lowercase_ascii(trimmed(fields.issuer)) == "steam" &&
           (fields.digits.empty() || fields.digits == "5");
}

// "HMAC-SHA-256" => "sha256"
std::string bare_algorithm(std::string_view text) {
    std::string bare = lowercase_ascii(text);
    std::erase_if(bare, [](char c) { return c == '-' || c == '_' || c == ' ' || c == '/'; });
    if (bare.starts_with("hmac")) bare.erase(0, 4);
    return bare;
}

// Not what may be a key that stands in the wrong place.
std::string named_algorithm(const std::string& bare) {
    constexpr std::array<std::string_view, 10> others{
        "md5", "sha224", "sha384", "sha3224", "sha3256", "sha3384", "sha3512", "sha5124", "sm3", "whirlpool"};
    for (const std::string_view other : others) {
        if (bare == other) return "the algorithm is " + std::string(other) + ", and";
    }
    return "the algorithm is none of those that";
}

Result<CodeForm> form_of(std::string_view digits) {
    if (digits.empty()) return CodeForm(six_digits());
    const auto number = parse_number<unsigned>(digits);
    auto form = number ? CodeForm::decimal(*number) : invalid("");
    if (!form) return invalid("the number of digits" + named(digits) + "a code has 4 to 10 digits");
    return form;
}

Result<Moving> timed(std::string_view period) {
    if (period.empty()) return TotpMoving{thirty_seconds()};
    const auto number = parse_number<std::uint32_t>(period);
    const auto length = number ? StepLength::create(std::chrono::seconds(*number)) : invalid("");
    if (!length) return invalid("the period" + named(period) + "a period is 1 to 86400 seconds");
    return TotpMoving{*length};
}

Result<Moving> counted(std::string_view counter, std::vector<Remark>& remarks) {
    if (counter.empty()) {
        remarks.push_back(
            {"It counts its codes and does not say from where: the first one is that of counter 0."});
        return HotpMoving{0};
    }
    const auto number = parse_number<std::uint64_t>(counter);
    if (!number) return invalid("the counter" + named(counter) + "a counter is 0 or more");
    return HotpMoving{*number};
}

void remark_on(LeftOver left_over, std::vector<Remark>& remarks) {
    if (left_over == LeftOver::bits)
        remarks.push_back(
            {"The last symbol of the key has bits that belong to no byte; they are dropped, as apps "
             "do it. If the codes are refused, was the key copied whole?"});
    if (left_over == LeftOver::symbol)
        remarks.push_back(
            {"The key has a symbol too few or too many: what belongs to no whole byte is dropped. If "
             "the codes are refused, it was not copied whole.",
             true});
}

// The bytes of a written key.
class KeyReader {
  public:
    explicit KeyReader(std::vector<Remark>& remarks) : remarks_(remarks) {}

    Result<Secret> operator()(Base32Text written) const {
        const auto symbols = key_symbols(written.text);
        if (!symbols) return std::unexpected(symbols.error());
        auto key = base32_decode_leniently(symbols->text.text());
        if (!key) return std::unexpected(std::move(key.error()));
        remark_on(key->left_over, remarks_);
        return std::move(key->bytes);
    }
    Result<Secret> operator()(HexText written) const {
        const auto symbols = key_symbols(written.text);
        if (!symbols) return std::unexpected(symbols.error());
        return hex_decode(symbols->text.text());
    }
    Result<Secret> operator()(Base64Text written) const {
        auto key = base64_decode(written.text);
        if (!key) return invalid("the key is not base64");
        return key;
    }
    Result<Secret> operator()(KeyBytes written) const { return Secret::copy_of(written.bytes); }

  private:
    std::vector<Remark>& remarks_;
};

Result<Secret> key_of(const WrittenKey& written, std::vector<Remark>& remarks) {
    auto key = std::visit(KeyReader(remarks), written);
    if (!key) return key;
    if (key->empty()) return invalid("the key is empty");
    if (key->size() > longest_key) return invalid("the key is longer than 128 bytes");
    return key;
}

void remark_on_steam(const KeyFields& fields, bool steam, std::vector<Remark>& remarks) {
    if (!steam && lowercase_ascii(trimmed(fields.issuer)) == "steam")
        remarks.push_back({"Steam itself takes five letters, and this asks for digits.", true});
}

}  // namespace

Result<Algorithm> algorithm_of(std::string_view text) {
    if (text.empty()) return Algorithm::sha1;
    const std::string bare = bare_algorithm(text);
    const auto algorithm = algorithm_from_text(bare);
    if (!algorithm) return invalid(named_algorithm(bare) + " codes are made with: SHA1, SHA256 and SHA512");
    return *algorithm;
}

Result<DescribedKey> describe(const KeyFields& fields) {
    DescribedKey made{KeyDescription{fit_for_label(fields.issuer), fit_for_label(fields.account), Secret{}}};
    made.account_cut = made.key.account != trimmed(fields.account);
    const auto type = type_of(fields.type);
    if (!type) return std::unexpected(type.error());
    const bool steam = is_steam(fields, *type);
    const auto algorithm = algorithm_of(fields.algorithm);
    if (!algorithm) return std::unexpected(algorithm.error());
    made.key.algorithm = *algorithm;
    const auto form = steam ? Result<CodeForm>(CodeForm::steam()) : form_of(fields.digits);
    if (!form) return std::unexpected(form.error());
    made.key.form = *form;
    const auto moving = *type == Type::hotp ? counted(fields.counter, made.remarks) : timed(fields.period);
    if (!moving) return std::unexpected(moving.error());
    made.key.moving = *moving;
    auto key = key_of(fields.key, made.remarks);
    if (!key) return std::unexpected(std::move(key.error()));
    made.key.key = std::move(*key);
    remark_on_steam(fields, steam, made.remarks);
    return made;
}

}  // namespace secondstep::otp
