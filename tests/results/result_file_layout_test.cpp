// SPDX-License-Identifier: Apache-2.0
// Where a result file's numbers lie, and what other programs learn about them: dimension scales, chunks, checksums.
#include <gtest/gtest.h>
#include <hdf5.h>
#include <hdf5_hl.h>

#include <cmath>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "host/results/result_file.hpp"
#include "host/results/result_layout.hpp"
#include "tests/results/example_fleet.hpp"
#include "tests/results/scratch_folder.hpp"

namespace {

using gumbelcuda::write_result_file;

// For each dataset: the names of its dimensions, the places of its chunks in the file, whether each chunk has a
// checksum, and whether its place was allocated before anything was written.
struct place {
  std::vector<std::string> dimensions;
  std::vector<haddr_t> chunks;
  bool with_checksums = false, placed_first = false;
  bool operator==(const place&) const = default;
};
using layout = std::map<std::string, place>;

layout layout_of(const std::string& path) {
  const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  layout found;
  const auto look = [](hid_t group, const char* name, const H5L_info_t*, void* all) -> herr_t {
    place& here = (*static_cast<layout*>(all))[name];
    const hid_t dataset = H5Dopen2(group, name, H5P_DEFAULT), properties = H5Dget_create_plist(dataset),
                space = H5Dget_space(dataset);
    const auto add_name = [](hid_t, unsigned, hid_t scale, void* names) -> herr_t {
      char text[32] = "";
      H5DSget_scale_name(scale, text, sizeof text);
      static_cast<std::vector<std::string>*>(names)->push_back(text);
      return 0;
    };
    for (int side = 0; side < H5Sget_simple_extent_ndims(space); ++side)
      H5DSiterate_scales(dataset, static_cast<unsigned>(side), nullptr, add_name, &here.dimensions);
    hsize_t chunks = 0, offset[H5S_MAX_RANK], size = 0;
    if (H5Pget_layout(properties) == H5D_CHUNKED) H5Dget_num_chunks(dataset, space, &chunks);
    for (hsize_t chunk = 0; chunk < chunks; ++chunk) {
      unsigned filters = 0;
      haddr_t address = 0;
      H5Dget_chunk_info(dataset, space, chunk, offset, &filters, &address, &size);
      here.chunks.push_back(address);
    }
    here.with_checksums = H5Pget_nfilters(properties) == 1;
    H5D_alloc_time_t when = H5D_ALLOC_TIME_ERROR;
    H5Pget_alloc_time(properties, &when);
    here.placed_first = when == H5D_ALLOC_TIME_EARLY;
    H5Sclose(space), H5Pclose(properties), H5Dclose(dataset);
    return 0;
  };
  H5Literate(file, H5_INDEX_NAME, H5_ITER_NATIVE, nullptr, look, &found);
  H5Fclose(file);
  return found;
}

TEST(result_layout, every_dimension_has_a_scale_and_every_chunk_a_checksum) {
  using names = std::vector<std::string>;
  const scratch_folder folder;
  auto config = example_config(30'000, 2'000);
  config.temperature.assign(30'000, .5f);
  write_result_file(folder / "a.h5", config, example_result(config));
  layout found = layout_of(folder / "a.h5");
  const std::map<std::string, names> expected{
      {"gan", {}},
      {"class", {}},
      {"epoch", {}},
      {"history_gan", {}},
      {"gan_classes", {}},
      {"target", {"class"}},
      {"temperature", {"gan"}},
      {"generator_learning_rate", {}},
      {"discriminator_learning_rate", {}},
      {"distribution", {"gan", "class"}},
      {"logits", {"gan", "class"}},
      {"weights", {"gan", "class"}},
      {"bias", {"gan"}},
      {"generator_loss", {"gan"}},
      {"discriminator_loss", {"gan"}},
      {"history", {"history_gan", "epoch", "class"}},
      {"total_variation", {"gan"}},
      {"kl_divergence", {"gan"}},
  };
  const std::set<std::string> single_numbers{"gan_classes", "generator_learning_rate", "discriminator_learning_rate"};
  ASSERT_EQ(found.size(), expected.size());
  for (const auto& [name, dimensions] : expected) {
    EXPECT_EQ(found[name].dimensions, dimensions) << name;
    EXPECT_EQ(found[name].with_checksums, !single_numbers.contains(name)) << name;
    EXPECT_TRUE(found[name].placed_first) << name;
  }
  EXPECT_EQ(found["distribution"].chunks.size(), 2u);  // 600 kB
}

// So a part of a fleet can be written before the rest is known, and two parts can be combined.
TEST(result_layout, where_numbers_lie_follows_from_the_configuration_alone) {
  const scratch_folder folder;
  const auto config = example_config(30'000, 2'000);
  auto all_zero = example_result(config, 2);
  for (auto* values : {&all_zero.distribution, &all_zero.logits, &all_zero.history}) values->assign(values->size(), 0);
  write_result_file(folder / "a.h5", config, example_result(config));
  write_result_file(folder / "b.h5", config, all_zero);
  EXPECT_EQ(layout_of(folder / "a.h5"), layout_of(folder / "b.h5"));
  EXPECT_EQ(std::filesystem::file_size(folder / "a.h5"), std::filesystem::file_size(folder / "b.h5"));
}

TEST(result_layout, chunks_are_whole_rows_of_even_shares) {
  using gumbelcuda::result_layout::chunk_lengths;
  using lengths = gumbelcuda::result_layout::lengths;
  EXPECT_EQ(chunk_lengths({5}, 8), lengths({5}));
  EXPECT_EQ(chunk_lengths({1'000'000}, 4), lengths({125'000}));
  EXPECT_EQ(chunk_lengths({1'000'000, 5}, 4), lengths({25'642, 5}));
  EXPECT_EQ(chunk_lengths({1'000, 200, 5}, 4), lengths({125, 200, 5}));
  EXPECT_EQ(chunk_lengths({3, 1'000, 1'024}, 4), lengths({1, 125, 1'024}));
  EXPECT_EQ(chunk_lengths({3, 1u << 20}, 4), lengths({1, 1u << 17}));
  EXPECT_EQ(chunk_lengths({~0ull, 5}, 4).at(1), 5u);
}

// Padding must not look like a GAN that diverged: it is finite, and softmax gives it no probability.
TEST(result_layout, padding_is_no_divergence) {
  using namespace gumbelcuda::result_layout;
  EXPECT_TRUE(std::isfinite(padding) && std::isfinite(logits_padding));
  EXPECT_EQ(std::exp(logits_padding - 1.f), padding);
  const std::vector<float> padded{.25f, .75f, padding};
  EXPECT_EQ(gumbelcuda::total_variation(padded, 3, {.25, .75, padding}), std::vector<double>{0});
  EXPECT_EQ(gumbelcuda::kl_divergence(padded, 3, {.25, .75, padding}), std::vector<double>{0});
}

}  // namespace
