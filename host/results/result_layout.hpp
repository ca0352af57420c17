// SPDX-License-Identifier: Apache-2.0
// The contents of a result file, listed once for the writer and the reader. Both pass a visitor:
//   visitor.number(name, value)                              a root attribute, a 64-bit integer
//   visitor.scale(dimension, description)                    a dimension scale: the numbers of its elements
//   visitor.rates(name, values, dimension, description)      a dataset of one value for all, or one for each GAN
//   visitor.rows(name, values, gan, side, description)       a dataset of one row for all, or one for each GAN
//   visitor.array(name, values, shape, description)          a dataset of that shape
// The reader's visitor fills in config and result; the shapes follow from the attributes, which come first. Besides
// these numbers the root's attributes are the texts "format" and "library_version" and the versions below; every
// dataset has its description as an attribute. docs/command.md describes the file for those who read it with other
// programs.
//
// The place of everything follows from the attributes alone: datasets come in this order, each divided into chunks of
// chunk_lengths(), none of them compressed, all of them placed before the first number is written.
#pragma once

#include <cstdint>
#include <limits>
#include <type_traits>
#include <vector>

#include "gumbelcuda/fleet.hpp"
#include "host/results/statistics.hpp"
#include "host/saturating.hpp"
#include "host/stream_version.hpp"

namespace gumbelcuda::result_layout {

inline constexpr char format_name[] = "gumbelcuda fleet";
// Format version 2, whose datasets have neither chunks nor scales, is still read.
inline constexpr std::uint64_t format_version = 3, oldest_format_version = 2;

// If GANs differ in their number of classes, rows with fewer classes end in these. They are finite, which numbers of a
// diverged GAN need not be, and softmax(logits) is the distribution in such rows, too.
inline constexpr float padding = 0, logits_padding = std::numeric_limits<float>::lowest();

// Its elements are numbered first, first + 1, …
struct dimension {
  const char* name;
  std::uint64_t length, first;
};
using shape = std::vector<dimension>;
using lengths = std::vector<std::uint64_t>;

inline lengths lengths_of(const shape& extent) {
  lengths result;
  for (const dimension& side : extent) result.push_back(side.length);
  return result;
}

// Chunks of at most half a mebibyte: whole rows of the last dimensions, and equal pieces of the dimension that is cut.
inline lengths chunk_lengths(const lengths& extent, std::uint64_t value_bytes) {
  std::uint64_t room = (std::uint64_t{1} << 19) / value_bytes;
  lengths chunk(extent.size(), 1);
  for (std::size_t side = extent.size(); side-- > 0;) {
    const std::uint64_t pieces = extent[side] / room + (extent[side] % room != 0);
    chunk[side] = pieces == 0 ? 1 : extent[side] / pieces + (extent[side] % pieces != 0);
    if (pieces > 1) break;
    room /= chunk[side];
  }
  return chunk;
}

// Integers are stored like this, whatever their type in memory.
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

// The dimensions of every dataset.
struct dimensions {
  dimension gan, one_class, epoch, history_gan;
};
inline dimensions dimensions_of(const fleet_config& config, int classes) {
  return {{"gan", config.num_gans, config.first_gan},
          {"class", static_cast<std::uint64_t>(classes), 0},
          {"epoch", static_cast<std::uint64_t>(config.epochs), 1},
          {"history_gan", config.history_gans, config.first_gan}};
}

template <class Visitor>
void visit_scales(const fleet_config& config, int classes, Visitor&& visitor) {
  const dimensions all = dimensions_of(config, classes);
  visitor.scale(all.gan, "[gan] its number in the fleet, which is its row of the noise stream");
  visitor.scale(all.one_class, "[class] its number");
  if (config.history_gans == 0) return;
  visitor.scale(all.epoch, "[epoch] its number, from 1");
  visitor.scale(all.history_gan, "[history_gan] number in the fleet of a GAN whose history was kept");
}

// Versions before 3 have no gan_classes.
template <class Config, class Classes, class Visitor>
void visit_classes(Config& config, int most_classes, Classes& gan_classes, Visitor&& visitor) {
  visitor.rates("gan_classes", gan_classes, dimensions_of(config, most_classes).gan,
                "classes of a GAN, one for all or [gan]; rows of those that have fewer than others end in padding");
}

template <class Config, class Result, class Visitor>
void visit_datasets(Config& config, Result& result, Visitor&& visitor) {
  const auto [gan, one_class, epoch, history_gan] = dimensions_of(config, result.classes);
  visitor.array("target", config.target, shape{one_class}, "[class] probabilities to learn");
  visitor.rates("temperature", config.temperature, gan, "of the Gumbel-softmax; one for all or [gan]");
  visitor.rates("generator_learning_rate", config.generator_learning_rate, gan, "one for all or [gan]");
  visitor.rates("discriminator_learning_rate", config.discriminator_learning_rate, gan, "one for all or [gan]");
  visitor.array("distribution", result.distribution, shape{gan, one_class}, "[gan][class] learned: softmax(logits)");
  visitor.array("logits", result.logits, shape{gan, one_class}, "[gan][class] the generator's parameters");
  visitor.array("weights", result.weights, shape{gan, one_class}, "[gan][class] the discriminator's weights");
  visitor.array("bias", result.bias, shape{gan}, "[gan] the discriminator's bias");
  visitor.array("generator_loss", result.generator_loss, shape{gan}, "[gan] expected, at the final parameters");
  visitor.array("discriminator_loss", result.discriminator_loss, shape{gan}, "[gan] expected, at the final parameters");
  if (config.history_gans > 0)
    visitor.array("history", result.history, shape{history_gan, epoch, one_class},
                  "[history_gan][epoch][class] learned distribution after each epoch");
}

// These follow from the other datasets and are stored so that readers need no formulas (statistics.hpp has them).
template <class Config, class Distances, class Visitor>
void visit_distances(Config& config, Distances&& distances, Visitor&& visitor) {
  const shape gans{dimensions_of(config, 0).gan};
  visitor.array("total_variation", distances.total_variation, gans,
                "[gan] half the sum of |distribution - target|; not finite where the GAN diverged");
  visitor.array("kl_divergence", distances.kl_divergence, gans,
                "[gan] sum of target * log(target / distribution), in nats; infinite where a class was given up");
}

// Bytes that a dataset's chunks take in the file, each with its checksum and its entry in an index.
inline std::uint64_t stored_bytes(const lengths& extent, std::uint64_t value_bytes) {
  if (extent.empty()) return value_bytes;
  constexpr std::uint64_t checksum_bytes = 4, index_bytes = 64;
  const lengths chunk = chunk_lengths(extent, value_bytes);
  std::uint64_t chunks = 1, bytes = value_bytes;
  for (std::size_t side = 0; side < extent.size(); ++side) {
    chunks = saturating_product(chunks, extent[side] / chunk[side] + (extent[side] % chunk[side] != 0));
    bytes *= chunk[side];
  }
  return saturating_product(chunks, bytes + checksum_bytes + (chunks > 1 ? index_bytes : 0));
}

struct byte_counter {
  std::uint64_t total = 0;

  void scale(const dimension& side, const char*) { add<std::uint64_t>({side.length}); }
  template <class Values>
  void rates(const char*, const Values& values, const dimension& gan, const char*) {
    add<typename Values::value_type>(values.size() == 1 ? lengths{} : lengths{gan.length});
  }
  template <class Values>
  void rows(const char*, const Values& values, const dimension& gan, const dimension& side, const char*) {
    add<typename Values::value_type>(values.size() == side.length ? lengths{side.length}
                                                                  : lengths{gan.length, side.length});
  }
  void number(const char*, auto) {}
  template <class Values>
  void array(const char*, const Values&, const shape& extent, const char*) {
    add<typename Values::value_type>(lengths_of(extent));
  }

 private:
  template <class Value>
  void add(const lengths& extent) {
    total = saturating_sum(total, stored_bytes(extent, sizeof(Value)));
  }
};

// The size of such a fleet's file in bytes, at most `structure_bytes` too large: names, attributes, empty indices.
inline constexpr std::uint64_t structure_bytes = 1 << 16;
inline std::uint64_t file_bytes(const fleet_config& config) {
  fleet_result result;  // its arrays may be empty: the shapes count
  result.classes = static_cast<int>(config.target.size());
  byte_counter counter{structure_bytes};
  visit_scales(config, result.classes, counter);
  visit_datasets(config, result, counter);
  visit_distances(config, fleet_distances{}, counter);
  return counter.total;
}

}  // namespace gumbelcuda::result_layout
