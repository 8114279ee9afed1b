#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace xg::plot::detail {

/// `text` as valid UTF-8 without control characters, so that any terminal of gnuplot shows it: each control character
/// becomes a space, each byte that is no UTF-8 becomes U+FFFD.
std::string clean(std::string_view text);

/// `text`, cleaned, as a string of gnuplot's language. Whatever could mean something to gnuplot (quotes, backticks,
/// backslashes, `$`, `@`, `#`, braces) is written as its octal code, which is decoded after all substitution. Single
/// quotes, in which nothing is substituted, will not do: gnuplot 5.4 ends a string early that begins with a doubled
/// quote.
std::string quote(std::string_view text);

/// The name of a file as a string of gnuplot's language, below the folder it runs in: with `./` before it, since
/// gnuplot takes names that begin with `<` or `|` for commands.
std::string quote_file(std::string_view name);

/// About how wide `text` will be, in units of the font's size.
double width_of(std::string_view text);

/// The lines of `text`, cleaned; those wider than `width` are broken between words.
std::vector<std::string> wrap(std::string_view text, double width);

/// `text`, cleaned; if it is wider than `width`, with an ellipsis in place of its middle: names often differ at the end.
std::string elide(std::string_view text, double width);

/// The lines of `text` as `wrap` makes them, at most `lines` (1 or more), none wider than `width`: what is too much is
/// cut, with an ellipsis.
std::vector<std::string> fit(std::string_view text, double width, std::size_t lines);

/// How many columns of a terminal `text` fills: wide characters two, combining ones none.
int columns_of(std::string_view text);

/// `text`, cleaned, shortened as `elide` does to `columns` columns of a terminal; in ASCII if `unicode` is false, other characters being `?`.
std::string for_terminal(std::string_view text, int columns, bool unicode);

}  // namespace xg::plot::detail
