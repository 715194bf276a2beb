#include <algorithm>
#include <array>
#include <boost/program_options/value_semantic.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

#include "base/character_width.h"
#include "base/text.h"
#include "console/arguments.h"
#include "console/json_text.h"
#include "console/output.h"
#include "files/callers_rights.h"
#include "policy/config.h"
#include "stacks/rule_findings.h"
#include "stacks/sshd_findings.h"
#include "stacks/stack_findings.h"

namespace po = boost::program_options;
namespace fs = std::filesystem;

namespace secondstep::tool {

namespace {

po::options_description options() {
    const auto text = [](const char* name) { return po::value<std::string>()->value_name(name); };
    po::options_description known("Options");
    auto add = known.add_options();
    add("file", text("CANDIDATE"), "a file that shall become the configuration");
    add("pam-dir", text("DIR")->default_value("/etc/pam.d"), "where the PAM stacks are");
    add("sshd-config", text("FILE")->default_value("/etc/ssh/sshd_config"), "the configuration of sshd");
    add("json", po::bool_switch(), "{\"errors\", \"warnings\", \"findings\": [...], \"checked\": {...}}");
    return known;
}

std::optional<std::string> text_of(const std::string& path) {
    std::error_code error;
    if (!fs::is_regular_file(path, error)) return std::nullopt;
    const std::ifstream stream(path, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    if (!stream) return std::nullopt;
    return text.str();
}

// What was looked at, and what there is to say about it.
class Check {
  public:
    explicit Check(const Arguments& arguments) : arguments_(arguments) {}

    void run(const Result<Config>& config);
    [[nodiscard]] Exit report() const;

  private:
    void add(Remarks remarks);
    void take_configuration(const Result<Config>& config);
    [[nodiscard]] std::vector<Stack> read_stacks();
    [[nodiscard]] Result<SshdSettings> read_sshd() const;
    void take_stacks(const Config& config);
    void take_sshd(const Stack& stack, const Config& config);
    void take_remembering(const Config& config, bool claimed);
    [[nodiscard]] std::string configuration_file() const {
        return arguments_.text("file").value_or(arguments_.invocation().config_path);
    }
    [[nodiscard]] std::size_t count(Remark::Level level) const {
        return static_cast<std::size_t>(std::ranges::count(remarks_, level, &Remark::level));
    }
    void print_text() const;
    void print_json() const;

    const Arguments& arguments_;
    Remarks remarks_;
    std::vector<std::string> services_;  // whose stacks have the module
    bool sshd_ = false;
    bool match_blocks_ = false;
};

// A file that several stacks include says the same in each.
void Check::add(Remarks remarks) {
    for (Remark& remark : remarks) {
        if (std::ranges::find(remarks_, remark) == remarks_.end()) remarks_.push_back(std::move(remark));
    }
}

// "FILE:12: what is wrong" => file, line, text
Remark remark_of(std::string_view problem, const std::string& otherwise) {
    Remark remark{Remark::Level::error, otherwise, 0, std::string(problem), {}, {}};
    const std::size_t end = problem.find(": ");
    if (end == std::string_view::npos) return remark;
    const std::string_view place = problem.substr(0, end);
    const std::size_t colon = place.rfind(':');
    const auto line =
        colon == std::string_view::npos ? std::nullopt : parse_number<unsigned>(place.substr(colon + 1));
    if (!line && !place.starts_with('/')) return remark;
    remark.file = place.substr(0, line ? colon : end);
    remark.line = line.value_or(0);
    remark.text = problem.substr(end + 2);
    return remark;
}

void Check::take_configuration(const Result<Config>& config) {
    const std::string path = configuration_file();
    if (config) return add(rule_findings(config->rules, path, groups_here(config->rules)));
    for (const std::string_view problem : split(config.error().detail, '\n')) {
        Remark remark = remark_of(problem, path);
        if (config.error().code == Errc::not_found) remark.mend = "secondstep setup";
        add({std::move(remark)});
    }
}

// What package managers and editors leave behind is nobody's stack.
bool is_left_over(const std::string& name) {
    constexpr std::array<std::string_view, 8> endings{"~",          ".bak",      ".orig",    ".dpkg-old",
                                                      ".dpkg-dist", ".dpkg-new", ".rpmsave", ".rpmnew"};
    return name.starts_with('.') || name.starts_with('#') ||
           std::ranges::any_of(endings, [&name](std::string_view ending) { return name.ends_with(ending); });
}

Remark unreadable(const std::string& path, const std::string& what) {
    return {Remark::Level::warning, path, 0, "cannot be read: " + what, {}, {}};
}

std::vector<std::string> services_in(const std::string& directory, std::error_code& error) {
    std::vector<std::string> names;
    for (fs::directory_iterator entry(directory, error); !error && entry != fs::directory_iterator();
         entry.increment(error)) {
        const std::string name = entry->path().filename();
        if (!is_left_over(name)) names.push_back(name);
    }
    std::ranges::sort(names);
    return names;
}

// Something that others include and that is about one part only (common-auth) is no service: alone it does
// what it never does where it is included.
bool is_fragment(const Stack& stack, const std::vector<Stack>& all) {
    const bool included = std::ranges::any_of(all, [&stack](const Stack& other) {
        return std::ranges::find(other.included, stack.service) != other.included.end();
    });
    const bool one_part = std::ranges::all_of(stack.lines, [&stack](const StackLine& line) {
        return line.facility == stack.lines.front().facility;
    });
    return included && one_part;
}

// What the call names is read with the rights of who called sudo; what stands by default, with root's.
std::vector<Stack> Check::read_stacks() {
    std::optional<CallersRights> rights;
    if (arguments_.has_been_given("pam-dir")) rights.emplace();
    const std::string directory = *arguments_.text("pam-dir");
    std::vector<Stack> all;
    std::error_code error;
    for (const std::string& service : services_in(directory, error)) {
        const std::string path = directory + "/" + service;
        std::error_code ignored;
        if (!fs::is_directory(path, ignored) && !text_of(path))
            add({unreadable(path, "this stack was not checked")});
        all.push_back(read_stack(directory, service, text_of));
    }
    if (error) add({unreadable(directory, "no PAM stack was checked")});
    return all;
}

Result<SshdSettings> Check::read_sshd() const {
    std::optional<CallersRights> rights;
    if (arguments_.has_been_given("sshd-config")) rights.emplace();
    return SshdSettings::read(*arguments_.text("sshd-config"));
}

void Check::take_stacks(const Config& config) {
    const std::vector<Stack> all = read_stacks();
    bool claimed = false;
    for (const Stack& stack : all) {
        if (!has_second_step(stack) || is_fragment(stack, all)) continue;
        services_.push_back(stack.service);
        claimed = claimed || claims_first_factor(stack);
        add(findings_in(stack, config));
        if (stack.service == "sshd") take_sshd(stack, config);
    }
    take_remembering(config, claimed);
}

void Check::take_sshd(const Stack& stack, const Config& config) {
    const std::string path = *arguments_.text("sshd-config");
    const auto settings = read_sshd();
    if (!settings) {
        return add({unreadable(path, "the settings of sshd were not checked")});
    }
    sshd_ = true;
    match_blocks_ = settings->has_match_blocks();
    add(sshd_findings(*settings, stack, config));
}

void Check::take_remembering(const Config& config, bool claimed) {
    const bool by_default = config.rules.defaults.remember.count() > 0;
    const auto rule = std::ranges::find_if(config.rules.rules, [](const Rule& each) {
        return each.given.remember.value_or(std::chrono::seconds{0}).count() > 0;
    });
    if (claimed || services_.empty() || (!by_default && rule == config.rules.rules.end())) return;
    add({{Remark::Level::warning,
          configuration_file(),
          0,
          "remember" + (by_default ? std::string() : " of rule \"" + rule->name + "\"") +
              " has no effect: no PAM stack says that the first factor has passed",
          {},
          "auth [success=ok ignore=ignore default=die] pam_secondstep.so first_factor=passed"}});
}

void Check::run(const Result<Config>& config) {
    take_configuration(config);
    take_stacks(config ? *config : Config{});
}

std::string_view to_text(Remark::Level level) {
    return level == Remark::Level::error ? "error" : "warning";
}

// On a terminal lines are broken at blanks, and indented; a program finds each message in one line.
void print_wrapped(const std::string& text) {
    const Terminal terminal = terminal_of(out().fd());
    std::string line;
    for (const std::string_view word : split(text, ' ')) {
        const std::size_t width = display_width(line) + 1 + display_width(word);
        if (terminal.is_terminal && !line.empty() && width > terminal.columns) {
            out().line(line);
            line = " ";
        }
        line += (line.empty() ? "" : " ") + std::string(word);
    }
    out().line(line);
}

std::string counted(std::size_t number, const std::string& word) {
    return std::to_string(number) + " " + word + (number == 1 ? "" : "s");
}

void Check::print_text() const {
    for (const Remark& remark : remarks_) {
        const std::string line = remark.line == 0 ? "" : ":" + std::to_string(remark.line);
        print_wrapped(printable(remark.file, 4096) + line + ": " + std::string(to_text(remark.level)) + ": " +
                      printable(remark.text, 4096));
        if (!remark.now.empty()) out().line("    now   " + printable(remark.now, 4096));
        if (!remark.mend.empty()) out().line("    mend  " + printable(remark.mend, 4096));
    }
    std::string sshd = sshd_ ? ", sshd" : "";
    if (match_blocks_) sshd += " (its Match blocks are not looked at)";
    print_wrapped("Checked: configuration, " + counted(services_.size(), "PAM stack") + sshd + ". " +
                  counted(count(Remark::Level::error), "error") + ", " +
                  counted(count(Remark::Level::warning), "warning") + ".");
}

void Check::print_json() const {
    Json findings = Json::array();
    for (const Remark& remark : remarks_) {
        Json entry{{"level", to_text(remark.level)}, {"file", remark.file}};
        entry["line"] = remark.line == 0 ? Json() : Json(remark.line);
        entry["text"] = remark.text;
        entry["now"] = remark.now.empty() ? Json() : Json(remark.now);
        entry["mend"] = remark.mend.empty() ? Json() : Json(remark.mend);
        findings.push_back(std::move(entry));
    }
    out().line(
        dump({{"errors", count(Remark::Level::error)},
              {"warnings", count(Remark::Level::warning)},
              {"findings", std::move(findings)},
              {"checked", {{"stacks", services_}, {"sshd", sshd_}, {"match_blocks", match_blocks_}}}}));
}

Exit Check::report() const {
    arguments_.is_on("json") ? print_json() : print_text();
    return count(Remark::Level::error) == 0 ? Exit::done : Exit::refused;
}

// The candidate counts as if it were installed: together with what conf.d holds.
OrExit<Result<Config>> configuration_of(const Arguments& arguments) {
    const std::string& installed = arguments.invocation().config_path;
    const auto candidate = arguments.text("file");
    if (!candidate) return load_config(installed);
    std::optional<std::string> text;
    {
        const CallersRights rights;
        text = text_of(*candidate);
        if (!text) return stop(complain(Exit::usage, *candidate + " cannot be read" + rights.explained()));
    }
    return load_candidate(installed, *text, *candidate);
}

}  // namespace

Exit check_config(const Command& command, const Invocation& invocation) {
    const auto arguments = Arguments::parse(command, invocation, options(), {0, 0});
    if (!arguments) return arguments.error();
    const auto config = configuration_of(*arguments);
    if (!config) return config.error();
    Check check(*arguments);
    check.run(*config);
    return check.report();
}

}  // namespace secondstep::tool
