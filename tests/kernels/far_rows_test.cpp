// SPDX-License-Identifier: Apache-2.0
// Rows with elements past the 2^32nd of a batch: indices have 64 bits everywhere, on the CPU and in kernels. The memory
// is only reserved, and touched nowhere except in the rows.
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <cstring>
#include <vector>

#include "gumbelcuda/gumbel.hpp"
#include "kernels/rows/launch.hpp"

namespace gumbelcuda {
namespace {

constexpr std::uint64_t rows = 4, classes = 6;

// rows × stride numbers; all numbers that were not written are 0.
class far_apart {
 public:
  explicit far_apart(std::uint64_t stride) : stride_(stride), bytes_((rows - 1) * stride * sizeof(float) + 4096) {
    void* const memory =
        mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    numbers_ = static_cast<float*>(memory);
  }
  far_apart(const far_apart&) = delete;
  far_apart& operator=(const far_apart&) = delete;
  ~far_apart() { munmap(numbers_, bytes_); }

  mutable_rows out() { return {numbers_, stride_}; }
  const_rows in() const { return {numbers_, stride_}; }
  float& at(std::uint64_t row, std::uint64_t k) { return numbers_[row * stride_ + k]; }
  std::vector<float> all() const {
    std::vector<float> values;
    for (std::uint64_t row = 0; row < rows; ++row)
      values.insert(values.end(), numbers_ + row * stride_, numbers_ + row * stride_ + classes);
    return values;
  }

 private:
  std::uint64_t stride_, bytes_;
  float* numbers_;
};

struct outcome {
  std::vector<float> noise, y, d_logits, y_of_supplied, d_of_supplied;
  std::vector<std::int64_t> index = std::vector<std::int64_t>(rows);
  friend bool operator==(const outcome&, const outcome&) = default;
};

// Runs all operations with rows `stride` numbers apart, on the CPU or by the kernels.
outcome with_stride(std::uint64_t stride, bool by_kernels) {
  far_apart logits(stride), result(stride);
  for (std::uint64_t row = 0; row < rows; ++row)
    for (std::uint64_t k = 0; k < classes; ++k) logits.at(row, k) = float((3 * row + k) % 5);
  const float temperature = .5f;
  outcome o;
  const gumbel_noise_task noise{.rows = rows, .classes = classes, .type = number_type::float32, .out = result.out()};
  const gumbel_max_task max{
      .rows = rows, .classes = classes, .type = number_type::float32, .logits = logits.in(), .index = o.index.data()};
  const gumbel_softmax_task forward{.rows = rows,
                                    .classes = classes,
                                    .type = number_type::float32,
                                    .logits = logits.in(),
                                    .temperature = &temperature,
                                    .y = result.out()};
  const gumbel_softmax_vjp_task back{.rows = rows,
                                     .classes = classes,
                                     .type = number_type::float32,
                                     .logits = logits.in(),
                                     .temperature = &temperature,
                                     .d_y = logits.in(),
                                     .d_logits = result.out()};
  by_kernels ? void(launch_rows(noise, nullptr)) : gumbel_noise(noise);
  o.noise = result.all();
  by_kernels ? void(launch_rows(max, nullptr)) : gumbel_max(max);
  by_kernels ? void(launch_rows(forward, nullptr)) : gumbel_softmax(forward);
  o.y = result.all();
  by_kernels ? void(launch_rows(back, nullptr)) : gumbel_softmax_vjp(back);
  o.d_logits = result.all();
  gumbel_softmax_task given = forward;
  given.gumbel = logits.in();
  gumbel_softmax_vjp_task given_back = back;
  given_back.gumbel = logits.in();
  by_kernels ? void(launch_rows(given, nullptr)) : gumbel_softmax(given);
  o.y_of_supplied = result.all();
  by_kernels ? void(launch_rows(given_back, nullptr)) : gumbel_softmax_vjp(given_back);
  o.d_of_supplied = result.all();
  return o;
}

TEST(FarRows, BeyondTwoToTheThirtySecondElementAreThoseNextToEachOther) {
  const outcome near = with_stride(classes, false);
  EXPECT_NE(near.noise, std::vector<float>(rows * classes));
  const std::uint64_t far = (std::uint64_t{1} << 31) + 4;  // row 2 begins at element 2^32 + 8
  EXPECT_TRUE(with_stride(far, false) == near);
  EXPECT_TRUE(with_stride(far, true) == near);
}

}  // namespace
}  // namespace gumbelcuda
