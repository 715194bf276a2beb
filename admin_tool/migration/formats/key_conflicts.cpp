#include "migration/formats/key_conflicts.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"

namespace secondstep::tool {
namespace {

constexpr std::string_view once = "The same key stands in the source twice; it is one device.";
constexpr std::string_view of_two_people =
    "The source has the same key for somebody else, or for another device; neither counts.";
constexpr std::string_view in_two_ways =
    "The source has the same key twice, with other codes each time; neither counts.";
constexpr std::string_view of_two_keys =
    "The source has another key with this serial number; neither counts.";

struct Place {
    ImportedAccount* account;
    ImportedToken* token;
    std::size_t number;  // in the order of the source
};

bool has_less(const Secret& a, const Secret& b) {
    return std::ranges::lexicographical_compare(a.bytes(), b.bytes());
}

bool is_less_by_key(const Place& a, const Place& b) {
    return has_less(a.token->token.key, b.token->token.key);
}

bool is_less_by_serial(const Place& a, const Place& b) {
    return lowercase_ascii(a.token->serial) < lowercase_ascii(b.token->serial);
}

bool makes_same_codes(const otp::KeyDescription& a, const otp::KeyDescription& b) {
    if (a.algorithm != b.algorithm || !(a.form == b.form) || a.is_counted() != b.is_counted()) return false;
    return a.is_counted() || a.moving == b.moving;
}

// Of a key that nobody has yet the number says whose device it is.
bool is_of_one_owner(const Place& a, const Place& b) {
    if (a.account == b.account) return true;
    return a.account->user.empty() && b.account->user.empty() && !a.token->serial.empty() &&
           lowercase_ascii(a.token->serial) == lowercase_ascii(b.token->serial);
}

// With two ids they are two keys of one device.
bool are_of_one_device(const ImportedToken& a, const ImportedToken& b) {
    return a.id == b.id || a.id.empty() || b.id.empty();
}

class Conflicts {
  public:
    explicit Conflicts(Reading reading) : reading_(std::move(reading)) {
        for (ImportedAccount& account : reading_.accounts) {
            for (ImportedToken& token : account.tokens)
                places_.push_back({&account, &token, places_.size()});
        }
    }

    Reading settled() {
        each_group(is_less_by_key, [this](std::vector<Place> group) { settle_key(group); });
        each_group(is_less_by_serial, [this](std::vector<Place> group) { settle_serial(group); });
        for (ImportedAccount& account : reading_.accounts)
            std::erase_if(account.tokens, [this](const ImportedToken& token) { return is_out(&token); });
        std::erase_if(reading_.accounts,
                      [](const ImportedAccount& account) { return account.tokens.empty(); });
        return std::move(reading_);
    }

  private:
    // Those that are equal by `is_less`, in the order of the source.
    template <typename Less, typename Settle>
    void each_group(Less is_less, Settle settle) {
        std::vector<Place> sorted = places_;
        std::ranges::sort(sorted, [&](const Place& a, const Place& b) {
            return is_less(a, b) || (!is_less(b, a) && a.number < b.number);
        });
        for (auto begin = sorted.begin(); begin != sorted.end();) {
            const auto end =
                std::find_if(begin, sorted.end(), [&](const Place& one) { return is_less(*begin, one); });
            if (end - begin > 1) settle(std::vector<Place>(begin, end));
            begin = end;
        }
    }

    void settle_key(const std::vector<Place>& group) {
        const Place& first = group.front();
        const auto all = [&](auto agrees) {
            return std::ranges::all_of(group, [&](const Place& one) { return agrees(first, one); });
        };
        if (!all(is_of_one_owner)) return refuse(group, of_two_people);
        if (!all([](const Place& a, const Place& b) {
                return makes_same_codes(a.token->token, b.token->token);
            }))
            return refuse(group, in_two_ways);
        for (std::size_t i = 1; i < group.size(); ++i) {
            first.token->floor = std::max(first.token->floor, group[i].token->floor);
            out_.push_back(group[i].token);
        }
        if (auto* counted = std::get_if<otp::HotpMoving>(&first.token->token.moving);
            counted != nullptr && first.token->floor)
            counted->counter = *first.token->floor + 1;
        first.account->remarks.emplace_back(once);
    }

    void settle_serial(const std::vector<Place>& group) {
        if (group.front().token->serial.empty()) return;
        const auto disagree = [&](const Place& a, const Place& b) {
            return a.token != b.token && !is_out(a.token) && !is_out(b.token) &&
                   are_of_one_device(*a.token, *b.token);
        };
        const bool any = std::ranges::any_of(group, [&](const Place& a) {
            return std::ranges::any_of(group, [&](const Place& b) { return disagree(a, b); });
        });
        if (any) refuse(group, of_two_keys);
    }

    void refuse(const std::vector<Place>& group, std::string_view why) {
        for (const Place& one : group) {
            if (is_out(one.token)) continue;
            out_.push_back(one.token);
            reading_.unusable.push_back({one.token->place, std::string(why)});
        }
    }

    [[nodiscard]] bool is_out(const ImportedToken* token) const {
        return std::ranges::find(out_, token) != out_.end();
    }

    Reading reading_;
    std::vector<Place> places_;
    std::vector<const ImportedToken*> out_;
};

}  // namespace

Reading without_conflicts(Reading reading) {
    return Conflicts(std::move(reading)).settled();
}

}  // namespace secondstep::tool
