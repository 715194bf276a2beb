#include "stacks/logical_line.h"

#include <algorithm>
#include <utility>

namespace secondstep::tool {

namespace {

constexpr std::string_view blanks_and_ends{" \t\n"};

std::string_view as_c_string(std::string_view bytes) {
    return bytes.substr(0, bytes.find('\0'));
}

// The last byte that is no blank; the first byte, whatever it is, if there is none.
std::size_t last_solid(std::string_view text) {
    const std::size_t at = text.find_last_not_of(blanks_and_ends);
    return at == std::string_view::npos ? 0 : at;
}

// The bytes of a file, with the number of the line that comes next.
class Bytes {
  public:
    explicit Bytes(std::string_view bytes) : rest_(bytes) {}

    [[nodiscard]] bool at_end() const { return rest_.empty(); }
    [[nodiscard]] unsigned line() const { return line_; }
    [[nodiscard]] bool within_line() const { return within_line_; }

    // fgets(3) with room for `most` bytes and a NUL.
    std::string_view take(std::size_t most) {
        const std::size_t end = rest_.find('\n');
        const std::size_t whole = end == std::string_view::npos ? rest_.size() : end + 1;
        const std::string_view piece = rest_.substr(0, std::min(whole, most));
        rest_.remove_prefix(piece.size());
        within_line_ = !piece.ends_with('\n');
        if (!within_line_) ++line_;
        return piece;
    }

  private:
    std::string_view rest_;
    unsigned line_ = 1;
    bool within_line_ = false;
};

// One call of libpam's own function after the other, until the end of the file.
class Assembler {
  public:
    explicit Assembler(std::string_view file) : bytes_(file) {}
    virtual ~Assembler() = default;
    Assembler(const Assembler&) = delete;
    Assembler& operator=(const Assembler&) = delete;

    LogicalLines all() {
        while (assemble()) {
            line_.text = std::string(as_c_string(line_.text));
            out_.lines.push_back(std::exchange(line_, {}));
        }
        return std::move(out_);
    }

  protected:
    // Makes line_; false at the end, with the reason in out_.
    virtual bool assemble() = 0;

    // The next piece of the file is a part of line_, or would be.
    std::string_view next_piece(std::size_t most) {
        const unsigned number = bytes_.line();
        if (!begun_) line_ = {.first = number, .last = number, .text = {}, .is_rest = bytes_.within_line()};
        line_.last = number;
        const std::string_view piece = bytes_.take(most);
        line_.has_nul = line_.has_nul || piece.find('\0') != std::string_view::npos;
        return piece;
    }

    bool ended(LogicalLines::End how) {
        out_.end = how;
        out_.end_line = how == LogicalLines::End::whole ? 0 : line_.first;
        return false;
    }
    bool at_end() { return ended(begun_ ? LogicalLines::End::incomplete : LogicalLines::End::whole); }

    Bytes bytes_;
    LogicalLine line_;
    bool begun_ = false;  // something of line_ has been read

  private:
    LogicalLines out_;
};

// Until 1.5.3: a buffer of fixed size, filled by fgets(3).
class FixedBuffer final : public Assembler {
  public:
    using Assembler::Assembler;

  private:
    bool assemble() override {
        begun_ = false;
        while (true) {
            const std::size_t room = LibpamRules::old_line_buffer - line_.text.size();
            // fgets(3) gives "" for ever where there is room for its NUL alone, at the end of the file too.
            if (room <= 1) return ended(LogicalLines::End::endless);
            if (bytes_.at_end()) return at_end();
            const std::string_view piece = as_c_string(next_piece(room - 1));
            const std::size_t begin = piece.find_first_not_of(blanks_and_ends);
            if (begin == std::string_view::npos || piece[begin] == '#') continue;
            begun_ = true;
            if (!goes_on(piece)) return true;
        }
    }

    bool goes_on(std::string_view piece) {
        const std::size_t comment = piece.find('#');
        const std::size_t last = last_solid(piece);
        if (comment == std::string_view::npos && piece[last] == '\\') {
            line_.text += std::string(piece.substr(0, last)) + ' ';
            return true;
        }
        line_.text += piece.substr(0, comment);
        return false;
    }
};

// Since 1.6.0: getline(3), and a buffer that grows.
class GrowingBuffer final : public Assembler {
  public:
    using Assembler::Assembler;

  private:
    bool assemble() override {
        begun_ = false;
        while (!bytes_.at_end()) {
            std::string piece(next_piece(std::string_view::npos));
            const bool goes_on = prepare(piece);
            if (goes_on) {
                line_.text += piece;
                begun_ = true;
            } else if (ends_with(piece)) {
                return true;
            } else {
                line_.text.clear();
                begun_ = false;
            }
        }
        return at_end();
    }

    // Takes what is no part of the line away. True if it goes on in the next.
    static bool prepare(std::string& piece) {
        bool goes_on = false;
        if (const std::size_t last = last_solid(piece); piece[last] == '\\') {
            piece[last] = ' ';
            piece.resize(last + 1);
            goes_on = true;
        }
        const std::string_view seen = as_c_string(piece);
        const std::size_t comment = seen.find('#');
        const std::size_t begin = std::min(seen.find_first_not_of(" \t"), seen.size());
        if (comment != std::string_view::npos) piece[comment] = '\0';
        piece.erase(0, begin);
        return goes_on && comment == std::string_view::npos;
    }

    bool ends_with(const std::string& piece) {
        const bool says_something = !piece.empty() && piece.front() != '\0' && piece.front() != '\n';
        if (!line_.text.empty() || says_something) line_.text += piece;
        return !line_.text.empty() && line_.text.front() != '\0';
    }
};

}  // namespace

LogicalLines logical_lines(std::string_view file, const LibpamRules& rules) {
    if (rules.since_1_6) return GrowingBuffer(file).all();
    return FixedBuffer(file).all();
}

}  // namespace secondstep::tool
