#include "portals/portal_request.h"

#include <array>
#include <cstdint>
#include <limits>
#include <string_view>
#include <utility>
#include <variant>

#include "account/record_fields.h"
#include "account/text_record.h"

namespace secondstep::dialogue {
namespace {

using Request = PortalRequest;
using Whose = Request::Whose;

constexpr std::string_view what = "secondstep-portal-request";
constexpr unsigned version = 1;

constexpr std::array<std::pair<Whose, std::string_view>, 3> owners{
    {{Whose::own, "own"}, {Whose::host, "host"}, {Whose::account, "account"}}};

template <typename Enum, std::size_t N>
std::string_view word_for(const std::array<std::pair<Enum, std::string_view>, N>& words, Enum value) {
    for (const auto& [known, word] : words) {
        if (known == value) return word;
    }
    return "";
}

template <typename Enum, std::size_t N>
Enum read_word(TextRecordReader& in, std::string_view key,
               const std::array<std::pair<Enum, std::string_view>, N>& words) {
    const std::string_view text = in.text(key);
    for (const auto& [value, word] : words) {
        if (word == text) return value;
    }
    in.refuse();
    return words.front().first;
}

bool read_flag(TextRecordReader& in, std::string_view key) {
    return in.number(key, 1) == 1;
}

template <typename Name>
Name read_name(TextRecordReader& in, std::string_view key, Name fallback) {
    auto name = Name::create(in.text(key));
    if (name) return std::move(*name);
    in.refuse();
    return fallback;
}

AccountName read_account(TextRecordReader& in, std::string_view key) {
    return read_name(in, key, *AccountName::create("nobody"));
}

PortalName read_portal_name(TextRecordReader& in, std::string_view key) {
    return read_name(in, key, *PortalName::create("none"));
}

void write_readers(TextRecordWriter& out, std::string_view key, const std::vector<PortalReader>& readers) {
    out.number(key, readers.size());
    for (const PortalReader& reader : readers) {
        out.text("account", reader.account.text());
        write_optional(out, "uid", reader.uid);
    }
}

std::vector<PortalReader> read_readers(TextRecordReader& in, std::string_view key) {
    std::vector<PortalReader> readers;
    const std::uint64_t count = in.number(key, max_portal_readers);
    for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
        AccountName account = read_account(in, "account");
        const auto uid = read_optional(in, "uid", std::numeric_limits<uid_t>::max() - 1);
        readers.push_back({std::move(account), uid ? std::optional(static_cast<uid_t>(*uid)) : std::nullopt});
    }
    return readers;
}

void write_text(TextRecordWriter& out, std::string_view key, const std::optional<std::string>& text) {
    out.number(std::string(key) + "-given", text ? 1 : 0);
    if (text) out.text(key, *text);
}

std::optional<std::string> read_text(TextRecordReader& in, std::string_view key) {
    if (!read_flag(in, std::string(key) + "-given")) return std::nullopt;
    return std::string(in.text(key));
}

// What each is called, and what follows behind whose portals and which one.
std::string_view word_of(const Request::Wanted& wanted) {
    struct Word {
        std::string_view operator()(const Request::List&) const { return "list"; }
        std::string_view operator()(const Request::Add&) const { return "add"; }
        std::string_view operator()(const Request::Code&) const { return "code"; }
        std::string_view operator()(const Request::Switch& wanted) const {
            return wanted.on ? "enable" : "disable";
        }
        std::string_view operator()(const Request::Rename&) const { return "rename"; }
        std::string_view operator()(const Request::Change&) const { return "change"; }
        std::string_view operator()(const Request::Remove&) const { return "remove"; }
        std::string_view operator()(const Request::RemoveAll&) const { return "remove"; }
        std::string_view operator()(const Request::Reveal&) const { return "reveal"; }
        std::string_view operator()(const Request::SendLink&) const { return "send-link"; }
    };
    return std::visit(Word{}, wanted);
}

struct NameOf {
    std::optional<PortalName> operator()(const Request::List& wanted) const { return wanted.name; }
    std::optional<PortalName> operator()(const Request::Add& wanted) const { return wanted.portal.name; }
    std::optional<PortalName> operator()(const Request::RemoveAll&) const { return std::nullopt; }
    std::optional<PortalName> operator()(const auto& wanted) const { return wanted.name; }
};

struct DetailWriter {
    TextRecordWriter& out;

    void operator()(const Request::Add& wanted) const {
        out.number("replace", wanted.replace ? 1 : 0);
        write_portal(out, wanted.portal);
    }
    void operator()(const Request::Code& wanted) const {
        out.number("fresh", wanted.freshness == Freshness::fresh ? 1 : 0);
    }
    void operator()(const Request::Rename& wanted) const { out.text("new-name", wanted.new_name.text()); }
    void operator()(const Request::Change& wanted) const {
        write_text(out, "note", wanted.note);
        write_text(out, "url", wanted.url);
        write_readers(out, "share", wanted.share);
        write_readers(out, "unshare", wanted.unshare);
    }
    void operator()(const Request::SendLink& wanted) const {
        out.text("number", wanted.number);
        out.text("link", wanted.link.text());
        out.number("minutes", static_cast<std::uint64_t>(wanted.valid.count()));
    }
    void operator()(const Request::List&) const {}
    void operator()(const Request::Switch&) const {}
    void operator()(const Request::Remove&) const {}
    void operator()(const Request::RemoveAll&) const {}
    void operator()(const Request::Reveal&) const {}
};

Request::Wanted read_add(TextRecordReader& in, const PortalName& name) {
    const bool replace = read_flag(in, "replace");
    auto portal = read_portal(in);
    if (portal && portal->name == name) return Request::Add{.portal = std::move(*portal), .replace = replace};
    in.refuse();
    return Request::List{};
}

Request::Wanted read_change(TextRecordReader& in, const PortalName& name) {
    Request::Change change{.name = name};
    change.note = read_text(in, "note");
    change.url = read_text(in, "url");
    change.share = read_readers(in, "share");
    change.unshare = read_readers(in, "unshare");
    return change;
}

Request::Wanted read_link(TextRecordReader& in, const PortalName& name) {
    Request::SendLink sent{.name = name, .number = std::string(in.text("number")), .link = {}};
    sent.link = Secret::copy_of(in.text("link"));
    sent.valid = std::chrono::minutes(in.number("minutes", longest_link_validity.count()));
    if (sent.valid == std::chrono::minutes{0}) in.refuse();
    return sent;
}

// What is wanted of the portal of this name.
Request::Wanted read_wanted(TextRecordReader& in, std::string_view verb, const PortalName& name) {
    if (verb == "list") return Request::List{name};
    if (verb == "add") return read_add(in, name);
    if (verb == "code")
        return Request::Code{name, read_flag(in, "fresh") ? Freshness::fresh : Freshness::any};
    if (verb == "enable" || verb == "disable") return Request::Switch{name, verb == "enable"};
    if (verb == "rename") return Request::Rename{name, read_portal_name(in, "new-name")};
    if (verb == "change") return read_change(in, name);
    if (verb == "remove") return Request::Remove{name};
    if (verb == "reveal") return Request::Reveal{name};
    if (verb == "send-link") return read_link(in, name);
    in.refuse();
    return Request::List{};
}

}  // namespace

Secret encode(const PortalRequest& request) {
    TextRecordWriter out(what, version);
    out.text("verb", word_of(request.wanted));
    out.text("whose", word_for(owners, request.whose));
    if (request.whose == Whose::account && request.owner) out.text("owner", request.owner->text());
    const std::optional<PortalName> name = std::visit(NameOf{}, request.wanted);
    out.number("named", name ? 1 : 0);
    if (name) out.text("portal", name->text());
    std::visit(DetailWriter{out}, request.wanted);
    return std::move(out).finish();
}

Result<PortalRequest> decode_portal_request(const Secret& form) {
    auto opened = TextRecordReader::open(form, what, version);
    if (!opened) return std::unexpected(opened.error());
    TextRecordReader& in = *opened;
    PortalRequest request;
    const std::string verb(in.text("verb"));
    request.whose = read_word(in, "whose", owners);
    if (request.whose == Whose::account) request.owner = read_account(in, "owner");
    if (read_flag(in, "named")) {
        request.wanted = read_wanted(in, verb, read_portal_name(in, "portal"));
    } else if (verb != "list") {
        in.refuse();
    }
    if (!in.finished()) return fail(Errc::damaged, "A damaged request about linked portals.");
    return request;
}

}  // namespace secondstep::dialogue
