#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/error.h"
#include "base/randomness.h"

namespace secondstep::dialogue {

// Which decoy record stands in for which name at this moment. There are 256 of them, and names without
// number: two that shared one would wait for each other's lock, as two people with records of their own never
// do, and so tell that they have none. A decoy is lent to one name at a time; the same name gets the same one
// as long as anybody uses it, and waits for it as for a record of its own. It lends nothing but its system
// calls. In memory, by an HMAC of the name under a key of this process, for what is lent now; thread-safe.
class DecoyLoans {
  public:
    // Given back by its destructor.
    class Loan {
      public:
        Loan(const Loan&) = delete;
        Loan& operator=(const Loan&) = delete;
        virtual ~Loan() = default;
        [[nodiscard]] virtual std::uint8_t number() const = 0;

      protected:
        Loan() = default;
    };

    explicit DecoyLoans(Randomness& randomness);
    // `preferred` unless another name has it; when all are lent, the one that fewest use. Errors: crypto.
    [[nodiscard]] Result<std::shared_ptr<Loan>> lend(std::string_view name, std::uint8_t preferred);

  private:
    class Book;
    class Open;
    std::shared_ptr<Book> book_;
};

}  // namespace secondstep::dialogue
