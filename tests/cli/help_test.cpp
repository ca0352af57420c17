// SPDX-License-Identifier: Apache-2.0
// Where help's lines break. arguments_test.py checks that no line of the command's own help is too long.
#include "host/cli/help.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

namespace gumbelcuda {
namespace {

TEST(help, text_goes_on_at_the_margin_and_short_lines_stay) {
  EXPECT_EQ(wrapped_help("short\n\nfour words in all of which two are here and the rest is there\n", 40),
            "short\n\nfour words in all of which two are here\nand the rest is there\n");
}

TEST(help, a_line_may_be_as_long_as_the_terminal_is_wide) {
  const std::string line = "0123456789 0123456789 0123456789 0123456";
  ASSERT_EQ(line.size(), 40u);
  EXPECT_EQ(wrapped_help(line, 40), line + "\n");
  EXPECT_EQ(wrapped_help(line + "7", 40), "0123456789 0123456789 0123456789\n01234567\n");
}

TEST(help, signs_of_several_bytes_take_one_column) {
  const std::string line = "0 … 1 − 2 … 3 − 4 … 5 − 6 … 7 − 8 … 9 − ";
  EXPECT_EQ(wrapped_help(line + "0", 41), line + "0\n");
}

TEST(help, descriptions_go_on_beside_the_flags) {
  const std::string flag = "  --gans N                        ", blanks(34, ' ');
  EXPECT_EQ(wrapped_help(flag + "GANs to train, one or more, at the reader's wish\n", 74),
            flag + "GANs to train, one or more, at the\n" + blanks + "reader's wish\n");
}

TEST(help, descriptions_stand_below_the_flags_where_lines_are_short) {
  EXPECT_EQ(description_column(74), 34u);
  EXPECT_EQ(description_column(73), 6u);
  EXPECT_EQ(wrapped_help("  --gans N\n      GANs to train, one or more, at the reader's wish\n", 40),
            "  --gans N\n      GANs to train, one or more, at the\n      reader's wish\n");
}

TEST(help, examples_can_be_pasted_as_they_stand) {
  EXPECT_EQ(wrapped_help("  gumbelcuda train --gans 10000 --out fleet.h5 --history 100\n", 40),
            "  gumbelcuda train --gans 10000 --out \\\n      fleet.h5 --history 100\n");
}

TEST(help, a_word_that_is_too_long_is_not_broken) {
  const std::string word(50, 'x');
  EXPECT_EQ(wrapped_help("a " + word + " b", 40), "a\n" + word + "\nb\n");
}

TEST(help, is_as_wide_as_COLUMNS_says_within_limits) {
  for (const auto& [given, columns] : {std::pair{"80", 80u}, {"100", 100u}, {"300", 100u}, {"12", 40u}}) {
    setenv("COLUMNS", given, 1);
    EXPECT_EQ(help_columns(), columns) << given;
  }
  unsetenv("COLUMNS");
  const std::size_t without = help_columns();  // the terminal's width, if the test runs on one
  for (const char* const nonsense : {"", "wide", "0", "-5"}) {
    setenv("COLUMNS", nonsense, 1);
    EXPECT_EQ(help_columns(), without) << nonsense;
  }
  unsetenv("COLUMNS");
}

}  // namespace
}  // namespace gumbelcuda
