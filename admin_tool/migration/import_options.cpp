#include "migration/import_options.h"

#include <utility>

#include "files/caller_file.h"
#include "files/secret_file.h"
#include "files/text_encoding.h"

namespace secondstep::tool {

namespace {

constexpr std::size_t largest_list = std::size_t{16} << 20U;

OrExit<void> usage(std::string_view why) {
    return stop(complain(Exit::usage, why));
}

OrExit<void> check_words(const Arguments& arguments) {
    const bool owners = arguments.has("owners");
    const bool homes = arguments.is_on("all-homes");
    const auto& words = arguments.operands();
    if (owners && (arguments.has("user") || arguments.has("key")))
        return usage("--owners says whose each token is; --key and --user are for one");
    if ((owners || arguments.has("key")) && homes) return usage("--all-homes says whose each key is");
    if (arguments.is_on("add") && arguments.is_on("replace"))
        return usage("--add keeps the devices there are, --replace does not: choose one");
    if (!arguments.is_on("confirm")) return {};
    if (owners || homes) return usage("--confirm asks for a code of one device, with --key or --user");
    if (arguments.is_on("dry-run")) return usage("--confirm stores, --dry-run does not: choose one");
    if (words.size() > 1 && words[1] == "-")
        return usage("--confirm asks for a code: name the file, since standard input is for that");
    return {};
}

OrExit<std::optional<TokenOwners>> owners_of(const Arguments& arguments) {
    const auto path = arguments.text("owners");
    if (!path) return std::nullopt;
    const auto file = open_input(*path);
    if (!file) return stop(complain(Exit::unavailable, file.error().detail));
    const auto content = read_secret(file->get(), largest_list);
    if (!content) return stop(complain(Exit::refused, *path + ": " + content.error().detail));
    const auto text = in_utf8(content->text(), encoding_of(content->text()));
    if (!text) return stop(complain(Exit::refused, *path + ": " + text.error().detail));
    auto owners = TokenOwners::parse(text->text(), *path);
    if (!owners) return stop(complain(Exit::refused, owners.error().detail));
    return std::move(*owners);
}

OrExit<std::optional<std::string>> suffix_of(const Arguments& arguments) {
    auto suffix = arguments.text("upn-suffix");
    if (suffix && suffix->starts_with('@')) suffix->erase(0, 1);
    if (suffix && suffix->empty())
        return stop(complain(Exit::usage, "--upn-suffix takes the domain behind the @ of every name"));
    return suffix;
}

OrExit<ColumnChoice> columns_of(const Arguments& arguments) {
    const auto text = arguments.text("columns");
    if (!text) return ColumnChoice{};
    if (arguments.operands().empty() || arguments.operands().front() != "csv")
        return stop(complain(Exit::usage, "--columns is for csv"));
    auto columns = ColumnChoice::create(*text);
    if (!columns) return stop(complain(Exit::usage, columns.error().detail));
    return std::move(*columns);
}

}  // namespace

OrExit<ImportOptions> ImportOptions::from(const Call& call) {
    const Arguments& arguments = call.arguments;
    if (const auto good = check_words(arguments); !good) return stop(good.error());
    auto columns = columns_of(arguments);
    if (!columns) return stop(columns.error());
    auto suffix = suffix_of(arguments);
    if (!suffix) return stop(suffix.error());
    auto owners = owners_of(arguments);
    if (!owners) return stop(owners.error());
    return ImportOptions{.dry_run = arguments.is_on("dry-run"),
                         .portal_users = arguments.is_on("portal-user"),
                         .add = arguments.is_on("add"),
                         .replace = arguments.is_on("replace"),
                         .confirm = arguments.is_on("confirm"),
                         .assignment = {.user = arguments.text("user"),
                                        .serial = arguments.text("key"),
                                        .owners = std::move(*owners),
                                        .upn_suffix = std::move(*suffix)},
                         .columns = std::move(*columns)};
}

}  // namespace secondstep::tool
