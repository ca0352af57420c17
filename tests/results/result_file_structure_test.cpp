// SPDX-License-Identifier: Apache-2.0
// Files under a right seal whose structures are not those that our writers make. HDF5 does not see them, though it
// would read the first of them, and crash on the second. tests/fuzz/ has more.
#include <gtest/gtest.h>
#include <hdf5.h>

#include <functional>

#include "tests/fuzz/hdf5_checksums.hpp"
#include "tests/results/damage.hpp"

namespace {

struct structures : damage {
  std::string refusal(const std::string& problem) const {
    return path + " is damaged or no result file of this program: " + problem;
  }
  // The complaint about a file in which these bytes are at that place, under right checksums.
  std::string complaint_about(std::size_t place, std::string_view bytes) {
    std::string file = whole.substr(0, whole.size() - 32);
    const auto parts = gumbelcuda::fuzz::hdf5_parts(file);
    file.replace(place, bytes.size(), bytes);
    for (const auto& part : parts) part.seal(file);
    put(path, sealed(file));
    return complaint();
  }
  // The place behind a text that comes but once.
  std::size_t behind(std::string_view text) const {
    const std::size_t place = whole.find(text);
    EXPECT_NE(place, std::string::npos);
    EXPECT_EQ(whole.find(text, place + 1), std::string::npos);
    return place + text.size();
  }
};

// What HDF5 can do and our writers do not.
TEST_F(structures, of_other_programs) {
  const std::vector<std::pair<const char*, std::function<void(hid_t)>>> changes{
      {"a dataset is stored in another way",
       [](hid_t f) {
         const hid_t compact = H5Pcreate(H5P_DATASET_CREATE), space = H5Screate(H5S_SCALAR);
         H5Pset_layout(compact, H5D_COMPACT);
         H5Pset_obj_track_times(compact, false);
         H5Dclose(H5Dcreate2(f, "more", H5T_STD_I64LE, space, H5P_DEFAULT, compact, H5P_DEFAULT));
         H5Sclose(space);
         H5Pclose(compact);
       }},
      {"a link is of another kind", [](hid_t f) { H5Lcreate_soft("/bias", f, "more", H5P_DEFAULT, H5P_DEFAULT); }},
      {"a link is of another kind",
       [](hid_t f) { H5Lcreate_external("other.h5", "/bias", f, "more", H5P_DEFAULT, H5P_DEFAULT); }},
      {"a dataset has a message of another kind",
       [](hid_t f) { H5Lcreate_hard(f, "bias", f, "more", H5P_DEFAULT, H5P_DEFAULT); }},
      {"a header has other flags",
       [](hid_t f) { H5Gclose(H5Gcreate2(f, "more", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT)); }},
      {"an attribute is not one value",
       [](hid_t f) {
         const hsize_t two = 2;
         const hid_t space = H5Screate_simple(1, &two, nullptr);
         H5Aclose(H5Acreate2(f, "more", H5T_STD_I64LE, space, H5P_DEFAULT, H5P_DEFAULT));
         H5Sclose(space);
       }},
      {"a data space could grow",
       [](hid_t f) {
         const hid_t properties = H5Pcreate(H5P_DATASET_CREATE);
         const hsize_t size = 2, endless = H5S_UNLIMITED;
         H5Pset_chunk(properties, 1, &size);
         H5Pset_obj_track_times(properties, false);
         const hid_t space = H5Screate_simple(1, &size, &endless);
         H5Dclose(H5Dcreate2(f, "more", H5T_STD_I64LE, space, H5P_DEFAULT, properties, H5P_DEFAULT));
         H5Sclose(space);
         H5Pclose(properties);
       }},
      {"a dataset's chunks are not all there",
       [](hid_t f) {
         const hid_t properties = H5Pcreate(H5P_DATASET_CREATE);
         const hsize_t size = 4, chunk = 2;
         H5Pset_chunk(properties, 1, &chunk);
         H5Pset_obj_track_times(properties, false);
         const hid_t space = H5Screate_simple(1, &size, nullptr), first = H5Scopy(space);
         const hid_t dataset = H5Dcreate2(f, "more", H5T_STD_I64LE, space, H5P_DEFAULT, properties, H5P_DEFAULT);
         const hsize_t begin = 0, one = 1;
         const std::int64_t value = 1;
         H5Sselect_hyperslab(first, H5S_SELECT_SET, &begin, nullptr, &one, nullptr);
         const hid_t of_value = H5Screate_simple(1, &one, nullptr);
         H5Dwrite(dataset, H5T_NATIVE_INT64, of_value, first, H5P_DEFAULT, &value);
         for (const hid_t each : {of_value, first, space}) H5Sclose(each);
         H5Dclose(dataset);
         H5Pclose(properties);
       }},
  };
  for (const auto& [expected, change] : changes) {
    forge(change);
    EXPECT_EQ(complaint(), refusal(expected));
    EXPECT_EQ(read_result_file(path, {.sealed = false}).config.seed, config.seed) << expected;
  }
}

TEST_F(structures, of_which_hdf5_believes_too_much) {
  using std::string_view_literals::operator""sv;
  // A link to another one's dataset.
  const std::size_t bias = behind("\1\0\4bias"sv), logits = behind("\1\0\6logits"sv);
  EXPECT_EQ(complaint_about(bias, whole.substr(logits, 8)), refusal("two structures are at one place"));
  // The root begins with a continuation; HDF5 1.10.8 takes a checksum of 2^64 − 4 bytes if that has none.
  constexpr std::size_t root = 48, length_of_continuation = root + 12 + 4 + 8;
  EXPECT_EQ(complaint_about(length_of_continuation, std::string(8, '\0')), refusal("a structure is not in the file"));
  EXPECT_EQ(complaint_about(length_of_continuation, "\7\0\0\0\0\0\0\0"sv), refusal("a structure is cut off"));
  // A chunk that says that it is larger than it is, or not filtered.
  const std::size_t chunk = whole.find("TREE") + 24;
  EXPECT_EQ(complaint_about(chunk, "\xff"sv), refusal("a chunk has another length, or is not filtered"));
  EXPECT_EQ(complaint_about(chunk + 4, "\1"sv), refusal("a chunk has another length, or is not filtered"));
  EXPECT_EQ(complaint_about(chunk + 8, "\1"sv), refusal("a chunk is of another place"));
  // More chunks than there are, and a node of another level.
  EXPECT_EQ(complaint_about(chunk - 18, "\2"sv), refusal("a chunk has another length, or is not filtered"));
  EXPECT_EQ(complaint_about(chunk - 18, "\xff\xff"sv), refusal("an index of chunks is of another kind"));
  EXPECT_EQ(complaint_about(chunk - 19, "\1"sv), refusal("two structures are at one place"));
}

// An index of two levels: 65 chunks and more, each of half a mebibyte.
TEST_F(structures, of_many_chunks_pass) {
  config = example_config(6, 2);
  config.epochs = 70 * (1 << 19) / (2 * 5 * 4);
  result = example_result(config);
  gumbelcuda::write_result_file(path, config, result);
  EXPECT_EQ(read_result_file(path).result.history, result.history);
}

}  // namespace
