#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "policy/nearest_word.h"

// How the tables of secondstep.conf and courier.conf are written: a row for each option.
namespace secondstep {

// What people read of an option, and how its text becomes typed and comes into its place.
template <typename Option, typename Target>
struct OptionRow {
    Option option;
    Result<void> (*set)(Target&, std::string_view);
};

// The value comes into its place, or the place stays as it was and the error says what is wrong with the value:
//   put(config.hint, yes_or_no(text))
template <typename Place, typename Value>
[[nodiscard]] Result<void> put(Place& place, Result<Value> value) {
    if (!value) return std::unexpected(std::move(value.error()));
    place = std::move(*value);
    return {};
}

// The row whose option is one that `is_meant`, or nullptr.
template <typename Row, std::size_t N>
[[nodiscard]] const Row* find_row(const Row (&rows)[N], const auto& is_meant) {
    const Row* found = std::ranges::find_if(rows, is_meant, &Row::option);
    return found == std::end(rows) ? nullptr : found;
}

// Errors: as the row's, with the option's name before it.
template <typename Option, typename Target>
[[nodiscard]] Result<void> set_by(const OptionRow<Option, Target>& row, Target& target,
                                  std::string_view value) {
    Result<void> set = row.set(target, value);
    if (!set) return fail(set.error().code, std::string(row.option.name) + ": " + set.error().detail);
    return {};
}

// "; did you mean 'port'?" where an option that `counts` has a name like this one, or nothing.
template <typename Row, std::size_t N>
[[nodiscard]] std::string meant_among(const Row (&rows)[N], std::string_view name, const auto& counts) {
    std::vector<std::string_view> names;
    for (const Row& row : rows) {
        if (counts(row.option)) names.push_back(row.option.name);
    }
    return did_you_mean(name, names);
}

}  // namespace secondstep
