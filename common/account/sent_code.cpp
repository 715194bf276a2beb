#include "account/sent_code.h"

#include <algorithm>

#include "otp/kdf.h"

namespace secondstep {
namespace {

// Neither a service nor a source of PAM's holds it: "a" + "bc" is not "ab" + "c".
constexpr char separator = '\0';

struct Digests {
    Digest code{};
    SentCodeBinding binding{};
};

const Keyring::Key& key_of(const Keyring& ring, const SentCode& sent) {
    const Keyring::Key* const key = sent.given ? ring.find(sent.key) : nullptr;
    return key != nullptr ? *key : ring.newest();
}

// The binding is a digest too: the place somebody logs in from is not to be read out of a state.
Result<Digests> digests_under(const Keyring::Key& key, const RecordName& record, const Secret& digits,
                              const SentFor& asked) {
    const Result<Secret> derived = key.derive("secondstep sent " + record.sealed_name());
    if (!derived) return std::unexpected(derived.error());
    const std::string occasion = asked.service + separator + asked.source;
    const Result<Digest> bound = otp::hmac_sha256(derived->bytes(), as_bytes(occasion));
    if (!bound) return std::unexpected(bound.error());
    Secret text(bound->size() + digits.size());
    std::ranges::copy(*bound, text.bytes().begin());
    std::ranges::copy(digits.bytes(), text.bytes().begin() + static_cast<std::ptrdiff_t>(bound->size()));
    const Result<Digest> code = otp::hmac_sha256(derived->bytes(), text.bytes());
    if (!code) return std::unexpected(code.error());
    Digests digests{.code = *code};
    std::ranges::copy_n(bound->begin(), std::ssize(digests.binding), digests.binding.begin());
    return digests;
}

}  // namespace

Result<SentCode> make_sent_code(const Keyring& ring, const RecordName& record, const Secret& digits,
                                const SentFor& asked, UnixTime until) {
    const Result<Digests> digests = digests_under(ring.newest(), record, digits, asked);
    if (!digests) return std::unexpected(digests.error());
    return SentCode{.given = true,
                    .key = ring.newest().id,
                    .digest = digests->code,
                    .binding = digests->binding,
                    .until = until};
}

Result<SentAnswer> sent_answer(const Keyring& ring, const RecordName& record, const Secret& digits,
                               const SentFor& asked, const SentCode& sent) {
    const Result<Digests> digests = digests_under(key_of(ring, sent), record, digits, asked);
    if (!digests) return std::unexpected(digests.error());
    return SentAnswer{digests->code, digests->binding, digits.clone()};
}

Result<bool> is_alive(const Keyring& ring, const RecordName& record, const SentCode& sent,
                      const SentFor& asked, UnixTime now) {
    const Result<Digests> digests = digests_under(key_of(ring, sent), record, {}, asked);
    if (!digests) return std::unexpected(digests.error());
    const bool usable = sent.given && !sent.used && !sent.undelivered && sent.wrong < max_wrong_answers;
    return usable && digests->binding == sent.binding && now <= sent.until &&
           sent.until <= now + longest_sent_code_life;
}

}  // namespace secondstep
