// SPDX-License-Identifier: Apache-2.0
// Arrays with leading dimensions in C: they give the bytes of one call on a contiguous copy, and leave the noise offset
// where that call leaves it; invalid ones are refused by name.
#include <functional>
#include <string>
#include <vector>

#include "tests/c_api/c_batch.hpp"

namespace gumbelcuda {
namespace {

using testing_c::handle, testing_c::make_handle;

constexpr std::uint64_t shape[] = {3, 2, 4}, rows = 24, classes = 9;
const noise_address noise{.seed = 6, .first_row = 100, .offset = 16};

struct dimensions_of_c {
  gumbelcuda_dimensions* raw = nullptr;
  explicit dimensions_of_c(int type = GUMBELCUDA_FLOAT32) {
    EXPECT_EQ(gumbelcuda_create_dimensions(&raw, 3, shape, classes, type), GUMBELCUDA_SUCCESS);
  }
  ~dimensions_of_c() { gumbelcuda_destroy_dimensions(raw); }
};

struct samples {
  std::vector<float> y = std::vector<float>(rows * classes);
  std::vector<std::int64_t> index = std::vector<std::int64_t>(rows, -7);
  std::uint64_t offset = 0, calls = 0;
};

// Element (i, j, l, k) of the logits. In memory, logits are [l][i][j][k] and y is [i][l][j][k].
float logit(std::uint64_t row, std::uint64_t k) { return float((row * 7 + k * 3) % 11) / 2; }

gumbelcuda_gumbel_softmax_args arguments(const float& temperature, const gumbelcuda_row_noise& row_noise) {
  gumbelcuda_gumbel_softmax_args args{};
  args.struct_size = sizeof args;
  args.classes = classes;
  args.temperature = &temperature;
  args.noise = row_noise;
  return args;
}

samples of_contiguous(const gumbelcuda_row_noise& row_noise) {
  samples s;
  std::vector<float> logits(rows * classes);
  for (std::uint64_t row = 0; row < rows; ++row)
    for (std::uint64_t k = 0; k < classes; ++k) logits[row * classes + k] = logit(row, k);
  const float temperature = .75f;
  gumbelcuda_gumbel_softmax_args args = arguments(temperature, row_noise);
  args.rows = rows;
  args.logits.data = logits.data();
  args.y.data = s.y.data();
  args.index = s.index.data();
  const handle h = make_handle(noise);
  EXPECT_EQ(gumbelcuda_gumbel_softmax(h.get(), &args), GUMBELCUDA_SUCCESS) << gumbelcuda_last_error_message();
  EXPECT_EQ(gumbelcuda_get_offset(h.get(), &s.offset), GUMBELCUDA_SUCCESS);
  return s;
}

samples of_permuted(const gumbelcuda_row_noise& row_noise) {
  samples s;
  std::vector<float> logits(rows * classes), y(rows * classes);
  const auto for_each_row = [](auto visit) {
    for (std::uint64_t i = 0; i < 3; ++i)
      for (std::uint64_t j = 0; j < 2; ++j)
        for (std::uint64_t l = 0; l < 4; ++l) visit((i * 2 + j) * 4 + l, (l * 3 + i) * 2 + j, (i * 4 + l) * 2 + j);
  };
  for_each_row([&](std::uint64_t row, std::uint64_t in, std::uint64_t) {
    for (std::uint64_t k = 0; k < classes; ++k) logits[in * classes + k] = logit(row, k);
  });
  const float temperature = .75f;
  gumbelcuda_gumbel_softmax_args args = arguments(temperature, row_noise);
  args.index = s.index.data();
  const std::ptrdiff_t in[] = {2 * classes, classes, 6 * classes}, out[] = {8 * classes, classes, 2 * classes};
  const handle h = make_handle(noise);
  const dimensions_of_c d;
  EXPECT_EQ(gumbelcuda_add_input(d.raw, &args.logits, logits.data(), in, 1), GUMBELCUDA_SUCCESS);
  EXPECT_EQ(gumbelcuda_add_output(d.raw, &args.y, y.data(), out, 1), GUMBELCUDA_SUCCESS);
  EXPECT_EQ(gumbelcuda_add_per_row(d.raw, &args.index, sizeof *args.index), GUMBELCUDA_SUCCESS);
  EXPECT_EQ(gumbelcuda_add_row_noise(d.raw, &args.noise), GUMBELCUDA_SUCCESS);
  for (;;) {
    EXPECT_EQ(gumbelcuda_next_block(d.raw, h.get(), &args.rows), GUMBELCUDA_SUCCESS);
    if (args.rows == 0) break;
    EXPECT_EQ(gumbelcuda_gumbel_softmax(h.get(), &args), GUMBELCUDA_SUCCESS) << gumbelcuda_last_error_message();
    ++s.calls;
  }
  for_each_row([&](std::uint64_t row, std::uint64_t, std::uint64_t place) {
    for (std::uint64_t k = 0; k < classes; ++k) s.y[row * classes + k] = y[place * classes + k];
  });
  EXPECT_EQ(gumbelcuda_get_offset(h.get(), &s.offset), GUMBELCUDA_SUCCESS);
  // The handle's first row is what it was before.
  std::vector<float> g(classes), expected(classes);
  gumbelcuda_gumbel_noise_args next{};
  next.struct_size = sizeof next;
  next.rows = 1;
  next.classes = classes;
  next.out.data = g.data();
  EXPECT_EQ(gumbelcuda_gumbel_noise(h.get(), &next), GUMBELCUDA_SUCCESS);
  gumbel_noise<float>({.rows = 1,
                       .classes = classes,
                       .noise = {.seed = 6, .first_row = 100, .offset = s.offset},
                       .out = {expected.data()}});
  EXPECT_EQ(g, expected);
  return s;
}

TEST(CDimensions, GiveTheBytesOfAContiguousCopy) {
  std::uint64_t seeds[rows], offsets[rows];
  for (std::uint64_t row = 0; row < rows; ++row) seeds[row] = row * row, offsets[row] = 12 * row;
  for (const gumbelcuda_row_noise& row_noise :
       {gumbelcuda_row_noise{nullptr, nullptr}, gumbelcuda_row_noise{seeds, nullptr},
        gumbelcuda_row_noise{nullptr, offsets}, gumbelcuda_row_noise{seeds, offsets}}) {
    const samples expected = of_contiguous(row_noise), found = of_permuted(row_noise);
    EXPECT_EQ(found.y, expected.y);
    EXPECT_EQ(found.index, expected.index);
    EXPECT_EQ(found.offset, expected.offset);
    EXPECT_EQ(found.calls, 6u);
  }
}

TEST(CDimensions, WithoutRowsHaveNoBlock) {
  const std::uint64_t none[] = {3, 0};
  gumbelcuda_dimensions* d;
  ASSERT_EQ(gumbelcuda_create_dimensions(&d, 2, none, classes, GUMBELCUDA_FLOAT64), GUMBELCUDA_SUCCESS);
  const handle h = make_handle(noise);
  std::uint64_t found = 7;
  EXPECT_EQ(gumbelcuda_next_block(d, h.get(), &found), GUMBELCUDA_SUCCESS);
  EXPECT_EQ(found, 0u);
  gumbelcuda_destroy_dimensions(d);
  gumbelcuda_destroy_dimensions(nullptr);
}

TEST(CDimensions, RefuseWhatCannotBe) {
  const auto refused = [](gumbelcuda_status status, const std::string& argument) {
    EXPECT_EQ(status, GUMBELCUDA_INVALID_ARGUMENT) << argument;
    EXPECT_EQ(std::string(gumbelcuda_last_error_message()).rfind(argument + ": ", 0), 0u)
        << argument << ", but: " << gumbelcuda_last_error_message();
  };
  gumbelcuda_dimensions* none = reinterpret_cast<gumbelcuda_dimensions*>(8);
  refused(gumbelcuda_create_dimensions(nullptr, 3, shape, classes, GUMBELCUDA_FLOAT32), "dimensions");
  refused(gumbelcuda_create_dimensions(&none, 3, nullptr, classes, GUMBELCUDA_FLOAT32), "shape");
  EXPECT_EQ(none, nullptr);
  refused(gumbelcuda_create_dimensions(&none, 3, shape, 0, GUMBELCUDA_FLOAT32), "classes");
  refused(gumbelcuda_create_dimensions(&none, 3, shape, classes, 4), "type");
  const dimensions_of_c d;
  const handle h = make_handle(noise);
  gumbelcuda_const_rows in{};
  gumbelcuda_rows out{};
  gumbelcuda_row_noise row_noise{};
  std::vector<float> numbers(rows * classes);
  const std::ptrdiff_t strides[] = {8 * classes, 4 * classes, classes}, overlapping[] = {8 * classes, 4 * classes, 1};
  float* const data = numbers.data();
  float* member = nullptr;
  std::uint64_t found = 0;
  refused(gumbelcuda_add_input(nullptr, &in, data, strides, 1), "dimensions");
  refused(gumbelcuda_add_input(d.raw, nullptr, data, strides, 1), "rows");
  refused(gumbelcuda_add_input(d.raw, &in, data, nullptr, 1), "strides");
  refused(gumbelcuda_add_input(d.raw, &in, data, strides, 0), "class_stride");
  refused(gumbelcuda_add_output(d.raw, nullptr, data, strides, 1), "rows");
  refused(gumbelcuda_add_output(d.raw, &out, data, overlapping, 1), "strides");
  refused(gumbelcuda_add_per_row(d.raw, nullptr, 4), "pointer");
  refused(gumbelcuda_add_per_row(d.raw, &member, 4), "pointer");
  member = data;
  refused(gumbelcuda_add_per_row(d.raw, &member, 0), "bytes");
  refused(gumbelcuda_add_row_noise(d.raw, nullptr), "noise");
  refused(gumbelcuda_add_noise(d.raw, nullptr), "noise");
  refused(gumbelcuda_add_input(d.raw, &in, nullptr, strides, 1), "data");
  refused(gumbelcuda_add_output(d.raw, &out, nullptr, strides, 1), "data");
  refused(gumbelcuda_create_dimensions(&none, 65, shape, classes, GUMBELCUDA_FLOAT32), "count");
  ASSERT_EQ(gumbelcuda_add_row_noise(d.raw, &row_noise), GUMBELCUDA_SUCCESS);
  const std::uint64_t seeds[rows] = {};
  gumbelcuda_noise with_seeds{0, seeds, nullptr};
  refused(gumbelcuda_add_noise(d.raw, &with_seeds), "noise");
  refused(gumbelcuda_next_block(nullptr, h.get(), &found), "dimensions");
  refused(gumbelcuda_next_block(d.raw, nullptr, &found), "handle");
  refused(gumbelcuda_next_block(d.raw, h.get(), nullptr), "rows");
  ASSERT_EQ(gumbelcuda_next_block(d.raw, h.get(), &found), GUMBELCUDA_SUCCESS);
  EXPECT_EQ(found, rows) << "no array, so that all rows are one block";
  refused(gumbelcuda_add_input(d.raw, &in, data, strides, 1), "dimensions");
  refused(gumbelcuda_add_row_noise(d.raw, &row_noise), "dimensions");
  const handle other = make_handle(noise);
  refused(gumbelcuda_next_block(d.raw, other.get(), &found), "handle");
}

// A backward pass in blocks has the noise of the forward pass, seeds of rows included.
TEST(CDimensions, GoBackWithTheNoiseOfRows) {
  std::uint64_t seeds[rows];
  for (std::uint64_t row = 0; row < rows; ++row) seeds[row] = 3 * row;
  std::vector<float> logits(rows * classes), d_y(rows * classes), whole(rows * classes), in_blocks = whole;
  for (std::size_t i = 0; i < logits.size(); ++i) logits[i] = float(i * 5 % 9) / 4, d_y[i] = float(i % 4) - 1;
  const float temperature = .75f;
  gumbelcuda_gumbel_softmax_vjp_args args{};
  args.struct_size = sizeof args;
  args.rows = rows;
  args.classes = classes;
  args.temperature = &temperature;
  args.noise = {noise.offset, seeds, nullptr};
  args.logits.data = logits.data();
  args.d_y.data = d_y.data();
  args.d_logits.data = whole.data();
  const handle h = make_handle(noise);
  ASSERT_EQ(gumbelcuda_gumbel_softmax_vjp(h.get(), &args), GUMBELCUDA_SUCCESS) << gumbelcuda_last_error_message();
  // The middle dimension goes backwards in d_logits, so that there are several blocks.
  const std::ptrdiff_t step = classes;
  const std::ptrdiff_t forth[] = {8 * step, 4 * step, step}, back[] = {8 * step, -4 * step, step};
  const dimensions_of_c d;
  ASSERT_EQ(gumbelcuda_add_input(d.raw, &args.logits, logits.data(), forth, 1), GUMBELCUDA_SUCCESS);
  ASSERT_EQ(gumbelcuda_add_input(d.raw, &args.d_y, d_y.data(), forth, 1), GUMBELCUDA_SUCCESS);
  ASSERT_EQ(gumbelcuda_add_output(d.raw, &args.d_logits, in_blocks.data() + 4 * step, back, 1), GUMBELCUDA_SUCCESS);
  ASSERT_EQ(gumbelcuda_add_noise(d.raw, &args.noise), GUMBELCUDA_SUCCESS);
  for (;;) {
    ASSERT_EQ(gumbelcuda_next_block(d.raw, h.get(), &args.rows), GUMBELCUDA_SUCCESS);
    if (args.rows == 0) break;
    ASSERT_EQ(gumbelcuda_gumbel_softmax_vjp(h.get(), &args), GUMBELCUDA_SUCCESS) << gumbelcuda_last_error_message();
  }
  for (std::uint64_t row = 0; row < rows; ++row) {
    const std::uint64_t place = row / 8 * 8 + (row / 4 % 2 == 0 ? 4 : 0) + row % 4;
    for (std::uint64_t k = 0; k < classes; ++k)
      EXPECT_EQ(in_blocks[place * classes + k], whole[row * classes + k]) << row << ' ' << k;
  }
}

// A walk that is given up leaves the handle's first row as it was.
TEST(CDimensions, ThatAreGivenUpLeaveTheHandlesRow) {
  const handle h = make_handle(noise);
  std::vector<float> numbers(rows * classes), g(classes), expected(classes);
  {
    const dimensions_of_c d;
    gumbelcuda_rows out{};
    const std::ptrdiff_t step = classes, back[] = {8 * step, -4 * step, step};
    ASSERT_EQ(gumbelcuda_add_output(d.raw, &out, numbers.data() + 4 * step, back, 1), GUMBELCUDA_SUCCESS);
    std::uint64_t found = 0;
    for (int block = 0; block < 2; ++block)
      ASSERT_EQ(gumbelcuda_next_block(d.raw, h.get(), &found), GUMBELCUDA_SUCCESS);
  }
  gumbelcuda_gumbel_noise_args args{};
  args.struct_size = sizeof args;
  args.rows = 1;
  args.classes = classes;
  args.out.data = g.data();
  ASSERT_EQ(gumbelcuda_gumbel_noise(h.get(), &args), GUMBELCUDA_SUCCESS);
  gumbel_noise<float>({.rows = 1, .classes = classes, .noise = noise, .out = {expected.data()}});
  EXPECT_EQ(g, expected);
}

}  // namespace
}  // namespace gumbelcuda
