// SPDX-License-Identifier: Apache-2.0
// What a result file holds, listed once for the writer and the reader. Both pass a visitor:
//   visitor.number(name, value)                              a root attribute
//   visitor.rates(name, values, description)                 a dataset of one value, or one for each GAN
//   visitor.array(name, values, shape, description)          a dataset of that shape
// The reader's visitor fills config and result; the shapes follow from the attributes, which come first.
#pragma once

#include <cstdint>
#include <type_traits>
#include <vector>

#include "gumbelcuda/fleet.hpp"

namespace gumbelcuda::result_layout {

inline constexpr char format_name[] = "gumbelcuda fleet";
inline constexpr std::uint64_t format_version = 1, stream_version = 1;

using shape = std::vector<std::uint64_t>;

// How integers are stored, whatever their type in memory.
template <class Integer>
using wide = std::conditional_t<std::is_signed_v<Integer>, std::int64_t, std::uint64_t>;

template <class Config, class Result, class Visitor>
void visit_numbers(Config& config, Result& result, Visitor&& visitor) {
  visitor.number("seed", config.seed);
  visitor.number("first_gan", config.first_gan);
  visitor.number("num_gans", config.num_gans);
  visitor.number("classes", result.classes);
  visitor.number("epochs", config.epochs);
  visitor.number("steps_per_epoch", config.steps_per_epoch);
  visitor.number("batch_size", config.batch_size);
  visitor.number("generator_steps", config.generator_steps);
  visitor.number("history_gans", config.history_gans);
}

template <class Config, class Result, class Visitor>
void visit_datasets(Config& config, Result& result, Visitor&& visitor) {
  const std::uint64_t gans = config.num_gans, classes = static_cast<std::uint64_t>(result.classes);
  const auto epochs = static_cast<std::uint64_t>(config.epochs);
  visitor.array("target", config.target, shape{classes}, "[class] probabilities to learn");
  visitor.rates("temperature", config.temperature, "of the Gumbel-softmax; one for all or [gan]");
  visitor.rates("generator_learning_rate", config.generator_learning_rate, "one for all or [gan]");
  visitor.rates("discriminator_learning_rate", config.discriminator_learning_rate, "one for all or [gan]");
  visitor.array("distribution", result.distribution, shape{gans, classes}, "[gan][class] learned: softmax(logits)");
  visitor.array("logits", result.logits, shape{gans, classes}, "[gan][class] the generator's parameters");
  visitor.array("weights", result.weights, shape{gans, classes}, "[gan][class] the discriminator's weights");
  visitor.array("bias", result.bias, shape{gans}, "[gan] the discriminator's bias");
  visitor.array("generator_loss", result.generator_loss, shape{gans}, "[gan] expected, at the final parameters");
  visitor.array("discriminator_loss", result.discriminator_loss, shape{gans},
                "[gan] expected, at the final parameters");
  if (config.history_gans > 0)
    visitor.array("history", result.history, shape{config.history_gans, epochs, classes},
                  "[gan][epoch][class] learned distribution after each epoch");
}

}  // namespace gumbelcuda::result_layout
