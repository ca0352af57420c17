// SPDX-License-Identifier: Apache-2.0
// Data files: every format, and the errors of each.
#include "host/cli/sweep_data.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "gumbelcuda/error.hpp"
#include "host/cli/sweep_plan.hpp"
#include "tests/results/scratch_folder.hpp"

namespace gumbelcuda {
namespace {

using classes = std::vector<std::uint32_t>;
using numbers = std::vector<double>;

struct data_files : testing::Test {
  sweep_data read(const std::string& content, const std::string& format, std::uint64_t available = 1 << 30) {
    put(folder / "data", content);
    return read_sweep_data(folder / "data", format, available);
  }
  std::string complaint(const std::string& content, const std::string& format) {
    const std::string message = message_of<invalid_argument>([&] { read(content, format); });
    EXPECT_TRUE(message.starts_with(folder / "data")) << message;
    return message.substr((folder / "data").size());
  }
  scratch_folder folder;
};

// As numpy.save() writes it.
std::string npy(const std::string& type, const std::string& shape, const std::string& values, char version = 1) {
  std::string header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }";
  header.resize(117, ' ');
  header += '\n';
  std::string file = "\x93NUMPY";
  file += version;
  file += '\0';
  file += static_cast<char>(header.size());
  file.append(version == 1 ? 1 : 3, '\0');
  return file + header + values;
}

TEST_F(data_files, bytes_are_classes_in_order_of_value) {
  const sweep_data data = read(std::string("b\0\xff"
                                           "ba",
                                           5),
                               "bytes");
  EXPECT_EQ(data.samples, (classes{2, 0, 3, 2, 1}));
  EXPECT_EQ(data.shares, (numbers{.2, .2, .4, .2}));
}

TEST_F(data_files, letters_are_lower_cased_and_all_else_is_skipped) {
  const sweep_data data = read("A, b-Z1\xc3\xa4[`{@!z\n", "letters");
  EXPECT_EQ(data.samples, (classes{0, 1, 25, 25}));
  ASSERT_EQ(data.shares.size(), 26u);
  EXPECT_EQ(data.shares[25], .5);
  EXPECT_EQ(data.shares[2], 0);
}

TEST_F(data_files, integers_are_one_a_line) {
  EXPECT_EQ(read("0\r\n3\n1", "integers").samples, (classes{0, 3, 1}));
  EXPECT_EQ(read("0\n1023\n", "integers").shares.size(), 1024u);
}

TEST_F(data_files, npy_has_every_width) {
  EXPECT_EQ(read(npy("|u1", "(3,)", std::string("\0\2\1", 3)), "npy").samples, (classes{0, 2, 1}));
  EXPECT_EQ(read(npy("<i2", "(2,)", std::string("\1\0\0\3", 4)), "npy").samples, (classes{1, 768}));
  EXPECT_EQ(read(npy("<u4", "(1,)", std::string("\5\0\0\0", 4)), "npy").samples, (classes{5}));
  EXPECT_EQ(read(npy("<i8", "(1,)", std::string("\5\0\0\0\0\0\0\0", 8), 2), "npy").samples, (classes{5}));
}

TEST_F(data_files, of_another_kind_are_refused) {
  const std::string one("\1", 1);
  EXPECT_EQ(complaint("", "bytes"), ": has no data");
  EXPECT_EQ(complaint("aaa", "bytes"), ": has one class only; 2 or more are needed");
  EXPECT_EQ(complaint("123 \xc3\xa4", "letters"), ": has no data: no letter a … z");
  EXPECT_EQ(complaint("0\n1\nx2\n", "integers"), ":3: 'x2' is not a whole number");
  EXPECT_EQ(complaint("0\n\n1\n", "integers"), ":2: '' is not a whole number");
  EXPECT_EQ(complaint("0\n-1\n", "integers"), ":2: -1 is no class, 0 … 1023");
  EXPECT_EQ(complaint("0\n1024\n", "integers"), ":2: 1024 is no class, 0 … 1023");
  EXPECT_EQ(complaint("0\n1.0\n", "integers"), ":2: '1.0' is not a whole number");
  EXPECT_EQ(complaint("0\n99999999999999999999\n", "integers"), ":2: '99999999999999999999' is not a whole number");
  EXPECT_EQ(complaint("nothing of the kind", "npy"), ": is not a file of numpy.save()");
  EXPECT_EQ(complaint(npy("|u1", "(1,)", one, 3), "npy"), ": is of another version of NumPy's format than 1.0 and 2.0");
  EXPECT_EQ(complaint(npy("|u1", "(1,)", one).substr(0, 60), "npy"), ": is cut off in its header");
  EXPECT_EQ(complaint(npy(">i4", "(1,)", "\1\1\1\1"), "npy"),
            ": has elements of type '>i4', not little-endian integers");
  EXPECT_EQ(complaint(npy("<f8", "(1,)", one), "npy"), ": has elements of type '<f8', not little-endian integers");
  EXPECT_EQ(complaint(npy("|u1", "(1, 1)", one), "npy"), ": has the shape (1, 1), not one dimension");
  EXPECT_EQ(complaint(npy("|u1", "()", one), "npy"), ": has the shape (), not one dimension");
  EXPECT_EQ(complaint(npy("|u1", "(2,)", one), "npy"), ": has 1 bytes of numbers for the shape (2,)");
  EXPECT_EQ(complaint(npy("|u1", "(18446744073709551616,)", one), "npy"),
            ": has the shape (18446744073709551616,), not one dimension");
  EXPECT_EQ(complaint(npy("<i2", "(2,)", std::string("\1\0\xff\xff", 4)), "npy"),
            ", element 1: -1 is no class, 0 … 1023");
}

TEST_F(data_files, are_found_beside_the_sweeps_file) {
  if (!have_sweep_documents()) GTEST_SKIP() << "this build has no toml++";
  put(folder / "letters.txt", "abca");
  put(folder / "a.toml", "[gan]\ndata = \"letters.txt\"\ndata_format = \"bytes\"\ndata_order = \"shuffled\"\n");
  const sweep_config config = read_sweep_plan(folder / "a.toml", ~std::uint64_t{0}).config;
  EXPECT_EQ(config.data, (classes{0, 1, 2, 0}));
  EXPECT_EQ(config.target, (std::vector<numbers>{{.5, .25, .25}}));
  EXPECT_EQ(config.order, data_order::shuffled);
}

TEST_F(data_files, that_do_not_fit_are_not_read_to_their_end) {
  EXPECT_EQ(read(std::string(999, 'a') + "b", "letters", 5000).samples.size(), 1000u);
  EXPECT_EQ(message_of<invalid_argument>([&] { read(std::string(1000, 'a') + "b", "letters", 5000); }),
            folder / "data" + ": is larger than 1000 bytes");
}

}  // namespace
}  // namespace gumbelcuda
