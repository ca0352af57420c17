// SPDX-License-Identifier: Apache-2.0
// Help as wide as the reader's terminal: the parser writes each description on one line, however long.
#pragma once

#include <string>
#include <string_view>

namespace gumbelcuda {

// Columns for help: what COLUMNS says, else the terminal on standard output, else the most; 40 … 100.
std::size_t help_columns();

// Where descriptions start beside the flags, or, where too little would be left of a line, below them.
std::size_t description_column(std::size_t columns);

// Breaks lines that are longer between words. Those that begin with a blank, the lists, go on at the column of
// descriptions; those that begin with "  gumbelcuda ", examples, as a shell would have it.
std::string wrapped_help(std::string_view text, std::size_t columns);

}  // namespace gumbelcuda
