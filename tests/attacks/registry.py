"""Every function that reads what strangers write, how a text comes to it, and the errors that it may raise.

A new one is one line. A public function of these modules that takes text and is neither here nor in `exempt.py` fails
`test_registry.py`.
"""

import html
from typing import Any, cast

from django.core.exceptions import TooManyFieldsSent, ValidationError
from django.http import QueryDict
from django.urls import Resolver404, resolve
from django.utils.safestring import SafeString

from digests import converters
from digests.desk import request_body
from digests.desk.context import near_titles, note_starts
from digests.desk.filters import Filters
from digests.editing import cleaning, comparing, presence
from digests.editing.conflicts import Refused as ActionRefused
from digests.markdown import composing, files, front_matter_data, mojibake, other_networks
from digests.markdown import format as post_format
from digests.mirror.profiles import pages as mirror_pages
from digests.publishing import checking
from digests.reader import bibtex, names, posts
from digests.reader.lists.selections import Period, Selection, SelectionError, shown
from digests.reader.pictures import letters
from digests.reviewing import mentions
from digests.templatetags import reading
from hotpapers_site.accounts import keys as security_keys
from papers import code_links, form_fields, lookup
from papers.admin.tweets import excerpt as admin_excerpt
from papers.networks import paper_links
from papers.networks.x import answer as x_answer
from papers.networks.x import oembed
from papers.networks.x import posts as x_posts
from papers.ranking.ranking import RankedPaper
from papers.search import addresses, as_typed, dictionary, index, marking, nicknames, post_index, query, terms, words
from papers.search.parts import QueryError
from papers.search.written_days import written_in
from papers.sources import answer_headers, http
from papers.sources.arxiv import announcement, categories, pages, xml
from papers.text import embed, formulas, languages, lead, links, notes, post_body, rendered_keys, tex, tex_commands
from tests.attacks import ways_in
from tests.attacks.network_readers import NETWORK_READERS
from tests.attacks.reader import Reader
from tests.texts import Unrendered

XML = (http.Malformed, http.Transient)
UNREADABLE = (files.UnreadablePost,)
POST = (post_format.PostError,)
CATEGORY = converters.CategoryConverter
FIELDS = (TooManyFieldsSent,)
"""Of an address with more than a thousand; Django answers 400."""
READERS: tuple[Reader, ...] = (
    # TeX, formulas, Markdown
    Reader(tex.parts, tex.parts),
    Reader(tex.paragraphs_in_parts, tex.paragraphs_in_parts),
    Reader(formulas.mathml, lambda text: formulas.mathml(f"${text}$")),
    Reader(formulas.mathml, lambda text: formulas.mathml(f"${text[:1900]}$"), place="short"),
    Reader(notes.formula_html, lambda text: notes.formula_html(f"$${text[:200]}$$")),
    Reader(notes.note_html, notes.note_html),
    Reader(post_body.clean_body, lambda text: post_body.clean_body(text, frozenset({"t.co", "x.com"}))),
    Reader(post_body.clean_body, post_body.clean_body, place="any host"),
    Reader(mirror_pages.inert, mirror_pages.inert),
    Reader(mirror_pages.yaml, mirror_pages.yaml),
    Reader(tex_commands.raised, tex_commands.raised),
    Reader(tex_commands.lowered, tex_commands.lowered),
    Reader(links.without_end, links.without_end),
    Reader(links.without_end, lambda text: links.without_end(f"https://a.org/{text}"), place="path"),
    Reader(links.href_of, links.href_of),
    Reader(rendered_keys.key_of, lambda text: rendered_keys.key_of(rendered_keys.LINE, text)),
    Reader(links.href_of, lambda text: links.href_of(f"https://{text}"), place="host"),
    Reader(
        lead.lead, lambda text: lead.lead([[tex.Part(part, is_formula=n % 2 == 1) for n, part in enumerate(text.split("$"))]])
    ),
    Reader(lead.lead, lambda text: lead.lead([[tex.Part(text)]]), place="plain"),
    Reader(languages.language_of, lambda text: languages.language_of(text, "en")),
    Reader(languages.language_of, lambda text: languages.language_of("é", text), place="tag"),
    Reader(languages.direction_of, languages.direction_of),
    Reader(posts.with_symbols, posts.with_symbols),
    Reader(posts.without_links_to, lambda text: posts.without_links_to(text, "2105.00001")),
    Reader(
        posts.without_links_to,
        lambda text: posts.without_links_to(f'<a href="https://t.co/{text}">{text}</a>' * 3, "2105.00001"),
        place="link",
    ),
    Reader(names.people, lambda text: names.people([text, text])),
    Reader(names.Name.of, names.Name.of),
    Reader(letters.drawable, letters.drawable),
    Reader(letters.wrapped, lambda text: letters.wrapped(letters.drawable(text), 1000, 60, 640, 3)),
    Reader(reading.names, lambda text: reading.names([text, text], 1)),
    Reader(reading.to_the_site, reading.to_the_site),
    # the post format, mojibake and files
    Reader(post_format.parse, post_format.parse, POST),
    Reader(post_format.parse, lambda text: post_format.parse(ways_in.a_post(title=text)), POST, "title"),
    Reader(post_format.parse, lambda text: post_format.parse(ways_in.a_post(authors=tuple(text.split(" ")))), POST, "authors"),
    Reader(post_format.parse, lambda text: post_format.parse(ways_in.a_post(categories=(text,))), POST, "category"),
    Reader(post_format.parse, lambda text: post_format.parse(ways_in.a_post(abstract=text)), POST, "abstract"),
    Reader(post_format.parse, lambda text: post_format.parse(ways_in.a_post(body=text)), POST, "body"),
    Reader(post_format.parse, lambda text: post_format.parse(ways_in.a_post(name=text)), POST, "name"),
    Reader(front_matter_data.is_carrier, lambda text: front_matter_data.is_carrier(f"---\n{text}\n---\n")),
    Reader(front_matter_data.read, lambda text: front_matter_data.read(f"---\n{text}\n---\n"), POST),
    Reader(front_matter_data.read, lambda text: front_matter_data.read(f"---\nhot_papers: {{{text}}}\n---\n"), POST, "data"),
    *(
        Reader(other_networks.read_post, ways_in.a_other(part), (other_networks.NoPost,), part)
        for part in ("id", "handle", "language", "body", "author")
    ),
    Reader(
        other_networks.read_post,
        lambda text: other_networks.read_post(ways_in.a_other_post(body=f'<a href="https://{text}">{text}</a>')),
        (other_networks.NoPost,),
        "link",
    ),
    Reader(other_networks.read_post, other_networks.read_post, (other_networks.NoPost,)),
    Reader(other_networks.is_post, lambda text: other_networks.is_post(f'<blockquote class="{text}')),
    Reader(other_networks.read_counts, lambda text: other_networks.read_counts(text, ways_in.NOW)),
    Reader(
        other_networks.read_counts,
        lambda text: other_networks.read_counts(f"- bluesky: {text} (11/20/2026 20:00:00)", ways_in.NOW),
        place="counts",
    ),
    Reader(other_networks.is_in_order, lambda text: other_networks.is_in_order(text.split(" ")), place="names"),
    Reader(composing.name_html, composing.name_html),
    Reader(composing.one_line, composing.one_line),
    Reader(mojibake.repair, mojibake.repair),
    Reader(mojibake.repair, lambda text: mojibake.repair(f"what‚Äôs\n{text}\n漢"), place="damaged"),
    Reader(files.read_post, ways_in.a_read_file, UNREADABLE),
    Reader(files.read_post, lambda text: ways_in.a_read_file(ways_in.a_post(abstract=text)), UNREADABLE, "abstract"),
    # embedded tweets
    Reader(embed.unescape, embed.unescape),
    Reader(embed.text_of, embed.text_of),
    Reader(embed.text_of, lambda text: embed.text_of(f"&#{text};"), place="reference"),
    Reader(embed.escape, embed.escape),
    Reader(embed.read_date, embed.read_date, (ValueError,)),
    Reader(admin_excerpt, admin_excerpt),
    Reader(checking.direction_of, checking.direction_of),
    Reader(checking.is_unbalanced, checking.is_unbalanced),
    # links
    Reader(paper_links.paper_id, paper_links.paper_id),
    Reader(paper_links.paper_id, lambda text: paper_links.paper_id(f"https://arxiv.org/abs/{text}"), place="path"),
    Reader(paper_links.paper_ids_in, lambda text: paper_links.paper_ids_in(text.split("\n"), text)),
    Reader(paper_links.paper_ids_in, lambda text: paper_links.paper_ids_in([], f"arXiv:{text}"), place="cited"),
    Reader(code_links.code_links, lambda text: code_links.code_links(ways_in.a_paper(text))),
    Reader(code_links.code_links, lambda text: code_links.code_links(ways_in.a_paper(f"github.com/{text}")), place="path"),
    Reader(code_links.code_links, lambda text: code_links.code_links(ways_in.a_paper(f"gitlab.com/a/{text}")), place="deep"),
    # arXiv
    Reader(pages.read_api, lambda text: pages.read_api(ways_in.a_answer(text)), XML),
    Reader(
        pages.read_api,
        lambda text: pages.read_api(ways_in.a_answer(ways_in.ATOM.format(**{**ways_in.USUAL, "title": text}))),
        XML,
        "raw",
    ),
    *(Reader(pages.read_api, ways_in.a_atom(field), XML, field) for field in ways_in.USUAL),
    Reader(pages.read_feed, lambda text: pages.read_feed(ways_in.a_answer(f"<rss><channel>{text}</channel></rss>")), XML),
    Reader(pages.read_feed, lambda text: pages.read_feed(ways_in.a_rss(guid=text)), XML, "guid"),
    Reader(pages.read_feed, lambda text: pages.read_feed(ways_in.a_rss(guid=f"oai:arXiv.org:{text}")), XML, "id"),
    Reader(pages.read_feed, lambda text: pages.read_feed(ways_in.a_rss(day=text)), XML, "day"),
    Reader(pages.read_feed, lambda text: pages.read_feed(ways_in.a_rss(kind=text)), XML, "type"),
    Reader(pages.read_listing, lambda text: pages.read_listing(ways_in.a_answer(text)), XML),
    Reader(
        pages.read_listing, lambda text: pages.read_listing(ways_in.a_answer(f"<h3>{html.escape(text)}</h3>")), XML, "heading"
    ),
    Reader(pages.read_listing, lambda text: pages.read_listing(ways_in.a_listing(text)), XML, "list"),
    Reader(
        pages.read_listing,
        lambda text: pages.read_listing(ways_in.a_listing(f"<h3>New {html.escape(text)}</h3>")),
        XML,
        "section",
    ),
    Reader(
        pages.read_listing,
        lambda text: pages.read_listing(ways_in.a_listing(f'<dt><a href="/abs/{html.escape(text)}">')),
        XML,
        "link",
    ),
    Reader(announcement.is_within, lambda text: announcement.is_within(text, ("cs",))),
    Reader(categories.is_category, categories.is_category),
    Reader(categories.is_category, lambda text: categories.is_category(f"physics.{text}"), place="class"),
    Reader(xml.read_xml, lambda text: xml.read_xml(ways_in.a_answer(f"<a>{text}</a>"), "a", "an a"), XML),
    Reader(xml.repaired, lambda text: xml.repaired(ways_in.a_bytes(text))),
    Reader(xml.repaired, lambda text: xml.repaired(ways_in.a_bytes(f"&#{text}")), place="reference"),
    # X
    Reader(x_posts.read_post, lambda text: x_posts.read_post(ways_in.a_tweet(text))),
    Reader(x_posts.read_posts, lambda text: x_posts.read_posts([ways_in.a_tweet(text), {"id": text}, text])),
    Reader(x_posts.read_gone, lambda text: list(x_posts.read_gone([{"type": text, "detail": f"[{text}]", "value": text}]))),
    Reader(x_posts.is_status_id, x_posts.is_status_id),
    Reader(x_answer.read_answer, lambda text: x_answer.read_answer(ways_in.a_answer(text), ways_in.NOW), (http.SourceError,)),
    Reader(oembed._read, lambda text: oembed._read(ways_in.a_answer(text), "1"), (http.SourceError,), "answer"),
    Reader(oembed._read, ways_in.a_oembed, (http.SourceError,)),
    Reader(oembed._read, lambda text: ways_in.a_oembed(ways_in.a_blockquote(body=text)), (http.SourceError,), "body"),
    Reader(oembed._read, lambda text: ways_in.a_oembed(ways_in.a_blockquote(name=text)), (http.SourceError,), "name"),
    *NETWORK_READERS,
    # what readers and editors ask for
    Reader(query.parse, query.parse, (QueryError,)),
    Reader(lookup.arxiv_id_at_end, lookup.arxiv_id_at_end),
    Reader(words.words, words.words),
    Reader(words.name_words, words.name_words),
    Reader(words.author_key, words.author_key),
    Reader(words.plain, words.plain),
    Reader(words.folded, words.folded),
    Reader(marking.marked, lambda text: marking.marked(SafeString(text), {"a", "b", "word", "learning", "x" * 40})),
    Reader(marking.excerpt, lambda text: marking.excerpt(SafeString(text), {"a", "b", "word", "learning", "x" * 40})),
    Reader(words.plain_words, words.plain_words),
    Reader(words.compounds, words.compounds),
    Reader(words.inflections, words.inflections),
    Reader(words.joined, lambda text: words.joined(text.split())),
    Reader(words.title_key, words.title_key),
    Reader(words.spellings, lambda text: words.spellings(words.plain(text))),
    Reader(note_starts.first_sentence, note_starts.first_sentence),
    Reader(note_starts.as_markdown, note_starts.as_markdown),
    Reader(note_starts.filled, lambda text: note_starts.filled(text, {"lead": text, "title": "T", "author": "A"})),
    Reader(near_titles.title_words, near_titles.title_words),
    Reader(near_titles.likeness, lambda text: near_titles.likeness(*map(near_titles.title_words, (text, f"{text[::-1]} 1")))),
    Reader(near_titles.NearTitles.like, lambda text: near_titles.NearTitles([text, f"{text} x", *text.split("\n")]).like(text)),
    Reader(addresses.ids_in, addresses.ids_in),
    Reader(addresses.words_of_link, addresses.words_of_link),
    Reader(addresses.words_of_link, lambda text: addresses.words_of_link(f"https://a.org/{text}"), place="path"),
    Reader(addresses.is_id_beginning, addresses.is_id_beginning),
    Reader(addresses.ids_meant, addresses.ids_meant),
    Reader(addresses.posts_in, addresses.posts_in),
    Reader(as_typed.plainly, as_typed.plainly),
    Reader(written_in, lambda text: list(written_in(text))),
    Reader(as_typed.without_markup, as_typed.without_markup),
    Reader(as_typed.without_markup, lambda text: as_typed.without_markup("\\cite{" + text), place="cited"),
    Reader(nicknames.names_in_title, nicknames.names_in_title),
    Reader(nicknames.names_in_abstract, nicknames.names_in_abstract),
    Reader(nicknames.names_in_abstract, lambda text: nicknames.names_in_abstract(f"We introduce {text}"), place="named"),
    Reader(nicknames.acronyms, nicknames.acronyms),
    Reader(nicknames.names_in_post, nicknames.names_in_post),
    Reader(nicknames.is_shaped, lambda text: nicknames.is_shaped(text or "a")),
    Reader(dictionary.has_keys, dictionary.has_keys),
    Reader(dictionary.digits, dictionary.digits),
    Reader(dictionary.keys_of, lambda text: dictionary.keys_of(words.plain(text))),
    Reader(dictionary.lookup_keys, lambda text: dictionary.lookup_keys(words.plain(text))),
    Reader(post_index.post_terms, lambda text: post_index.post_terms(*ways_in.a_share(text, of=3))),
    Reader(categories.as_arxiv_writes, categories.as_arxiv_writes),
    Reader(
        terms.index_terms,
        lambda text: ways_in.a_indexed(*ways_in.a_share(text, of=7)),
    ),
    Reader(terms.title_words, terms.title_words),
    Reader(terms.name_pairs, lambda text: terms.name_pairs(text.split())),
    Reader(index.tsvector, lambda text: index.tsvector(text.encode(errors="replace").decode().split())),
    Reader(
        cast(Any, Selection.parse).__func__,
        lambda text: Selection.parse(QueryDict(ways_in.a_bytes(text))),
        (SelectionError, *FIELDS),
    ),
    *(
        Reader(cast(Any, Selection.parse).__func__, ways_in.a_query(name), (SelectionError,), name)
        for name in ("category", "period", "min", "q", "order")
    ),
    Reader(cast(Any, Selection.of).__func__, lambda text: Selection.of(text=text), (SelectionError,)),
    Reader(cast(Any, Period.parse).__func__, Period.parse, (SelectionError,)),
    Reader(shown, shown),
    Reader(cast(Any, Filters.read).__func__, lambda text: Filters.read(QueryDict(ways_in.a_bytes(text))), FIELDS),
    Reader(
        Filters.admit,
        lambda text: Filters(text=text).admit(
            ways_in.a_paper(title="A"), ["cs.LG"], RankedPaper("2105.00001", 1, 1, 1, 0, hot=False, tweets=())
        ),
    ),
    Reader(resolve, lambda text: resolve(f"/{text}"), (Resolver404,)),
    *(
        Reader(resolve, lambda text, start=start: resolve(f"{start}{text}"), (Resolver404,), start)  # type: ignore[misc]
        for start in (
            "/papers/",
            "/categories/",
            "/archive/",
            "/days/",
            "/authors/",
            "/hottest/",
            "/posts/hot-papers-",
            "/admin/desk/",
        )
    ),
    Reader(mentions.names_in, mentions.names_in),
    Reader(mentions.names_in, lambda text: mentions.names_in(f"@{text}"), place="name"),
    Reader(cleaning.clean, lambda text: cleaning.clean(text, longest=200_000), (ActionRefused,)),
    Reader(presence.read_place, presence.read_place),
    Reader(presence.read_window, presence.read_window),
    Reader(presence.read_place, lambda text: presence.read_place(f"note:{text}"), place="paper"),
    Reader(request_body.papers, lambda text: request_body.papers({"a": [text]}, "a"), (ActionRefused,)),
    Reader(request_body.text, lambda text: request_body.text({"a": text}, "a")),
    Reader(request_body.short_text, lambda text: request_body.short_text({"a": text}, "a", 2_000), (ActionRefused,)),
    Reader(request_body.post_keys, lambda text: request_body.post_keys({"a": [text]}, "a"), (ActionRefused,)),
    Reader(security_keys.read, security_keys.read, (security_keys.Refused,)),
    Reader(comparing.difference, ways_in.a_compare),
    Reader(bibtex.entry, lambda text: bibtex.entry(ways_in.a_paper(name=text), ["cs.LG"])),
    Reader(bibtex.citation, lambda text: bibtex.citation(ways_in.a_paper(title=text, name=text), ["cs.LG"], Unrendered())),
    Reader(form_fields.refuse_control_characters, form_fields.refuse_control_characters, (ValidationError,)),
    Reader(form_fields.AuthorsField.split, lambda text: form_fields.AuthorsField().split(text)),
    Reader(form_fields.CategoriesField.split, lambda text: form_fields.CategoriesField().split(text), (ValidationError,)),
    Reader(answer_headers.retry_after_s, lambda text: answer_headers.retry_after_s({"retry-after": text})),
    Reader(answer_headers.clock_doubt, lambda text: answer_headers.clock_doubt({"date": text, "age": text})),
    Reader(http.onward, lambda text: http.onward(http.Answer("https://a.example/b", 301, {"location": text}, b""))),
)
