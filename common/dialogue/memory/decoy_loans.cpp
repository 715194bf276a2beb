#include "dialogue/memory/decoy_loans.h"

#include <array>
#include <map>
#include <mutex>
#include <utility>

#include "base/bytes.h"
#include "base/secret.h"
#include "otp/kdf.h"

namespace secondstep::dialogue {
namespace {

constexpr std::size_t decoys = 256;

}  // namespace

class DecoyLoans::Book {
  public:
    explicit Book(Randomness& randomness) : key_(randomness.secret(32)) {}

    [[nodiscard]] Result<Digest> name_of(std::string_view name) const {
        return otp::hmac_sha256(key_.bytes(), as_bytes(name));
    }
    std::uint8_t lend(const Digest& name, std::uint8_t preferred) {
        const std::lock_guard lock(mutex_);
        const auto [at, is_new] = lent_.try_emplace(name);
        if (is_new) {
            at->second.number = choose(preferred);
            ++users_[at->second.number];
        }
        ++at->second.borrowers;
        return at->second.number;
    }
    void give_back(const Digest& name) {
        const std::lock_guard lock(mutex_);
        const auto found = lent_.find(name);
        if (--found->second.borrowers > 0) return;
        --users_[found->second.number];
        lent_.erase(found);
    }

  private:
    struct Lent {
        std::uint8_t number = 0;
        std::size_t borrowers = 0;
    };

    [[nodiscard]] std::uint8_t choose(std::uint8_t preferred) const {
        std::size_t best = preferred;
        for (std::size_t next = 1; next < decoys && users_[best] > 0; ++next) {
            const std::size_t other = (preferred + next) % decoys;
            if (users_[other] < users_[best]) best = other;
        }
        return static_cast<std::uint8_t>(best);
    }

    const Secret key_;
    std::mutex mutex_;
    std::map<Digest, Lent> lent_;
    std::array<std::size_t, decoys> users_{};  // names that have the decoy
};

class DecoyLoans::Open final : public Loan {
  public:
    Open(std::shared_ptr<Book> book, const Digest& name, std::uint8_t preferred)
        : book_(std::move(book)), name_(name), number_(book_->lend(name, preferred)) {}
    ~Open() override { book_->give_back(name_); }
    Open(const Open&) = delete;
    Open& operator=(const Open&) = delete;
    [[nodiscard]] std::uint8_t number() const override { return number_; }

  private:
    std::shared_ptr<Book> book_;
    Digest name_;
    std::uint8_t number_;
};

DecoyLoans::DecoyLoans(Randomness& randomness) : book_(std::make_shared<Book>(randomness)) {}

Result<std::shared_ptr<DecoyLoans::Loan>> DecoyLoans::lend(std::string_view name, std::uint8_t preferred) {
    const Result<Digest> digest = book_->name_of(name);
    if (!digest) return std::unexpected(digest.error());
    return std::make_shared<Open>(book_, *digest, preferred);
}

}  // namespace secondstep::dialogue
