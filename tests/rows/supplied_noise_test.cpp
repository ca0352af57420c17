// SPDX-License-Identifier: Apache-2.0
// Gumbel-softmax and its backward pass with supplied noise: the noise of an address gives the bytes of that address,
// zeros give a plain softmax, and a NaN or infinity affects its own row only. Also, drawn noise that a call returns.
#include <gtest/gtest.h>

#include <vector>

#include "gumbelcuda/gumbel.hpp"
#include "tests/rows/scores.hpp"
#include "tests/unit/random_numbers.hpp"

namespace gumbelcuda {
namespace {

using testing_rows::infinity, testing_rows::not_a_number, testing_rows::row_batch, testing_rows::same_bytes;

struct both_passes {
  row_batch y, log_y, one_hot, d_logits, d_temperature;
  std::vector<std::int64_t> index;
};

// Uses the noise of an address or, if `gumbel` is not null, its rows.
both_passes run(row_batch logits, row_batch d_y, const noise_address& noise, row_batch* gumbel, float temperature) {
  const row_batch empty(logits.type(), logits.rows(), logits.classes());
  both_passes found{empty,
                    empty,
                    empty,
                    empty,
                    row_batch(testing_rows::computed_type(logits.type()), 1, logits.rows()),
                    std::vector<std::int64_t>(logits.rows(), -7)};
  gumbel_softmax_task task{.rows = logits.rows(),
                           .classes = logits.classes(),
                           .type = logits.type(),
                           .noise = noise,
                           .logits = logits.in(),
                           .temperature = &temperature,
                           .y = found.y.out(),
                           .one_hot = found.one_hot.out(),
                           .index = found.index.data()};
  if (gumbel) task.gumbel = gumbel->in();
  gumbel_softmax(task);
  task.log_domain = true;
  task.y = found.log_y.out();
  gumbel_softmax(task);
  gumbel_softmax_vjp_task back{.rows = task.rows,
                               .classes = task.classes,
                               .type = task.type,
                               .noise = noise,
                               .logits = task.logits,
                               .temperature = &temperature,
                               .d_y = d_y.in(),
                               .d_logits = found.d_logits.out(),
                               .d_temperature = found.d_temperature.out().data,
                               .gumbel = task.gumbel};
  gumbel_softmax_vjp(back);
  return found;
}

void expect_same(const both_passes& a, const both_passes& b) {
  EXPECT_TRUE(same_bytes(a.y, b.y));
  EXPECT_TRUE(same_bytes(a.log_y, b.log_y));
  EXPECT_TRUE(same_bytes(a.one_hot, b.one_hot));
  EXPECT_TRUE(same_bytes(a.d_logits, b.d_logits));
  EXPECT_TRUE(same_bytes(a.d_temperature, b.d_temperature));
  EXPECT_EQ(a.index, b.index);
}

row_batch some_rows(number_type type, std::uint64_t rows, std::uint64_t classes, std::uint64_t seed, double size) {
  random_numbers random(seed);
  row_batch batch(type, rows, classes);
  for (std::uint64_t row = 0; row < rows; ++row)
    for (std::uint64_t k = 0; k < classes; ++k) batch.set(row, k, random.uniform(-size, size));
  return batch;
}

row_batch as(number_type type, const row_batch& from, std::uint64_t stride = 0, std::uint64_t skew = 0) {
  row_batch to(type, from.rows(), from.classes(), stride, skew);
  for (std::uint64_t row = 0; row < from.rows(); ++row)
    for (std::uint64_t k = 0; k < from.classes(); ++k) to.set(row, k, from.get(row, k));
  return to;
}

TEST(SuppliedNoise, OfAnAddressGivesTheBytesOfTheAddress) {
  const noise_address noise{.seed = 5, .first_row = 77, .offset = 12}, another{.seed = 6};
  for (const number_type type : {number_type::float32, number_type::float64})
    for (const std::uint64_t classes : {1, 2, 5, 16, 17, 31, 64, 65, 300, 4097, 40000})
      for (const std::uint64_t skew : {0, 1}) {
        SCOPED_TRACE(std::to_string(classes) + " classes");
        const std::uint64_t rows = classes > 1000 ? 3 : 20;
        const row_batch logits = some_rows(type, rows, classes, 1, 6), d_y = some_rows(type, rows, classes, 2, 1);
        row_batch g = as(type, testing_rows::noise_of(type, rows, classes, noise), classes + 3 * skew, skew);
        expect_same(run(logits, d_y, another, &g, .5f), run(logits, d_y, noise, nullptr, .5f));
        g.set(rows - 1, classes / 2, g.get(rows - 1, classes / 2) + 1);
        EXPECT_TRUE(classes == 1 || !(run(logits, d_y, another, &g, .5f).y == run(logits, d_y, noise, nullptr, .5f).y));
      }
}

TEST(SuppliedNoise, OfZerosGivesASoftmax) {
  for (const number_type type : testing_rows::all_types)
    for (const std::uint64_t classes : {3, 50, 5000}) {
      const row_batch logits = some_rows(type, 4, classes, 3, 6), d_y = some_rows(type, 4, classes, 4, 1);
      row_batch zeros = some_rows(type, 4, classes, 5, 0);
      const both_passes found = run(logits, d_y, {}, &zeros, 2);
      const testing_rows::precision p(type);
      for (std::uint64_t row = 0; row < 4; ++row) {
        const std::vector<double> z = numbers_of(logits, row);
        const testing_rows::exact_softmax right(z, 2, p);
        EXPECT_EQ(found.index[row], std::int64_t(testing_rows::first_of_the_largest(z)));
        for (std::uint64_t k = 0; k < classes; ++k) {
          EXPECT_NEAR(found.y.get(row, k), double(right.y[k]), double(p.stored(right.y[k], right.y_error[k])));
          EXPECT_NEAR(found.log_y.get(row, k), double(right.log_y[k]),
                      double(p.stored(right.log_y[k], right.log_y_error[k])));
        }
      }
    }
}

// Supplied noise has the task's type but is computed with as float32: results are those of float32, rounded once.
TEST(SuppliedNoise, OfSixteenBitsIsFloat32RoundedOnce) {
  for (const number_type type : {number_type::float16, number_type::bfloat16}) {
    const row_batch logits = some_rows(type, 9, 50, 6, 6), d_y = some_rows(type, 9, 50, 7, 1);
    row_batch g = some_rows(type, 9, 50, 8, 3), wide_g = as(number_type::float32, g);
    const both_passes found = run(logits, d_y, {}, &g, .25f);
    const both_passes wide = run(as(number_type::float32, logits), as(number_type::float32, d_y), {}, &wide_g, .25f);
    expect_same(found, {as(type, wide.y), as(type, wide.log_y), as(type, wide.one_hot), as(type, wide.d_logits),
                        wide.d_temperature, wide.index});
  }
}

TEST(SuppliedNoise, ThatIsNoNumberReachesItsRowAlone) {
  for (const number_type type : testing_rows::all_types)
    for (const std::uint64_t classes : {5, 40, 600}) {
      const row_batch logits = some_rows(type, 4, classes, 9, 6), d_y = some_rows(type, 4, classes, 10, 1);
      row_batch g = some_rows(type, 4, classes, 11, 3);
      const both_passes before = run(logits, d_y, {}, &g, 1);
      g.set(0, 3, not_a_number);
      g.set(1, 2, infinity);
      g.set(2, std::uint64_t(before.index[2]), -infinity);
      const both_passes found = run(logits, d_y, {}, &g, 1);
      for (std::uint64_t row = 0; row < 4; ++row) EXPECT_EQ(found.index[row] == -1, row < 2);
      for (std::uint64_t k = 0; k < classes; ++k) {
        EXPECT_TRUE(std::isnan(found.y.get(0, k)) && std::isnan(found.y.get(1, k)));
        EXPECT_TRUE(std::isnan(found.d_logits.get(0, k)) && std::isnan(found.d_logits.get(1, k)));
        EXPECT_EQ(found.y.get(3, k), before.y.get(3, k));
      }
      EXPECT_EQ(found.y.get(2, std::uint64_t(before.index[2])), 0);
      EXPECT_NE(found.index[2], before.index[2]);
      EXPECT_NE(found.index[2], -1);
    }
}

// With y as an input, the supplied noise must not be read: here, its pointer is invalid.
TEST(SuppliedNoise, IsNotLookedAtWhereYIs) {
  const row_batch logits = some_rows(number_type::float32, 2, 5, 12, 6),
                  d_y = some_rows(number_type::float32, 2, 5, 13, 1);
  const both_passes drawn = run(logits, d_y, {}, nullptr, 1);
  row_batch y = drawn.y, upstream = d_y, d_logits(number_type::float32, 2, 5);
  const float temperature = 1;
  gumbel_softmax_vjp({.rows = 2,
                      .classes = 5,
                      .type = number_type::float32,
                      .temperature = &temperature,
                      .y = y.in(),
                      .d_y = upstream.in(),
                      .d_logits = d_logits.out(),
                      .gumbel = {reinterpret_cast<const void*>(1), 2}});
  EXPECT_TRUE(same_bytes(d_logits, drawn.d_logits));
}

// Also on many threads; and the noise may be written over the logits.
TEST(DrawnNoise, ThatIsAskedForIsWhatGumbelNoiseWrites) {
  const noise_address noise{.seed = 5, .first_row = 77, .offset = 12};
  const float temperature = .5f;
  for (const number_type type : testing_rows::all_types)
    for (const std::uint64_t classes : {1, 5, 31, 300, 4097})
      for (const int threads : {1, 5}) {
        SCOPED_TRACE(std::to_string(classes) + " classes");
        row_batch logits = some_rows(type, 50, classes, 1, 6), y(type, 50, classes), alone = y,
                  g(type, 50, classes, classes + 3, 1);
        gumbel_softmax_task task{.rows = 50,
                                 .classes = classes,
                                 .type = type,
                                 .noise = noise,
                                 .logits = logits.in(),
                                 .temperature = &temperature,
                                 .y = alone.out()};
        gumbel_softmax(task);
        task.y = y.out();
        task.gumbel_out = g.out();
        gumbel_softmax(task, {.threads = threads});
        row_batch expected(type, 50, classes);
        gumbel_noise({.rows = 50, .classes = classes, .type = type, .noise = noise, .out = expected.out()});
        EXPECT_TRUE(same_bytes(y, alone));
        EXPECT_TRUE(same_bytes(as(type, g), expected));
        task.gumbel_out = logits.out();
        gumbel_softmax(task, {.threads = threads});
        EXPECT_TRUE(same_bytes(y, alone));
        EXPECT_TRUE(same_bytes(logits, expected));
      }
}

TEST(DrawnNoise, CannotBeAskedForWhereThereIsNone) {
  row_batch x = some_rows(number_type::float32, 2, 5, 12, 6), y = x, g = x;
  const float temperature = 1;
  const auto refused = [&](const_rows gumbel, mutable_rows gumbel_out) {
    try {
      gumbel_softmax({.rows = 2,
                      .classes = 5,
                      .type = number_type::float32,
                      .logits = x.in(),
                      .temperature = &temperature,
                      .y = y.out(),
                      .gumbel = gumbel,
                      .gumbel_out = gumbel_out});
    } catch (const invalid_argument& e) {
      return std::string(e.what()).substr(0, std::string(e.what()).find(' '));
    }
    return std::string();
  };
  EXPECT_EQ(refused(g.in(), g.out()), "gumbel_out.data:");
  EXPECT_EQ(refused({}, y.out()), "gumbel_out.data:");
  EXPECT_EQ(refused({}, {g.out().data, 3}), "gumbel_out.row_stride:");
  EXPECT_EQ(refused({}, {x.out().data, 7}), "gumbel_out.row_stride:");  // over the logits, whose stride is 5
  EXPECT_EQ(refused({}, g.out()), "");
}

}  // namespace
}  // namespace gumbelcuda
