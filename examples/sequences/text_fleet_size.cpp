// SPDX-License-Identifier: Apache-2.0
// One compiled size of the text's networks: the build compiles this file once for each, with TEXT_HIDDEN,
// TEXT_DISCRIMINATOR and TEXT_BATCH.
#include "generator_law.hpp"
#include "likelihood_model.hpp"
#include "text_fleet.hpp"

namespace gumbelcuda::example {

template <int Hidden, int Discriminator, int Batch>
const text_size& compiled_size() {
  using law = sequences::generator_law<sequences::generator<Hidden, text::symbols, text::length>>;
  static const text_size size{
      Hidden,
      Discriminator,
      Batch,
      text::outputs<Hidden>,
      [](const sequence_settings& settings, const sequences::text& data, const fleet_execution& execution) {
        if (settings.likelihood)
          return train_fleet(likelihood_model<Hidden, Batch, 1, text>{{1}, data}, settings.fleet, execution);
        const sequence_gan<Hidden, Discriminator, Batch, 1, text> model{settings.gan, {1}, data};
        model.check();
        return train_fleet(model, settings.fleet, execution);
      },
      [](const float* generator, double sampling_temperature, std::uint64_t seed, std::uint64_t row,
         std::size_t count) { return law(generator, sampling_temperature).sample(seed, row, count); },
      [](const float* generator, double sampling_temperature, const std::vector<std::uint8_t>& sequences) {
        return law(generator, sampling_temperature).log_probabilities(sequences);
      }};
  return size;
}
template const text_size& compiled_size<TEXT_HIDDEN, TEXT_DISCRIMINATOR, TEXT_BATCH>();

}  // namespace gumbelcuda::example
