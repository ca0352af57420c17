// SPDX-License-Identifier: Apache-2.0
// Calls from XLA (host/xla_ffi/call.hpp) on both backends, cuda on the fake runtime: jax.vmap's groups give the bytes
// of the calls one by one, and the key is read on the host only where that cannot be avoided.
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <vector>

#include "host/cuda/cuda_rows.hpp"
#include "host/cuda/device_arrays.hpp"
#include "host/xla_ffi/call.hpp"

namespace gumbelcuda::xla {
namespace {

constexpr std::int64_t classes = 7;
const std::vector<float> logits = [] {
  std::vector<float> numbers;
  for (int i = 0; i < 6 * classes; ++i) numbers.push_back(float(i * 5 % 11) / 4);
  return numbers;
}();

struct buffer {
  std::vector<std::int64_t> shape;
  void* data;
  std::size_t number_bytes;
};

// Runs gumbel_max with operands "seed logits" or "seed first_row logits" and a result of `items`; returns how often
// numbers were read on the host.
int draw(backend_kind backend, std::int64_t rows, const std::vector<buffer>& operands, const buffer& result) {
  const std::map<std::string_view, std::int64_t> numbers = {{"type", 0}, {"rows", rows}, {"classes", classes}};
  int reads = 0;
  raw_call raw{.operand_names = operands.size() == 2 ? "seed logits" : "seed first_row logits",
               .result_names = "index_int32",
               .operands = {},
               .results = {{result.data, result.shape, result.number_bytes}},
               .number = [&](std::string_view name) -> std::optional<std::int64_t> {
                 const auto found = numbers.find(name);
                 return found == numbers.end() ? std::nullopt : std::optional(found->second);
               },
               .execution = {.backend = backend},
               .read =
                   [&](void* to, const void* from, std::size_t bytes) {
                     ++reads;
                     if (backend == backend_kind::cuda)
                       read_from_cuda(to, from, bytes, nullptr);
                     else
                       std::memcpy(to, from, bytes);
                   }};
  for (const buffer& one : operands) raw.operands.push_back({one.data, one.shape, one.number_bytes});
  call<gumbel_max_task>(raw).run();
  return reads;
}

std::vector<std::int32_t> row_of(std::uint64_t seed, std::uint64_t row, std::size_t place) {
  std::vector<std::int32_t> index(1);
  gumbel_max(gumbel_max_task{.rows = 1,
                             .classes = classes,
                             .type = number_type::float32,
                             .noise = {.seed = seed, .first_row = row},
                             .logits = {logits.data() + place * classes},
                             .index_int32 = index.data()});
  return index;
}

class XlaCall : public testing::TestWithParam<backend_kind> {
 protected:
  std::vector<std::int32_t> index_ = std::vector<std::int32_t>(6, -7);
  std::unique_ptr<device_arrays> device_ = GetParam() == backend_kind::cuda ? make_device_arrays() : nullptr;
  buffer logits_of(std::vector<std::int64_t> leading) {
    leading.push_back(classes);
    return {leading, const_cast<float*>(logits.data()), sizeof(float)};
  }
  // A device's copies are made in its memory only.
  buffer words(std::vector<std::int64_t> leading, std::vector<std::uint64_t>& numbers) {
    leading.push_back(2);
    void* data = numbers.data();
    if (GetParam() == backend_kind::cuda) data = device_->upload(data, numbers.size() * sizeof numbers[0]);
    return {leading, data, sizeof(std::uint32_t)};
  }
  void expect(const std::vector<std::pair<std::uint64_t, std::uint64_t>>& seeds_and_rows) {
    for (std::size_t i = 0; i < index_.size(); ++i)
      EXPECT_EQ(index_[i], row_of(seeds_and_rows[i].first, seeds_and_rows[i].second, i)[0]) << i;
  }
};
INSTANTIATE_TEST_SUITE_P(Backends, XlaCall, testing::Values(backend_kind::cpu, backend_kind::cuda));

TEST_P(XlaCall, OneKeyForABatch) {
  std::vector<std::uint64_t> seed = {5};
  EXPECT_EQ(draw(GetParam(), 6, {words({}, seed), logits_of({6})}, {{6}, index_.data(), 4}), 1);
  expect({{5, 0}, {5, 1}, {5, 2}, {5, 3}, {5, 4}, {5, 5}});
}

TEST_P(XlaCall, AKeyForEachRowIsNotReadOnTheHost) {
  std::vector<std::uint64_t> seeds = {5, 6, 7, 8, 9, 10};
  EXPECT_EQ(draw(GetParam(), 1, {words({6}, seeds), logits_of({6, 1})}, {{6, 1}, index_.data(), 4}), 0);
  expect({{5, 0}, {6, 0}, {7, 0}, {8, 0}, {9, 0}, {10, 0}});
}

TEST_P(XlaCall, AKeyForTwoRows) {
  std::vector<std::uint64_t> seeds = {5, 6, 7};
  EXPECT_EQ(draw(GetParam(), 2, {words({3}, seeds), logits_of({3, 2})}, {{3, 2}, index_.data(), 4}), 1);
  expect({{5, 0}, {5, 1}, {6, 0}, {6, 1}, {7, 0}, {7, 1}});
}

TEST_P(XlaCall, OneKeyAndRowsOfTheirOwn) {
  std::vector<std::uint64_t> seed = {5}, rows = {20, 21, 22, 23, 24, 25}, others = {3, 0, 8, 8, 1, 9};
  for (auto* const first : {&rows, &others}) {
    EXPECT_EQ(
        draw(GetParam(), 1, {words({1}, seed), words({6}, *first), logits_of({6, 1})}, {{6, 1}, index_.data(), 4}), 2);
    expect(
        {{5, (*first)[0]}, {5, (*first)[1]}, {5, (*first)[2]}, {5, (*first)[3]}, {5, (*first)[4]}, {5, (*first)[5]}});
  }
}

TEST_P(XlaCall, NestedLeadingDimensions) {
  std::vector<std::uint64_t> seeds = {5, 6}, rows = {20, 40, 60};
  const std::vector<buffer> operands = {words({2, 1}, seeds), words({1, 3}, rows), logits_of({2, 3, 1})};
  draw(GetParam(), 1, operands, {{2, 3, 1}, index_.data(), 4});
  expect({{5, 20}, {5, 40}, {5, 60}, {6, 20}, {6, 40}, {6, 60}});
}

TEST_P(XlaCall, BuffersThatDoNotFitAreRefused) {
  std::vector<std::uint64_t> seeds = {5, 6, 7, 8};
  const auto refused = [&](const std::vector<buffer>& operands, const std::string& argument) {
    try {
      draw(GetParam(), 1, operands, {{6, 1}, index_.data(), 4});
      ADD_FAILURE() << argument;
    } catch (const invalid_argument& error) {
      EXPECT_EQ(error.argument(), argument) << error.what();
    }
  };
  refused({words({4}, seeds), logits_of({6, 1})}, "logits");     // 4 items here, 6 there
  refused({words({1, 1}, seeds), logits_of({6, 1})}, "logits");  // another number of leading dimensions
  refused({words({1}, seeds), logits_of({3, 2})}, "logits");     // two rows a group
  refused({{{}, seeds.data(), 4}, logits_of({6, 1})}, "seed");   // no dimensions
  refused({words({1}, seeds), words({1}, seeds)}, "logits");
  EXPECT_EQ(index_, std::vector<std::int32_t>(6, -7));
}

}  // namespace
}  // namespace gumbelcuda::xla
