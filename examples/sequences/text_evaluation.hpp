// SPDX-License-Identifier: Apache-2.0
// How near the models of text_gan.cpp are to the text that was held out, and what to compare them with.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <thread>
#include <vector>

#include "text_metrics.hpp"
#include "text_options.hpp"

namespace gumbelcuda::example {

inline constexpr int longest_ngram = 4;

struct text_metrics {
  double bits = 0;                               // per character of held-out sequences
  std::array<double, longest_ngram> distance{};  // total variation of n-grams to those of the held-out text
};
struct text_record {
  std::uint64_t model;
  std::int64_t epoch;  // from 1
  double sampling_temperature;
  text_metrics metrics;
};

class text_evaluation {
 public:
  text_evaluation(const text_options& options, const split_text& text) : options_(options), training_(text.training) {
    for (int n = 1; n <= longest_ngram; ++n)
      target_[std::size_t(n - 1)] = ngram_counts(text.held_out, text.held_out.size(), n);
    // As many as are wanted, evenly from all of the held-out text.
    const std::size_t whole = text.held_out.size() / length, count = std::min(options.held_out, whole);
    for (std::size_t i = 0; i < count; ++i) {
      const auto first = text.held_out.begin() + std::ptrdiff_t(i * whole / count * length);
      held_out_.insert(held_out_.end(), first, first + length);
    }
  }

  // Sequences are drawn with the same noise for each moment and sampling temperature of a model, from rows that no
  // training draws from.
  text_metrics of(const float* generator, double sampling_temperature, std::uint64_t model) const {
    text_metrics m;
    for (const double x : options_.size->log_probabilities(generator, sampling_temperature, held_out_)) m.bits -= x;
    m.bits /= std::log(2.) * double(held_out_.size());
    m.distance = distances(options_.size->sample(generator, sampling_temperature, options_.settings.fleet.seed,
                                                 row_of(model), options_.sequences));
    return m;
  }
  // As many sequences of the text that models are trained with: what a model that has learned it all comes to.
  std::array<double, longest_ngram> distances_of_text() const {
    std::vector<std::uint8_t> drawn;
    const stream_row row(options_.settings.fleet.seed, row_of(0) - 1);
    for (std::size_t i = 0; i < options_.sequences; ++i) {
      const auto first =
          training_.begin() + std::ptrdiff_t(chosen_place(row(i).word[0], training_.size() - length + 1));
      drawn.insert(drawn.end(), first, first + length);
    }
    return distances(drawn);
  }
  double bits_of_ngrams(int n) const { return ngram_model(training_, n).bits(held_out_, length); }

 private:
  static constexpr std::size_t length = std::size_t(text::length);
  static std::uint64_t row_of(std::uint64_t model) { return (std::uint64_t{1} << 63) + (model << 32); }

  std::array<double, longest_ngram> distances(const std::vector<std::uint8_t>& sequences) const {
    std::array<double, longest_ngram> all{};
    for (int n = 1; n <= longest_ngram; ++n)
      all[std::size_t(n - 1)] = total_variation(ngram_counts(sequences, length, n), target_[std::size_t(n - 1)]);
    return all;
  }

  const text_options& options_;
  const std::vector<std::uint8_t>& training_;
  std::array<std::vector<double>, longest_ngram> target_{};
  std::vector<std::uint8_t> held_out_{};
};

// The parameters of what model i writes with at a moment, epoch 1 being the first.
inline const float* generator_at(const text_options& options, const model_fleet_result& result, std::uint64_t model,
                                 std::int64_t epoch) {
  return &result.history[std::size_t(model * std::uint64_t(options.epochs) + std::uint64_t(epoch - 1)) *
                         std::size_t(result.outputs)];
}

// Every moment of the training, and the last at the other sampling temperatures.
inline std::vector<text_record> records_of(const text_options& options, const text_evaluation& evaluation,
                                           const model_fleet_result& result) {
  std::vector<text_record> records;
  for (std::uint64_t i = 0; i < result.num_models; ++i) {
    for (std::int64_t epoch = 1; epoch <= options.epochs; ++epoch) records.push_back({i, epoch, 1, {}});
    for (const double sampling : options.sampling_temperature)
      if (sampling != 1) records.push_back({i, options.epochs, sampling, {}});
  }
  std::atomic<std::size_t> next = 0;
  std::vector<std::jthread> threads;
  const unsigned processors = std::max(1u, std::thread::hardware_concurrency());
  for (unsigned i = 0; i < (options.threads > 0 ? unsigned(options.threads) : processors); ++i)
    threads.emplace_back([&] {
      for (std::size_t n = next++; n < records.size(); n = next++) {
        text_record& r = records[n];
        r.metrics = evaluation.of(generator_at(options, result, r.model, r.epoch), r.sampling_temperature, r.model);
      }
    });
  threads.clear();
  return records;
}

}  // namespace gumbelcuda::example
