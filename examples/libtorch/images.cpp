// SPDX-License-Identifier: Apache-2.0
// See images.hpp. The format of the files: http://yann.lecun.com/exdb/mnist/.
#include "images.hpp"

#ifdef GUMBELCUDA_EXAMPLE_ZLIB
#include <zlib.h>
#endif

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <numeric>
#include <stdexcept>

#include <gumbelcuda/gumbel.hpp>
#include <gumbelcuda/relaxed_bernoulli.hpp>

namespace gumbelcuda::example {
namespace {

constexpr std::uint64_t seed = 2026;  // examples/autoencoder/data.py has it, too
constexpr std::size_t held_out = 500, batch = 100;

using bytes = std::vector<std::uint8_t>;

bytes contents(const std::string& path) {
  bytes all;
#ifdef GUMBELCUDA_EXAMPLE_ZLIB
  // Reads files that are not compressed, too.
  const gzFile file = gzopen(path.c_str(), "rb");
  if (!file) throw std::runtime_error(path + ": cannot be read");
  std::array<std::uint8_t, 1 << 16> part;
  int count = 0;
  while ((count = gzread(file, part.data(), part.size())) > 0) all.insert(all.end(), part.data(), part.data() + count);
  const bool whole = count == 0 && gzclose_r(file) == Z_OK;
  if (!whole) throw std::runtime_error(path + ": ends early, or is damaged");
#else
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error(path + ": cannot be read");
  all.assign(std::istreambuf_iterator<char>(file), {});
#endif
  return all;
}

std::string path_of(const std::string& folder, const std::string& name) {
  const std::string plain = folder + "/" + name, compressed = plain + ".gz";
  if (std::filesystem::exists(plain)) return plain;
#ifdef GUMBELCUDA_EXAMPLE_ZLIB
  if (std::filesystem::exists(compressed)) return compressed;
  throw std::runtime_error(plain + ": neither this file nor one with .gz is there");
#else
  throw std::runtime_error(plain + ": not there; without zlib the program does not read " + compressed);
#endif
}

struct idx_file {
  std::string path;
  int side;
  bytes pixels;

  std::size_t count() const { return pixels.size() / std::size_t(side * side); }
};

idx_file read_idx(const std::string& path, std::size_t least) {
  constexpr std::size_t header = 16;
  constexpr std::uint32_t images_of_bytes = 0x803, largest_side = 1024;
  const bytes all = contents(path);
  const auto number = [&](std::size_t i) {
    return std::uint32_t(all[i] << 24 | all[i + 1] << 16 | all[i + 2] << 8 | all[i + 3]);
  };
  if (all.size() < header || number(0) != images_of_bytes)
    throw std::runtime_error(path + ": does not begin as a file of images, with 00 00 08 03");
  const std::uint32_t count = number(4), rows = number(8), columns = number(12);
  if (rows != columns || rows < 1 || rows > largest_side)
    throw std::runtime_error(path + ": images of " + std::to_string(rows) + " by " + std::to_string(columns) +
                             "; they must be square, with sides of 1 to " + std::to_string(largest_side));
  if (all.size() - header != std::size_t(count) * rows * columns)
    throw std::runtime_error(path + ": " + std::to_string(all.size() - header) + " bytes, but its header says " +
                             std::to_string(count) + " images of " + std::to_string(rows * columns));
  if (count < least)
    throw std::runtime_error(path + ": " + std::to_string(count) + " images; " + std::to_string(least) +
                             " or more are needed");
  return {path, int(rows), {all.begin() + header, all.end()}};
}

// The first `count` images of a file, in bits. The logarithms of 0 and 1 are certain.
std::vector<float> binarized(const idx_file& file, std::size_t count, std::uint64_t noise_seed) {
  std::array<float, 256> log_odds;
  for (int i = 0; i < 256; ++i) log_odds[i] = std::log(float(i) / 255) - std::log1p(-float(i) / 255);
  const std::size_t pixels = std::size_t(file.side * file.side);
  std::vector<float> bits(count * pixels);
  for (std::size_t i = 0; i < bits.size(); ++i) bits[i] = log_odds[file.pixels[i]];
  const float hard = 0;
  relaxed_bernoulli<float>({.rows = count,
                            .classes = pixels,
                            .noise = {.seed = noise_seed},
                            .logits = {bits.data()},
                            .temperature = &hard,
                            .y = {bits.data()}});
  return bits;
}

}  // namespace

image_set synthetic_images(int side, int bands, int training, int test) {
  constexpr int classes = 4;
  constexpr unsigned patterns[classes] = {0b00001111, 0b00110011, 0b01010101, 0b01101001};
  const float equally_likely[classes] = {};
  const int rows_of_band = side / bands, count = training + test;
  std::vector<std::int64_t> shown(std::size_t(count) * bands);
  gumbel_max<float>({.rows = shown.size(),
                     .classes = classes,
                     .noise = {.seed = seed},
                     .logits = {equally_likely, repeated_row},
                     .index = shown.data()});
  image_set images{.side = side, .training = {}, .test = {}, .entropy = bands * std::log(classes)};
  for (int i = 0; i < count; ++i)
    for (int row = 0; row < side; ++row)
      for (int column = 0; column < side; ++column) {
        const std::int64_t pattern = shown[std::size_t(i * bands + std::min(row / rows_of_band, bands - 1))];
        (i < training ? images.training : images.test).push_back(float(patterns[pattern] >> column % 8 & 1));
      }
  return images;
}

image_set read_images(const std::string& folder) {
  const idx_file training = read_idx(path_of(folder, "train-images-idx3-ubyte"), held_out + batch);
  const idx_file test = read_idx(path_of(folder, "t10k-images-idx3-ubyte"), held_out);
  if (training.side != test.side) throw std::runtime_error(test.path + ": its images are not as large as the others");
  // Sorting by noise shuffles. Stable, so that equal numbers cannot make a difference.
  std::vector<float> noise(training.count());
  gumbel_noise<float>({.rows = 1, .classes = noise.size(), .noise = {.seed = seed + 1}, .out = {noise.data()}});
  std::vector<std::size_t> order(noise.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return noise[a] < noise[b]; });

  image_set images{.side = training.side, .training = {}, .test = binarized(test, held_out, seed + 2)};
  const std::vector<float> all = binarized(training, training.count(), seed);
  const std::size_t pixels = std::size_t(images.pixels());
  images.training.reserve((order.size() - held_out) * pixels);
  for (std::size_t i = held_out; i < order.size(); ++i) {
    const auto image = all.begin() + std::ptrdiff_t(order[i] * pixels);
    images.training.insert(images.training.end(), image, image + std::ptrdiff_t(pixels));
  }
  return images;
}

}  // namespace gumbelcuda::example
