// SPDX-License-Identifier: Apache-2.0
// What each compiled size of the grammar's networks consists of (grammar_fleet.hpp).
#pragma once

#include "grammar_fleet.hpp"
#include "likelihood_model.hpp"

namespace gumbelcuda::example {

template <int Hidden, int Discriminator, int Batch>
struct size_functions {
  using generator = sequences::generator<Hidden, grammar::symbols, grammar::length>;

  static model_fleet_result train(const sequence_settings& settings, const fleet_execution& execution) {
    if (settings.likelihood) return train_fleet(likelihood_model<Hidden, Batch>{}, settings.fleet, execution);
    sequence_gan<Hidden, Discriminator, Batch> model;
    static_cast<sequences::sequence_gan_settings&>(model) = settings.gan;
    model.check();
    return train_fleet(model, settings.fleet, execution);
  }

  static std::vector<double> law(const float* parameters, double sampling_temperature) {
    const std::vector<double> w(parameters, parameters + generator::parameters);
    std::vector<double> probabilities(std::size_t(grammar::strings));
    const float inverse[1] = {float(1 / sampling_temperature)};
    grammar::law<Hidden, 1>(w.data(), inverse, probabilities.data());
    return probabilities;
  }

  static std::vector<std::string> samples(const float* parameters, std::uint64_t seed, std::uint64_t row, int count) {
    constexpr int at_once = sequences::tile;
    typename generator::template tape<float, at_once> tape;
    const stream_row noise(seed, row);
    std::vector<std::string> strings;
    for (std::uint64_t first = 0; first < std::uint64_t(count); first += at_once) {
      std::uint32_t words[at_once][4 * generator::blocks];
      for (int s = 0; s < at_once; ++s)
        for (int block = 0; block < generator::blocks; ++block) {
          const auto four = noise((first + std::uint64_t(s)) * generator::blocks + std::uint64_t(block));
          for (int i = 0; i < 4; ++i) words[s][4 * block + i] = four.word[i];
        }
      generator::sample(parameters, tape, words, 1.f, feedback::hard);
      for (int s = 0; s < at_once && strings.size() < std::size_t(count); ++s) {
        strings.emplace_back();
        for (int t = 0; t < grammar::length; ++t)
          for (int k = 0; k < grammar::symbols; ++k)
            if (tape.one_hot.at[t][k][s] == 1) strings.back() += grammar::characters[k];
      }
    }
    return strings;
  }
};

template <int Hidden, int Discriminator, int Batch>
const grammar_size& compiled_size() {
  using functions = size_functions<Hidden, Discriminator, Batch>;
  static const grammar_size size{
      Hidden,         Discriminator,     Batch, functions::generator::parameters, functions::train,
      functions::law, functions::samples};
  return size;
}

}  // namespace gumbelcuda::example
