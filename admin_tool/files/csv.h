#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace secondstep::tool {

// Reads RFC 4180 from a descriptor or a text, one record at a time: fields in quotes may hold commas,
// newlines and doubled quotes; lines end with LF or CRLF; empty lines are passed over;
// a UTF-8 mark at the beginning too.
// What spreadsheets make of it is read as well: fields between semicolons or tabs, where the first line has
// no comma outside quotes, and a line "sep=;" before it. A list in UTF-16 is one record with a problem.
// Memory is bounded: a record of more than 64 fields or a field of more than 4096 bytes is a problem,
// not an allocation.
class CsvReader {
  public:
    explicit CsvReader(int fd) : fd_(fd) {}
    explicit CsvReader(std::string_view text) : text_(text) {}  // which outlives it
    CsvReader(const CsvReader&) = delete;
    CsvReader& operator=(const CsvReader&) = delete;
    ~CsvReader();  // wipes its buffer: `import csv` reads keys

    struct Record {
        std::size_t line = 0;  // where it begins; the first line is 1
        std::vector<std::string> fields;
        std::string problem;  // not empty: the record cannot be used, and why
    };
    [[nodiscard]] std::optional<Record> next();            // nullopt at the end
    [[nodiscard]] bool failed() const { return failed_; }  // the last read(2) did not succeed
    // What stands between fields: ',', ';' or a tab. Known after the first record.
    [[nodiscard]] char delimiter() const { return delimiter_; }

  private:
    int peek();  // -1 at the end
    void read_on();
    int take();
    void skip_mark();
    void find_delimiter();
    [[nodiscard]] bool is_utf16();
    [[nodiscard]] bool at_delimiter();
    [[nodiscard]] Record unreadable();
    void read_field(Record& record);
    void read_quoted(std::string& field, Record& record);
    void add(std::string& field, int byte, Record& record) const;

    std::optional<int> fd_;     // nothing: the text is all there is
    std::vector<char> buffer_;  // what was read of the descriptor
    std::string_view text_;     // what is looked at: the buffer's, or the caller's
    std::size_t at_ = 0;
    std::size_t line_ = 1;
    char delimiter_ = ',';
    bool begun_ = false;
    bool failed_ = false;
};

// As a field of a CSV line: in quotes when it holds a comma, a quote, a newline or a space at an end.
[[nodiscard]] std::string csv_field(std::string_view text);

}  // namespace secondstep::tool
