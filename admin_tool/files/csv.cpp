#include "files/csv.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace secondstep::tool {

namespace {

constexpr std::size_t chunk = 65536;
constexpr std::size_t max_field = 4096;
constexpr std::size_t max_fields = 16;

bool ends_line(int byte) {
    return byte == '\n' || byte < 0;
}

}  // namespace

CsvReader::~CsvReader() {
    buffer_.resize(buffer_.capacity());  // it is empty at the end of the file, its memory is not
    if (!buffer_.empty()) explicit_bzero(buffer_.data(), buffer_.size());  // none when a text is read
}

int CsvReader::peek() {
    if (at_ == text_.size() && fd_) read_on();
    return at_ < text_.size() ? static_cast<unsigned char>(text_[at_]) : -1;
}

void CsvReader::read_on() {
    buffer_.resize(chunk);
    ssize_t n = ::read(*fd_, buffer_.data(), buffer_.size());
    while (n < 0 && errno == EINTR)
        n = ::read(*fd_, buffer_.data(), buffer_.size());
    failed_ = n < 0;
    buffer_.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
    text_ = std::string_view(buffer_.data(), buffer_.size());
    at_ = 0;
}

int CsvReader::take() {
    const int byte = peek();
    if (byte >= 0) ++at_;
    if (byte == '\n') ++line_;
    return byte;
}

void CsvReader::skip_mark() {
    for (const int byte : {0xEF, 0xBB, 0xBF}) {
        if (peek() != byte) return;
        take();
    }
}

void CsvReader::add(std::string& field, int byte, Record& record) const {
    if (field.size() < max_field) {
        field += static_cast<char>(byte);
    } else {
        record.problem = "a field has more than 4096 bytes";
    }
}

// After the opening quote, up to and with the closing one.
void CsvReader::read_quoted(std::string& field, Record& record) {
    for (;;) {
        const int byte = take();
        if (byte < 0) {
            record.problem = "a quote is opened and never closed";
            return;
        }
        if (byte == '"') {
            if (peek() != '"') return;
            take();
        }
        add(field, byte, record);
    }
}

void CsvReader::read_field(Record& record) {
    std::string field;
    field.reserve(256);  // a key that grew would leave copies of itself behind
    const bool quoted = peek() == '"';
    if (quoted) {
        take();
        read_quoted(field, record);
    }
    while (peek() != ',' && !ends_line(peek())) {
        const int byte = take();
        if (byte == '\r' && ends_line(peek())) break;
        if (quoted) record.problem = "text after a closing quote";
        add(field, byte, record);
    }
    if (record.fields.size() < max_fields) {
        record.fields.push_back(std::move(field));
    } else {
        record.problem = "more than 16 fields";
    }
}

std::optional<CsvReader::Record> CsvReader::next() {
    if (!std::exchange(begun_, true)) skip_mark();
    while (peek() == '\n' || peek() == '\r')
        take();
    if (peek() < 0) return std::nullopt;
    Record record;
    record.line = line_;
    read_field(record);
    while (peek() == ',') {
        take();
        read_field(record);
    }
    take();
    return record;
}

std::string csv_field(std::string_view text) {
    const bool plain = text.find_first_of(",\"\r\n") == std::string_view::npos && !text.starts_with(' ') &&
                       !text.ends_with(' ');
    if (plain) return std::string(text);
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"') quoted += '"';
        quoted += c;
    }
    return quoted + '"';
}

}  // namespace secondstep::tool
