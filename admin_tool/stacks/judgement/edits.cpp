#include "stacks/judgement/edits.h"

#include <algorithm>
#include <string_view>

namespace secondstep::tool {

namespace {

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size() - 1);
        lines.push_back(text.substr(0, end + 1));
        text.remove_prefix(end + 1);
    }
    return lines;
}

class Writer {
  public:
    Writer(const SourceFile& file, const std::vector<Edit>& edits) : lines_(lines_of(file.text)) {
        std::ranges::copy_if(edits, std::back_inserter(edits_),
                             [&file](const Edit& edit) { return edit.file == file.path; });
    }

    std::string run() {
        for (unsigned line = 1; line <= lines_.size(); ++line) {
            write(Edit::Kind::insert_before, &Edit::first, line);
            if (!is_replaced(line)) out_ += lines_[line - 1];
            write(Edit::Kind::replace, &Edit::first, line);
            write(Edit::Kind::insert_after, &Edit::last, line);
        }
        return std::move(out_);
    }

  private:
    [[nodiscard]] bool is_replaced(unsigned line) const {
        return std::ranges::any_of(edits_, [line](const Edit& edit) {
            const bool takes_away = edit.kind == Edit::Kind::replace || edit.kind == Edit::Kind::remove;
            return takes_away && edit.first <= line && line <= edit.last;
        });
    }

    // The last line of a file may have no end.
    void write(Edit::Kind kind, unsigned Edit::* where, unsigned line) {
        for (const Edit& edit : edits_) {
            if (edit.kind != kind || edit.*where != line) continue;
            if (!out_.empty() && out_.back() != '\n') out_ += '\n';
            for (const std::string& text : edit.lines)
                out_ += text + '\n';
        }
    }

    std::vector<std::string_view> lines_;
    std::vector<Edit> edits_;
    std::string out_;
};

}  // namespace

std::string edited(const SourceFile& file, const std::vector<Edit>& edits) {
    return Writer(file, edits).run();
}

std::vector<SourceFile> edited_files(const Stack& stack, const std::vector<Edit>& edits) {
    std::vector<SourceFile> changed;
    for (const SourceFile& file : stack.files) {
        if (std::ranges::find(edits, file.path, &Edit::file) != edits.end())
            changed.push_back({file.path, edited(file, edits)});
    }
    return changed;
}

}  // namespace secondstep::tool
