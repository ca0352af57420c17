// SPDX-License-Identifier: Apache-2.0
// Invalid files: cut off, with flipped bits, of another kind, or made by another program with other shapes and types.
// Each is refused with a message that names the problem, and nothing is printed.
#include <gtest/gtest.h>
#include <hdf5.h>

#include <functional>

#include "tests/results/damage.hpp"
#include "tests/results/hdf5_edits.hpp"

namespace {

using gumbelcuda::file_error;

// These loops take steps, here and below, because opening a file costs milliseconds on some machines.
TEST_F(damage, cuts_are_noticed) {
  for (std::size_t length = 0; length < whole.size(); length += 97)
    EXPECT_TRUE(refused(whole.substr(0, length))) << length;
  EXPECT_TRUE(refused(whole.substr(0, whole.size() - 1)));
  EXPECT_TRUE(refused(whole + '\n'));
  EXPECT_FALSE(refused(whole));
}

TEST_F(damage, flipped_bits_are_noticed) {
  for (std::size_t place = 0; place < whole.size(); place += 83) {
    std::string flipped = whole;
    flipped[place] = static_cast<char>(flipped[place] ^ (1 << place % 8));
    EXPECT_TRUE(refused(flipped)) << place;
  }
}

TEST_F(damage, overwritten_stretches_are_noticed) {
  for (std::size_t place = 0; place + 64 < whole.size(); place += 331) {
    std::string overwritten = whole;
    overwritten.replace(place, 64, 64, '\xa5');
    EXPECT_TRUE(refused(overwritten)) << place;
  }
}

// Verifies checksum and structure; the numbers may be any.
TEST_F(damage, verifying_looks_at_every_byte_and_at_no_number) {
  gumbelcuda::verify_result_file(path);
  forge([](hid_t file) { replace_number(file, "epochs", H5T_STD_I64LE, 0); });
  gumbelcuda::verify_result_file(path);
  for (const std::string& bytes :
       {whole.substr(0, whole.size() - 1), whole + '\n', std::string(), sealed("gan,p0,p1\n")}) {
    put(path, bytes);
    EXPECT_THROW(gumbelcuda::verify_result_file(path), damaged_file);
  }
  EXPECT_THROW(gumbelcuda::verify_result_file(folder / "none.h5"), file_error);
}

TEST_F(damage, edited_files_are_noticed_and_read_without_the_seal) {
  edit(add_attribute);
  EXPECT_EQ(complaint(), path +
                             " was changed since it was written (an HDF5 program that changes a file drops the "
                             "checksum at its end); --unsealed reads it all the same");
  EXPECT_EQ(read_result_file(path, {.sealed = false}).result.distribution, result.distribution);
  forge([](hid_t file) { replace_number(file, "seed", H5T_STD_U64LE, 1); });
  EXPECT_EQ(read_result_file(path).config.seed, 1u);
}

TEST_F(damage, the_likeliest_reason_is_given) {
  const std::string size = std::to_string(whole.size());
  const auto reason = [&](const std::string& bytes) {
    put(path, bytes);
    return complaint().substr(path.size());
  };
  EXPECT_EQ(reason(""), " is empty, so no result file");
  for (const std::string& text : {std::string("gan,p0,p1\n"), std::string(10'000, '\0'), std::string("x")})
    EXPECT_EQ(reason(text), " is not an HDF5 file, so no result file");
  EXPECT_EQ(reason(whole.substr(0, 4)), " is damaged: cut off after 4 bytes");
  EXPECT_EQ(reason(whole.substr(0, 45)), " is damaged: cut off after 45 bytes");
  for (const std::size_t left : {std::size_t{100}, whole.size() / 2, whole.size() - 33, whole.size() - 1})
    EXPECT_EQ(reason(whole.substr(0, left)),
              " is damaged: cut off, " + std::to_string(left) + " of " + size + " bytes are left");
  EXPECT_EQ(reason(whole + "more"),
            " was changed since it was written: 4 bytes too many at its end; --unsealed reads it all the same");
  std::string flipped = whole;
  flipped[whole.size() / 2] ^= 1;
  EXPECT_EQ(reason(flipped),
            " is damaged, or was changed since it was written: its checksum does not fit; "
            "--unsealed reads it all the same");
  const hid_t foreign = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  H5Fclose(foreign);
  EXPECT_EQ(reason(content(path)), " is an HDF5 file of another program, not a result file of gumbelcuda");
}

// HDF5 does not see them: structures of ours alone pass (hdf5_structure.hpp).
TEST_F(damage, other_kinds_of_file_under_a_right_seal) {
  put(path, sealed("gan,p0,p1\n"));
  EXPECT_EQ(complaint(), path + " is damaged or no result file of this program: a structure is not in the file");
  EXPECT_NE(complaint_about_contents().find("open it with HDF5"), std::string::npos);
  const hid_t empty = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  H5Fclose(empty);
  put(path, sealed(content(path)));
  EXPECT_EQ(complaint(),
            path + " is damaged or no result file of this program: a structure is of another kind or version");
  EXPECT_NE(complaint_about_contents().find("format"), std::string::npos);
}

// The checksum of a chunk, which every HDF5 program verifies.
TEST_F(damage, changed_numbers_are_noticed_without_the_seal) {
  const std::string number(reinterpret_cast<const char*>(&result.logits[7]), sizeof(float));
  const std::size_t place = whole.find(number);
  ASSERT_NE(place, std::string::npos);
  std::string flipped = whole;
  flipped[place] ^= 1;
  put(path, flipped);
  const std::string problem = message_of<damaged_file>([&] { read_result_file(path, {.sealed = false}); });
  EXPECT_NE(problem.find("logits"), std::string::npos) << problem;
}

TEST_F(damage, files_that_cannot_be_opened_are_another_error) {
  EXPECT_EQ(message_of<file_error>([&] { read_result_file(folder / "none.h5"); }),
            "cannot read " + (folder / "none.h5") + ": No such file or directory");
  EXPECT_EQ(message_of<file_error>([&] { read_result_file(folder.path()); }),
            "cannot read " + folder.path() + ": Is a directory");
}

TEST_F(damage, other_versions) {
  forge([](hid_t file) { replace_number(file, "format_version", H5T_STD_U64LE, 1); });
  EXPECT_NE(complaint().find("format_version is 1, this program knows 2 … 3"), std::string::npos);
  forge([](hid_t file) { replace_number(file, "stream_version", H5T_STD_U64LE, 7); });
  EXPECT_NE(complaint().find("stream_version is 7"), std::string::npos);
}

TEST_F(damage, other_shapes_and_types) {
  const std::vector<std::pair<const char*, std::function<void(hid_t)>>> changes{
      {"logits has another shape",
       [](hid_t f) {
         replace_dataset(f, "logits", H5T_IEEE_F32LE, {5, 6});
       }},
      {"logits has another shape", [](hid_t f) { replace_dataset(f, "logits", H5T_IEEE_F32LE, {30}); }},
      {"logits has another type",
       [](hid_t f) {
         replace_dataset(f, "logits", H5T_IEEE_F64LE, {6, 5});
       }},
      {"logits is not all there",
       [](hid_t f) {
         replace_dataset(f, "logits", H5T_IEEE_F32LE, {6, 5});
       }},
      {"temperature has another shape", [](hid_t f) { replace_dataset(f, "temperature", H5T_IEEE_F32LE, {2}); }},
      {"temperature has another shape", [](hid_t f) { replace_dataset(f, "temperature", H5T_IEEE_F32LE, {0}); }},
      {"target has another type", [](hid_t f) { replace_dataset(f, "target", H5T_IEEE_F32LE, {5}); }},
      {"bias", [](hid_t f) { H5Ldelete(f, "bias", H5P_DEFAULT); }},
      {"history", [](hid_t f) { H5Ldelete(f, "history", H5P_DEFAULT); }},
      {"total_variation", [](hid_t f) { H5Ldelete(f, "total_variation", H5P_DEFAULT); }},
      {"seed", [](hid_t f) { H5Adelete(f, "seed"); }},
      {"seed has another type", [](hid_t f) { replace_number(f, "seed", H5T_STD_U32LE, 1); }},
      {"shape", [](hid_t f) { replace_number(f, "num_gans", H5T_STD_U64LE, 1ull << 62); }},
      {"out of range", [](hid_t f) { replace_number(f, "classes", H5T_STD_I64LE, 1ull << 33); }},
      {"out of range", [](hid_t f) { replace_number(f, "epochs", H5T_STD_I64LE, 0); }},
      {"batch_size", [](hid_t f) { replace_number(f, "batch_size", H5T_STD_I64LE, 0); }},
      {"temperature has another shape", [](hid_t f) { replace_dataset(f, "temperature", H5T_IEEE_F32LE, {1}); }},
      {"gan_classes has another type", [](hid_t f) { replace_dataset(f, "gan_classes", H5T_IEEE_F32LE, {6}); }},
      {"logits is not all there",
       [](hid_t f) {
         replace_chunked(f, "logits", {6, 5}, {1 << 14, 1 << 14}, false);
       }},
      {"logits is compressed",
       [](hid_t f) {
         replace_chunked(f, "logits", {6, 5}, {6, 5}, true);
       }},
      {"distribution has values that are no probabilities",
       [](hid_t f) {
         replace_values(f, "distribution", std::vector<float>(30, 1.5f), {6, 5});
       }},
      {"history has values that are no probabilities",
       [](hid_t f) {
         replace_values(f, "history", std::vector<float>(30, -.1f), {2, 3, 5});
       }},
  };
  for (const auto& [expected, change] : changes) {
    forge(change);
    EXPECT_TRUE(refused(content(path))) << expected;
    const std::string problem = complaint_about_contents();
    EXPECT_NE(problem.find(expected), std::string::npos) << expected << " | " << problem;
  }
}

// A format that no version writes yet: one GAN has fewer classes than the others, and its rows are padded.
TEST_F(damage, fleets_of_several_sizes_are_of_a_later_version) {
  forge([](hid_t file) {
    H5Ldelete(file, "gan_classes", H5P_DEFAULT);
    constexpr hsize_t gans = 6;
    const std::int64_t classes[gans] = {5, 5, 3, 5, 5, 5};
    const hid_t space = H5Screate_simple(1, &gans, nullptr);
    const hid_t dataset = H5Dcreate2(file, "gan_classes", H5T_STD_I64LE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Dwrite(dataset, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, classes);
    H5Dclose(dataset);
    H5Sclose(space);
  });
  EXPECT_NE(complaint_about_contents().find("differ in their number of classes, which this program does not know"),
            std::string::npos);
}

// A file of a few kilobytes that claims 10^12 GANs must not cost that much memory.
TEST_F(damage, claims_beyond_the_file_cost_no_memory) {
  forge([](hid_t file) {
    constexpr std::uint64_t gans = 1'000'000'000'000;
    replace_number(file, "num_gans", H5T_STD_U64LE, gans);
    replace_dataset(file, "distribution", H5T_IEEE_F32LE, {gans, 5});
  });
  EXPECT_NE(complaint_about_contents().find("distribution is larger than the file"), std::string::npos)
      << complaint_about_contents();
}

}  // namespace
