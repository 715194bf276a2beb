#include "portals/portal_request.h"

#include <array>
#include <limits>
#include <string_view>
#include <utility>

#include "account/record_fields.h"
#include "account/text_record.h"

namespace secondstep::dialogue {
namespace {

using Verb = PortalRequest::Verb;
using Whose = PortalRequest::Whose;

constexpr std::string_view what = "secondstep-portal-request";
constexpr unsigned version = 1;

constexpr std::array<std::pair<Verb, std::string_view>, 10> verbs{{{Verb::list, "list"},
                                                                   {Verb::add, "add"},
                                                                   {Verb::code, "code"},
                                                                   {Verb::enable, "enable"},
                                                                   {Verb::disable, "disable"},
                                                                   {Verb::rename, "rename"},
                                                                   {Verb::change, "change"},
                                                                   {Verb::remove, "remove"},
                                                                   {Verb::reveal, "reveal"},
                                                                   {Verb::send_link, "send-link"}}};
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

void write_change(TextRecordWriter& out, const PortalRequest& request) {
    write_text(out, "note", request.note);
    write_text(out, "url", request.url);
    write_readers(out, "share", request.share);
    write_readers(out, "unshare", request.unshare);
}

void read_change(TextRecordReader& in, PortalRequest& request) {
    request.note = read_text(in, "note");
    request.url = read_text(in, "url");
    request.share = read_readers(in, "share");
    request.unshare = read_readers(in, "unshare");
}

void read_details(TextRecordReader& in, PortalRequest& request) {
    switch (request.verb) {
        case Verb::add:
            request.replace = read_flag(in, "replace");
            request.portal = read_portal(in);
            if (request.portal && request.name != request.portal->name) in.refuse();
            return;
        case Verb::code:
            request.freshness = read_flag(in, "fresh") ? Freshness::fresh : Freshness::any;
            return;
        case Verb::rename:
            request.new_name = read_portal_name(in, "new-name");
            return;
        case Verb::change:
            return read_change(in, request);
        case Verb::send_link:
            request.number = std::string(in.text("number"));
            request.link = Secret::copy_of(in.text("link"));
            request.valid = std::chrono::minutes(in.number("minutes", longest_link_validity.count()));
            if (request.valid == std::chrono::minutes{0}) in.refuse();
            return;
        case Verb::list:
        case Verb::enable:
        case Verb::disable:
        case Verb::remove:
        case Verb::reveal:
            return;
    }
}

}  // namespace

Secret encode(const PortalRequest& request) {
    TextRecordWriter out(what, version);
    out.text("verb", word_for(verbs, request.verb));
    out.text("whose", word_for(owners, request.whose));
    if (request.whose == Whose::account && request.owner) out.text("owner", request.owner->text());
    out.number("named", request.name ? 1 : 0);
    if (request.name) out.text("portal", request.name->text());
    if (request.verb == Verb::add && request.portal) {
        out.number("replace", request.replace ? 1 : 0);
        write_portal(out, *request.portal);
    }
    if (request.verb == Verb::code) out.number("fresh", request.freshness == Freshness::fresh ? 1 : 0);
    if (request.verb == Verb::rename && request.new_name) out.text("new-name", request.new_name->text());
    if (request.verb == Verb::change) write_change(out, request);
    if (request.verb == Verb::send_link) {
        out.text("number", request.number);
        out.text("link", request.link.text());
        out.number("minutes", static_cast<std::uint64_t>(request.valid.count()));
    }
    return std::move(out).finish();
}

Result<PortalRequest> decode_portal_request(const Secret& form) {
    auto opened = TextRecordReader::open(form, what, version);
    if (!opened) return std::unexpected(opened.error());
    TextRecordReader& in = *opened;
    PortalRequest request;
    request.verb = read_word(in, "verb", verbs);
    request.whose = read_word(in, "whose", owners);
    if (request.whose == Whose::account) request.owner = read_account(in, "owner");
    if (read_flag(in, "named")) request.name = read_portal_name(in, "portal");
    read_details(in, request);
    if (!in.finished() || (!request.name && request.verb != Verb::list))
        return fail(Errc::damaged, "A damaged request about linked portals.");
    return request;
}

}  // namespace secondstep::dialogue
