// SPDX-License-Identifier: Apache-2.0
// What a result file holds, listed once for the writer and the reader. Both pass a visitor:
//   visitor.number(name, value)                              a root attribute, a 64-bit integer
//   visitor.rates(name, values, description)                 a dataset of one value, or one for each GAN
//   visitor.array(name, values, shape, description)          a dataset of that shape
// The reader's visitor fills config and result; the shapes follow from the attributes, which come first. Beside
// these numbers the root has the texts "format" and "library_version" and the versions below as attributes; every
// dataset has its description as one.
#pragma once

#include <cstdint>
#include <type_traits>
#include <vector>

#include "gumbelcuda/fleet.hpp"
#include "host/fleet/statistics.hpp"
#include "host/saturating.hpp"

namespace gumbelcuda::result_layout {

inline constexpr char format_name[] = "gumbelcuda fleet";
// Format version 2 added the datasets total_variation and kl_divergence.
inline constexpr std::uint64_t format_version = 2, stream_version = 1;

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

// What follows from the others and is there so that readers need no formulas (statistics.hpp has them).
template <class Config, class Distances, class Visitor>
void visit_distances(Config& config, Distances&& distances, Visitor&& visitor) {
  const shape gans{config.num_gans};
  visitor.array("total_variation", distances.total_variation, gans,
                "[gan] half the sum of |distribution - target|; not finite where the GAN diverged");
  visitor.array("kl_divergence", distances.kl_divergence, gans,
                "[gan] sum of target * log(target / distribution), in nats; infinite where a class was given up");
}

struct byte_counter {
  std::uint64_t total = 0;

  void rates(const char*, const std::vector<float>& values, const char*) {
    total = saturating_sum(total, values.size() * sizeof(float));
  }
  template <class Value>
  void array(const char*, const std::vector<Value>&, const shape& extent, const char*) {
    std::uint64_t bytes = sizeof(Value);
    for (const std::uint64_t length : extent) bytes = saturating_product(bytes, length);
    total = saturating_sum(total, bytes);
  }
};

// Bytes of the file of such a fleet, at most `structure_bytes` more than it has: names and attributes.
inline constexpr std::uint64_t structure_bytes = 1 << 14;
inline std::uint64_t file_bytes(const fleet_config& config) {
  fleet_result result;  // its arrays may be empty: the shapes count
  result.classes = static_cast<int>(config.target.size());
  byte_counter counter{structure_bytes};
  visit_datasets(config, result, counter);
  visit_distances(config, fleet_distances{}, counter);
  return counter.total;
}

}  // namespace gumbelcuda::result_layout
