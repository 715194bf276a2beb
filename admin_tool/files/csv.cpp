#include "files/csv.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/text.h"
#include "files/text_encoding.h"

namespace secondstep::tool {

namespace {

constexpr std::size_t chunk = 65536;
constexpr std::size_t max_field = 4096;
constexpr std::size_t max_fields = 64;

bool ends_line(int byte) {
    return byte == '\n' || byte < 0;
}

// "sep=;", which Excel writes and reads; nothing when the line is none.
std::optional<char> named_delimiter(std::string_view line) {
    constexpr std::string_view word = "sep=";
    if (line.size() != word.size() + 1 || !begins_with(line, word)) return std::nullopt;
    const char delimiter = line.back();
    return delimiter == ',' || delimiter == ';' || delimiter == '\t' ? std::optional(delimiter)
                                                                     : std::nullopt;
}

// A comma anywhere outside quotes decides for the comma: names and addresses have the others in them.
char delimiter_of(std::string_view line) {
    bool quoted = false;
    char found = ',';
    for (const char c : line) {
        if (c == '"') quoted = !quoted;
        if (quoted) continue;
        if (c == ',') return ',';
        if (c == '\t' || (c == ';' && found == ',')) found = c;
    }
    return found;
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

bool CsvReader::is_utf16() {
    return peek() >= 0 && encoding_of(text_.substr(at_)) != TextEncoding::utf8;
}

void CsvReader::find_delimiter() {
    if (peek() < 0) return;
    const std::string_view rest = text_.substr(at_);
    std::string_view line = rest.substr(0, rest.find('\n'));
    if (line.ends_with('\r')) line.remove_suffix(1);
    const auto named = named_delimiter(line);
    delimiter_ = named ? *named : delimiter_of(line);
    while (named && take() != '\n' && peek() >= 0)
        continue;
}

bool CsvReader::at_delimiter() {
    return peek() == static_cast<unsigned char>(delimiter_);
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
    while (!at_delimiter() && !ends_line(peek())) {
        const int byte = take();
        if (byte == '\r' && ends_line(peek())) break;
        if (quoted) record.problem = "text after a closing quote";
        add(field, byte, record);
    }
    if (record.fields.size() < max_fields) {
        record.fields.push_back(std::move(field));
    } else {
        record.problem = "more than 64 fields";
    }
}

// Nothing of it can be read as it stands: one record says so for all of them.
CsvReader::Record CsvReader::unreadable() {
    while (peek() >= 0)
        at_ = text_.size();
    return {.line = 1,
            .fields = {""},
            .problem = "the file is in UTF-16, as Excel saves \"Unicode text\": save it as CSV UTF-8"};
}

std::optional<CsvReader::Record> CsvReader::next() {
    if (!std::exchange(begun_, true)) {
        if (is_utf16()) return unreadable();
        skip_mark();
        find_delimiter();
    }
    while (peek() == '\n' || peek() == '\r')
        take();
    if (peek() < 0) return std::nullopt;
    Record record;
    record.line = line_;
    read_field(record);
    while (at_delimiter()) {
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
