// SPDX-License-Identifier: Apache-2.0
// The functions of math/ and detail/gan/race.hpp on arrays. Access says how a lane type is loaded and stored. One file
// for each instruction set includes this text, with its own flags and namespace. The code here must call no inline
// function that another file could share: the linker might keep the copy with the wrong flags.
#include "gumbelcuda/detail/gan/race.hpp"
#include "gumbelcuda/math/categorical.hpp"
#include "gumbelcuda/math/loss.hpp"
#include "gumbelcuda/math/optimizer.hpp"
#include "gumbelcuda/math/philox.hpp"
#include "tests/unit/lanes.hpp"

GUMBELCUDA_MATH_BEGIN

template <class Access>
struct on_arrays : Access {
  using typename Access::real;
  using typename Access::stream_word;
  using word = word_of<real>;
  using Access::bits_of_mask;
  using Access::load;
  using Access::load_stream;
  using Access::store;
  using Access::store_stream;
  using Access::stream_width;
  using Access::width;

#define LANES_REAL_FUNCTION(name, function)                                                                \
  static void name(const float* in, float* out, std::size_t count) {                                       \
    for (std::size_t i = 0; i < count; i += width) store(GUMBELCUDA_ISA::function(load(in + i)), out + i); \
  }
  LANES_REAL_FUNCTION(log, log)
  LANES_REAL_FUNCTION(exp, exp)
  LANES_REAL_FUNCTION(sigmoid, sigmoid)
  LANES_REAL_FUNCTION(softplus, softplus)
  LANES_REAL_FUNCTION(loss_1, cross_entropy_label_1)
  LANES_REAL_FUNCTION(loss_0, cross_entropy_label_0)
  LANES_REAL_FUNCTION(d_loss_1, d_cross_entropy_label_1)
  LANES_REAL_FUNCTION(d_loss_0, d_cross_entropy_label_0)
#undef LANES_REAL_FUNCTION

#define LANES_WORD_FUNCTION(name)                                                                            \
  static void name(const std::uint32_t* in, float* out, std::size_t count) {                                 \
    for (std::size_t i = 0; i < count; i += width) store(GUMBELCUDA_ISA::name<real>(load(in + i)), out + i); \
  }
  LANES_WORD_FUNCTION(exponential)
  LANES_WORD_FUNCTION(gumbel)
  LANES_WORD_FUNCTION(uniform_signed)
  LANES_WORD_FUNCTION(race_exponential)
#undef LANES_WORD_FUNCTION

  static void philox(const std::uint32_t* counters, std::uint64_t seed, std::uint32_t* words, std::size_t count) {
    for (std::size_t i = 0; i < count; i += stream_width) {
      std::uint32_t column[stream_width];
      philox_block<stream_word> x;
      for (int j = 0; j < 4; ++j) {
        for (int e = 0; e < stream_width; ++e) column[e] = counters[4 * (i + e) + j];
        x.word[j] = load_stream(column);
      }
      x = philox4x32_10(x, philox_key(seed));
      for (int j = 0; j < 4; ++j) {
        store_stream(x.word[j], column);
        for (int e = 0; e < stream_width; ++e) words[4 * (i + e) + j] = column[e];
      }
    }
  }

  static row_stream<stream_word> stream_of(std::uint64_t seed, const std::uint64_t* rows, std::uint32_t block_high) {
    std::uint32_t low[stream_width], high[stream_width];
    for (int e = 0; e < stream_width; ++e) {
      low[e] = std::uint32_t(rows[e]);
      high[e] = std::uint32_t(rows[e] >> 32);
    }
    return {philox_key(seed), load_stream(low), load_stream(high), block_high};
  }

  static void row_block(std::uint64_t seed, const std::uint64_t* rows, std::uint64_t block, std::uint32_t* words,
                        std::size_t count) {
    for (std::size_t i = 0; i < count; i += stream_width) {
      const auto x = stream_of(seed, rows + i, std::uint32_t(block >> 32))(std::uint32_t(block));
      std::uint32_t column[stream_width];
      for (int j = 0; j < 4; ++j) {
        store_stream(x.word[j], column);
        for (int e = 0; e < stream_width; ++e) words[4 * (i + e) + j] = column[e];
      }
    }
  }

  template <class Count>
  static void softmax_rows(const lanes::softmax_task& task, Count classes) {
    const real temperature(task.temperature);
    const real scale = inverse_temperature(temperature), gradient = gradient_scale(temperature);
    for (std::size_t i = 0; i < task.samples; i += width) {
      real logits[lanes::max_row], d_y[lanes::max_row], z[lanes::max_row], y[lanes::max_row], d_z[lanes::max_row];
      word words[lanes::max_row];
      for (int k = 0; k < classes; ++k) {
        logits[k] = load(task.logits + k * task.samples + i);
        words[k] = load(task.words + k * task.samples + i);
        d_y[k] = load(task.d_y + k * task.samples + i);
      }
      gumbel_softmax(logits, words, 1, y, scale, classes);
      for (int k = 0; k < classes; ++k) store(y[k], task.y + k * task.samples + i);
      gumbel_scores(logits, words, 1, z, classes);
      tempered_softmax(z, y, scale, classes);
      tempered_softmax_vjp(y, d_y, d_z, gradient, classes);
      for (int k = 0; k < classes; ++k) {
        store(y[k], task.plain_y + k * task.samples + i);
        store(d_z[k], task.d_z + k * task.samples + i);
      }
      store(temperature_vjp(z, d_z, gradient, classes), task.d_temperature + i);
      store(gumbel_max(logits, words, 1, classes), task.drawn + i);
    }
  }

  static void softmax(const lanes::softmax_task& task) {
    if (!task.fixed_count) return softmax_rows(task, task.classes);
    switch (task.classes) {
      case 1:
        return softmax_rows(task, fixed<1>{});
      case 2:
        return softmax_rows(task, fixed<2>{});
      case 5:
        return softmax_rows(task, fixed<5>{});
      case 16:
        return softmax_rows(task, fixed<16>{});
      case 17:
        return softmax_rows(task, fixed<17>{});
      case 100:
        return softmax_rows(task, fixed<100>{});
    }
    __builtin_trap();
  }

  static void race(const lanes::race_task& task) {
    const real threshold = race_threshold(real(task.temperature));
    for (std::size_t i = 0; i < task.samples; i += width) {
      real logits[lanes::max_row], weights[lanes::max_row + 1], handicaps[lanes::max_row];
      for (int k = 0; k < task.classes; ++k) logits[k] = load(task.logits + k * task.samples + i);
      for (int k = 0; k <= task.classes; ++k) weights[k] = load(task.weights + k * task.samples + i);
      race_handicaps(logits, weights, handicaps, task.classes);
      race_podium<real> podium{real(INFINITY), real(INFINITY)};
      for (int k = 0; k < task.classes; ++k)
        podium.enter(GUMBELCUDA_ISA::race_exponential<real>(load(task.words + k * task.samples + i)) * handicaps[k]);
      const std::uint32_t certain = bits_of_mask(podium.is_certain(threshold));
      for (int e = 0; e < width; ++e) {
        task.certain[i + e] = std::uint8_t(certain >> e & 1);
        task.winner[i + e] = -1;
      }
      for (int k = 0; k < task.classes; ++k) {
        const auto time =
            GUMBELCUDA_ISA::race_exponential<real>(load(task.words + k * task.samples + i)) * handicaps[k];
        const std::uint32_t first = bits_of_mask(time == podium.first);
        for (int e = 0; e < width; ++e)
          if (first >> e & 1) task.winner[i + e] = k;
      }
    }
  }

  static void adam(float* parameters, float* m, float* v, const float* gradients, float rate, std::size_t count) {
    for (std::size_t i = 0; i < count; i += width) {
      real p = load(parameters + i), first = load(m + i), second = load(v + i);
      adam_update(p, first, second, load(gradients + i), real(rate));
      store(p, parameters + i);
      store(first, m + i);
      store(second, v + i);
    }
  }

  static constexpr lanes::lane_set table(const char* name) {
    return {name,   width,     log,      exp,         sigmoid, softplus,         loss_1,
            loss_0, d_loss_1,  d_loss_0, exponential, gumbel,  race_exponential, uniform_signed,
            philox, row_block, softmax,  race,        adam};
  }
};

GUMBELCUDA_MATH_END
