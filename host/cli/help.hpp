// SPDX-License-Identifier: Apache-2.0
// Fits help texts to the terminal's width: the parser writes each description on one line, however long.
#pragma once

#include <string>
#include <string_view>

namespace gumbelcuda {

// Columns of help: COLUMNS, else those of the terminal on standard output, else the maximum; always 40 … 100.
std::size_t help_columns();

// Where descriptions start: beside the flags, or below them if too little of a line would be left.
std::size_t description_column(std::size_t columns);

// Breaks longer lines between words. Lines that begin with a blank, the lists, continue at the column of descriptions.
// Lines that begin with "  gumbelcuda ", the examples, continue as a shell requires.
std::string wrapped_help(std::string_view text, std::size_t columns);

}  // namespace gumbelcuda
