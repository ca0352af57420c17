// SPDX-License-Identifier: Apache-2.0
// The order of the sums over a row, which detail/rows/part.hpp states, written down once more here in the plainest way.
// It gives the library's bits in every sum of an operation, and no other order does.
#include <gtest/gtest.h>

#include <functional>
#include <vector>

#include "gumbelcuda/gumbel.hpp"
#include "gumbelcuda/math/softmax.hpp"
#include "tests/rows/scores.hpp"
#include "tests/unit/random_numbers.hpp"

namespace gumbelcuda {
namespace {

using testing_rows::numbers_of, testing_rows::row_batch;

// Class k is added to slot(k) of `slots`, and then the slots are added in halves.
template <class V, class Slot>
V sum_in_slots(const std::vector<V>& x, std::size_t slots, Slot slot) {
  std::vector<V> sum(slots, V(0));
  for (std::size_t k = 0; k < x.size(); ++k) sum[slot(k)] = sum[slot(k)] + x[k];
  for (std::size_t half = slots / 2; half > 0; half /= 2)
    for (std::size_t j = 0; j < half; ++j) sum[j] = sum[j] + sum[j + half];
  return sum[0];
}

template <class V>
V documented_sum(const std::vector<V>& x) {
  const std::size_t slots = std::bit_ceil(std::min<std::size_t>(x.size(), 32768));
  return sum_in_slots(x, slots, [&](std::size_t k) { return k % slots; });
}
template <class V>
V sum_in_turn(const std::vector<V>& x) {
  return sum_in_slots(x, 1, [](std::size_t) { return 0; });
}
template <class V>
V sum_of_a_gan(const std::vector<V>& x) {
  return ordered_sum<V>(int(x.size()), [&](int k) { return x[std::size_t(k)]; });
}
template <class V>
V sum_in_a_tree(const std::vector<V>& x) {
  const std::size_t slots = std::bit_ceil(x.size());
  return sum_in_slots(x, slots, [&](std::size_t k) { return k; });
}
// Adds neighbouring slots first, as if the slots' numbers were bit-reversed.
template <class V>
V sum_of_neighbours(const std::vector<V>& x) {
  const std::size_t slots = std::bit_ceil(std::min<std::size_t>(x.size(), 32768));
  return sum_in_slots(x, slots, [&](std::size_t k) {
    std::size_t slot = 0;
    for (std::size_t bit = 1; bit < slots; bit *= 2) slot = 2 * slot + (k % slots & bit ? 1 : 0);
    return slot;
  });
}

template <class V>
using sum_function = V (*)(const std::vector<V>&);

// Computes y, the gradients and log_prob of some rows with this sum: are all bits the library's?
template <class V>
bool are_the_librarys(std::uint64_t classes, sum_function<V> sum) {
  const number_type type = sizeof(V) == 8 ? number_type::float64 : number_type::float32;
  const std::uint64_t rows = classes > 4096 ? 2 : 20;
  const float temperature = .75f;
  const V inverse = inverse_temperature(V(temperature));
  random_numbers random(1);
  row_batch logits(type, rows, classes), d_y = logits, y = logits, d = logits, log_prob(type, 1, rows);
  for (std::uint64_t row = 0; row < rows; ++row)
    for (std::uint64_t k = 0; k < classes; ++k) {
      logits.set(row, k, random.uniform(-2, 2));
      d_y.set(row, k, random.uniform(-1, 1));
    }
  std::vector<std::int64_t> index(rows);
  std::vector<V> d_temperature(rows);
  gumbel_softmax({.rows = rows,
                  .classes = classes,
                  .type = type,
                  .logits = logits.in(),
                  .temperature = &temperature,
                  .y = y.out()});
  gumbel_softmax_vjp({.rows = rows,
                      .classes = classes,
                      .type = type,
                      .temperature = &temperature,
                      .y = y.in(),
                      .d_y = d_y.in(),
                      .d_logits = d.out(),
                      .d_temperature = d_temperature.data()});
  gumbel_max({.rows = rows,
              .classes = classes,
              .type = type,
              .logits = logits.in(),
              .index = index.data(),
              .log_prob = log_prob.out().data});

  row_batch expected_y = y, expected_d = d, expected_log_prob = log_prob;
  std::vector<V> expected_d_temperature;
  const row_batch noise = testing_rows::noise_of(type, rows, classes, {});
  for (std::uint64_t row = 0; row < rows; ++row) {
    const auto exponentials = [&](const std::vector<double>& z, V scale) {
      const V top = V(z[testing_rows::first_of_the_largest(z)]);
      std::vector<V> e;
      for (const double score : z) e.push_back(softmax_term(V(score), tempered_gap<V>(top, scale)));
      return e;
    };
    std::vector<V> e = exponentials(testing_rows::scores_of(logits, noise, row), inverse), terms;
    const V scale = V(1) / sum(e);
    for (V& share : e) share = share * scale;
    const std::size_t top = testing_rows::first_of_the_largest(numbers_of(y, row));
    const V pivot = V(d_y.get(row, top));
    for (std::uint64_t k = 0; k < classes; ++k) terms.push_back(e[k] * (V(d_y.get(row, k)) - pivot));
    const V mean = sum(terms);
    for (std::uint64_t k = 0; k < classes; ++k) {
      const V gradient = softmax_term_vjp(e[k], V(d_y.get(row, k)) - pivot, mean, inverse);
      expected_y.set(row, k, double(e[k]));
      expected_d.set(row, k, double(gradient));
      terms[k] = gradient == V(0) ? V(0) : gradient * (log(e[k]) - log(e[top]));
    }
    expected_d_temperature.push_back(-sum(terms));
    const std::vector<double> plain = numbers_of(logits, row);
    const V likeliest = V(plain[testing_rows::first_of_the_largest(plain)]);
    expected_log_prob.set(
        0, row, double((V(plain[std::size_t(index[row])]) - likeliest) - log(sum(exponentials(plain, V(1))))));
  }
  return expected_y == y && expected_d == d && expected_log_prob == log_prob && expected_d_temperature == d_temperature;
}

template <class V>
class RowSum : public testing::Test {};
using scalars = testing::Types<float, double>;
TYPED_TEST_SUITE(RowSum, scalars);

TYPED_TEST(RowSum, HasTheOrderThatIsStated) {
  for (const std::uint64_t classes :
       {1, 2, 3, 4, 5, 7, 8, 9, 12, 13, 16, 17, 31, 33, 64, 100, 1000, 4097, 32765, 32768, 32769, 65537, 100003})
    EXPECT_TRUE(are_the_librarys<TypeParam>(classes, documented_sum)) << classes;
}

TYPED_TEST(RowSum, HasNoOtherOrder) {
  for (const std::uint64_t classes : {9, 100, 1000, 32768, 100003}) {
    EXPECT_FALSE(are_the_librarys<TypeParam>(classes, sum_in_turn)) << classes;
    EXPECT_FALSE(are_the_librarys<TypeParam>(classes, sum_of_a_gan)) << classes;
    EXPECT_FALSE(are_the_librarys<TypeParam>(classes, sum_of_neighbours)) << classes;
    if (classes > 32768) {
      EXPECT_FALSE(are_the_librarys<TypeParam>(classes, sum_in_a_tree)) << classes;
    }
  }
}

}  // namespace
}  // namespace gumbelcuda
