// SPDX-License-Identifier: Apache-2.0
// What a trained generator of sequences writes, and how probable it finds given ones; here an element of a vector is a
// sequence, not a model.
#pragma once

#include <algorithm>
#include <gumbelcuda/model_fleet.hpp>
#include <memory>
#include <vector>

#include "sequence_noise.hpp"

GUMBELCUDA_MODEL_BEGIN
namespace sequences {

// Sequences are rows of `Generator::steps` numbers of symbols. sampling_temperature: logits are divided by it.
template <class Generator>
class generator_law {
 public:
  generator_law(const float* parameters, double sampling_temperature)
      : w_(parameters, parameters + Generator::parameters) {
    for (int k = 0; k < Generator::symbols; ++k)
      for (int n = Generator::output_weight(k, 0); n < Generator::output_weight(k + 1, 0); ++n)
        w_[n] = model_lane(float(double(parameters[n]) / sampling_temperature));
  }

  // Sequence n is drawn with the noise of row `row` + n of the seed's stream.
  std::vector<std::uint8_t> sample(std::uint64_t seed, std::uint64_t row, std::size_t count) const {
    std::vector<std::uint8_t> all(count * steps);
    const auto tape = std::make_unique<typename Generator::template tape<model_lane, tile>>();
    for (std::size_t first = 0; first < count; first += at_once) {
      word_of<model_lane> words[tile][4 * Generator::blocks];
      for (std::size_t s = 0; s < tile; ++s) {
        auto blocks = blocks_of_models(seed, row + first + s * width, models_side_by_side);
        for (int i = 0; i < Generator::blocks; ++i) {
          const auto block = blocks(std::uint64_t(i));
          for (int j = 0; j < 4; ++j) words[s][4 * i + j] = block.word[j];
        }
      }
      Generator::sample(w_.data(), *tape, words, model_lane(1), feedback::hard);
      for (std::size_t s = 0; s < tile; ++s)
        for (int t = 0; t < Generator::steps; ++t) {
          model_lane symbol(0);
          for (int k = 1; k < Generator::symbols; ++k)
            symbol = fma(model_lane(float(k)), tape->one_hot.at[t][k][s], symbol);
          alignas(64) float numbers[width];
          store_lane(symbol, numbers);
          for (std::size_t i = 0; i < width && first + s * width + i < count; ++i)
            all[(first + s * width + i) * steps + std::size_t(t)] = std::uint8_t(numbers[i]);
        }
    }
    return all;
  }

  // log p of each, in nats: each symbol given the true ones before it.
  std::vector<double> log_probabilities(const std::vector<std::uint8_t>& sequences) const {
    const std::size_t count = sequences.size() / steps;
    std::vector<double> all(count);
    const auto tape = std::make_unique<typename Generator::template tape<model_lane, tile>>();
    const auto given = std::make_unique<typename Generator::template tile_of<model_lane, tile>>();
    alignas(64) float numbers[width];
    for (std::size_t first = 0; first < count; first += at_once) {
      for (int t = 0; t < Generator::steps; ++t)
        for (std::size_t s = 0; s < tile; ++s) {
          for (std::size_t i = 0; i < width; ++i) {
            const std::size_t n = std::min(first + s * width + i, count - 1);
            numbers[i] = sequences[n * steps + std::size_t(t)];
          }
          const model_lane symbol = load_lane(numbers);
          for (int k = 0; k < Generator::symbols; ++k)
            given->at[t][k][s] = select(symbol == model_lane(float(k)), model_lane(1), model_lane(0));
        }
      Generator::follow(w_.data(), *tape, *given);
      for (std::size_t s = 0; s < tile; ++s) {
        model_lane sum(0);
        for (int t = 0; t < Generator::steps; ++t) {
          model_lane logits[Generator::symbols], chosen(0);
          for (int k = 0; k < Generator::symbols; ++k) {
            logits[k] = tape->logits.at[t][k][s];
            chosen = fma(given->at[t][k][s], logits[k], chosen);
          }
          sum = sum + (chosen - log_normalizer_of(logits, fixed<Generator::symbols>{}));
        }
        store_lane(sum, numbers);
        for (std::size_t i = 0; i < width && first + s * width + i < count; ++i)
          all[first + s * width + i] = double(numbers[i]);
      }
    }
    return all;
  }

 private:
  static constexpr std::size_t steps = std::size_t(Generator::steps), width = std::size_t(models_side_by_side),
                               at_once = tile * width;
  std::vector<model_lane> w_;
};

}  // namespace sequences
GUMBELCUDA_MODEL_END
