#include "base/secret.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace secondstep {

Secret::Secret(std::size_t size)
    : bytes_(size == 0 ? nullptr : std::make_unique<std::uint8_t[]>(size)), size_(size), capacity_(size) {}

Secret Secret::copy_of(ByteView bytes) {
    Secret copy(bytes.size());
    std::ranges::copy(bytes, copy.bytes_.get());
    return copy;
}

Secret Secret::copy_of(std::string_view text) {
    return copy_of(as_bytes(text));
}

Secret::Secret(Secret&& other) noexcept
    : bytes_(std::move(other.bytes_)),
      size_(std::exchange(other.size_, 0)),
      capacity_(std::exchange(other.capacity_, 0)) {}

Secret& Secret::operator=(Secret&& other) noexcept {
    if (this == &other) return *this;
    wipe();
    bytes_ = std::move(other.bytes_);
    size_ = std::exchange(other.size_, 0);
    capacity_ = std::exchange(other.capacity_, 0);
    return *this;
}

Secret::~Secret() {
    wipe();
}

Secret Secret::clone() const {
    return copy_of(bytes());
}

std::string_view Secret::text() const noexcept {
    // The other way of as_bytes(): both are byte-sized and have no alignment.
    return {reinterpret_cast<const char*>(bytes_.get()), size_};
}

void Secret::reserve(std::size_t size) {
    if (size <= capacity_) return;
    Secret grown(size);
    std::ranges::copy(bytes(), grown.bytes_.get());
    grown.size_ = size_;
    *this = std::move(grown);
}

void Secret::append(ByteView more) {
    if (more.empty()) return;
    if (more.size() <= capacity_ - size_) {
        std::memmove(bytes_.get() + size_, more.data(), more.size());
        size_ += more.size();
        return;
    }
    // `more` may lie in our own memory, so the old block lives until both parts are copied.
    Secret grown(std::max({size_ + more.size(), 2 * capacity_, std::size_t{32}}));
    std::ranges::copy(bytes(), grown.bytes_.get());
    std::ranges::copy(more, grown.bytes_.get() + size_);
    grown.size_ = size_ + more.size();
    *this = std::move(grown);
}

void Secret::append(std::string_view more) {
    append(as_bytes(more));
}

void Secret::push_back(char c) {
    append(std::string_view(&c, 1));
}

void Secret::truncate(std::size_t size) noexcept {
    if (size >= size_) return;
    explicit_bzero(bytes_.get() + size, size_ - size);
    size_ = size;
}

void Secret::wipe() noexcept {
    if (bytes_ != nullptr) explicit_bzero(bytes_.get(), capacity_);
    bytes_.reset();
    size_ = 0;
    capacity_ = 0;
}

bool equal_in_constant_time(const Secret& a, const Secret& b) noexcept {
    return equal_in_constant_time(a.bytes(), b.bytes());
}

}  // namespace secondstep
