#include "support/manual_page.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <stdexcept>

namespace secondstep::testing {

namespace {

// mdoc(7), what these pages have of it.
constexpr std::array text_macros{"Ar", "Cm", "Dq", "Em", "Ev", "Fl", "Ic", "Li", "Nd", "Nm", "No", "Ns", "Oc",
                                 "Oo", "Op", "Pa", "Pc", "Po", "Pq", "Ql", "Sx", "Sy", "Xc", "Xo", "Xr"};

bool is_text_macro(std::string_view word) {
    return std::ranges::find(text_macros, word) != text_macros.end();
}

bool is_closing(std::string_view word) {
    return word.size() == 1 && std::string_view(".,;:)?!").find(word) != std::string_view::npos;
}

// Words between blanks; one that begins with a quotation mark ends with the next.
std::vector<std::string> words_of(std::string_view line) {
    std::vector<std::string> words;
    while (!line.empty()) {
        if (line.front() == ' ') {
            line.remove_prefix(1);
            continue;
        }
        const bool quoted = line.front() == '"';
        if (quoted) line.remove_prefix(1);
        const std::size_t end = std::min(line.find(quoted ? '"' : ' '), line.size());
        words.emplace_back(line.substr(0, end));
        line.remove_prefix(std::min(end + 1, line.size()));
    }
    return words;
}

std::string unescaped(std::string_view text) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 3> escapes{
        {{"\\&", ""}, {"\\[u2026]", "…"}, {"\\-", "-"}}};
    std::string out(text);
    for (const auto& [from, to] : escapes) {
        for (std::size_t at = out.find(from); at != std::string::npos; at = out.find(from, at))
            out.replace(at, from.size(), to);
    }
    return out;
}

// A line of macros as it is shown, without fonts and quotation marks.
class Shown {
  public:
    void take(const std::string& word);
    [[nodiscard]] std::string text() const { return text_ + closers_; }
    [[nodiscard]] const std::set<std::string>& options() const { return options_; }

  private:
    void take_macro(const std::string& word);
    void put(const std::string& word, bool glued) {
        if (!glued_ && !glued && !text_.empty()) text_ += ' ';
        text_ += word;
        glued_ = false;
    }

    std::string text_;
    std::string closers_;
    std::set<std::string> options_;
    bool glued_ = false;  // the next word follows without a blank
    bool option_ = false;
};

void Shown::take_macro(const std::string& word) {
    option_ = word == "Fl";
    if (word == "Ns") glued_ = true;
    if (word == "Pc") put(")", true);
    if (word == "Oc") put("]", true);
    const bool opens = word == "Op" || word == "Oo" || word == "Pq" || word == "Po";
    if (!opens) return;
    put(word == "Op" || word == "Oo" ? "[" : "(", false);
    glued_ = true;
    if (word != "Po" && word != "Oo") closers_.insert(0, word == "Op" ? "]" : ")");
}

void Shown::take(const std::string& word) {
    if (is_text_macro(word)) return take_macro(word);
    if (is_closing(word)) return put(word, true);
    const bool is_option = option_ && word.starts_with('-');
    if (is_option) options_.insert("-" + word);
    put(unescaped(is_option ? "-" + word : word), false);
}

Shown shown(std::string_view line) {
    Shown result;
    for (const std::string& word : words_of(line))
        result.take(word);
    return result;
}

}  // namespace

ManualPage::ManualPage(std::string_view name) {
    std::ifstream in(SECONDSTEP_SOURCE_DIR "/etc/man/" + std::string(name));
    if (!in) throw std::runtime_error("etc/man has no " + std::string(name));
    for (std::string line; std::getline(in, line);)
        take(line);
}

void ManualPage::take_heading(std::string_view macro, std::string text) {
    if (macro == "Sh") section_ = text;
    subsection_ = macro == "Ss" ? std::move(text) : "";
}

// .It of the outermost list begins an item, which lasts to the next one; its heading goes on to .Xc after Xo.
void ManualPage::take(std::string_view line) {
    if (!line.starts_with('.')) return add(unescaped(line), {});
    const std::string_view macro = line.substr(1, line.find(' ') - 1);
    const std::string_view rest = line.substr(std::min(line.size(), macro.size() + 2));
    if (macro == "Sh" || macro == "Ss") return take_heading(macro, shown(rest).text());
    if (macro == "Bl") ++depth_;
    if (macro == "El") --depth_;
    if (macro == "Xc") in_heading_ = false;
    if (macro == "It" && depth_ == 1) {
        items_.push_back({section_, subsection_, "", "", {}});
        in_heading_ = true;
    }
    // Of the others (.Bd, .Dl, .Pp ...) the words alone are shown.
    const Shown words = shown(is_text_macro(macro) ? line.substr(1) : rest);
    if (macro != "Bl" && macro != "Bd") add(words.text(), words.options());
    if (macro == "It") in_heading_ = rest == "Xo";
}

void ManualPage::add(const std::string& text, std::set<std::string> options) {
    options_.insert(options.begin(), options.end());
    below_[subsection_.empty() ? section_ : subsection_] += " " + text;
    if (depth_ == 0) return;
    Item& item = items_.back();
    std::string& place = in_heading_ ? item.heading : item.text;
    place += (place.empty() || text.empty() ? "" : " ") + text;
    item.options.merge(options);
}

std::vector<ManualPage::Item> ManualPage::items_of(std::string_view section) const {
    std::vector<Item> found;
    std::ranges::copy_if(items_, std::back_inserter(found),
                         [section](const Item& item) { return item.section == section; });
    return found;
}

std::string ManualPage::text_below(const std::string& heading) const {
    const auto found = below_.find(heading);
    return found == below_.end() ? "" : found->second;
}

}  // namespace secondstep::testing
