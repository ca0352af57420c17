// SPDX-License-Identifier: Apache-2.0
#include "host/checkpoint/ended_rows.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "gumbelcuda/detail/gan/parameters.hpp"
#include "gumbelcuda/detail/sweep/shape.hpp"
#include "host/checkpoint/bytes.hpp"
#include "host/cpu/sweep/sweep_groups.hpp"
#include "host/sweep_contents.hpp"

namespace gumbelcuda {
namespace {

template <class Bytes, class Result>
void visit_rows(Bytes& bytes, const fleet_config& config, Result& result, std::uint64_t first, std::uint64_t count) {
  for_each_array(config, result, first, count, [&bytes](auto& values, std::uint64_t begin, std::uint64_t numbers) {
    bytes.numbers(values.data() + begin, numbers);
  });
}

template <class Bytes, class Result>
void visit_gan(Bytes& bytes, Result& result, std::uint64_t gan) {
  const auto most = std::size_t(result.most_classes), classes = std::size_t(result.classes[gan]);
  bytes(result.outcome[gan]);
  bytes(result.epochs[gan]);
  bytes(result.steps[gan]);
  for (auto* values : {&result.distribution, &result.logits}) bytes.numbers(values->data() + gan * most, classes);
  for (auto* values : {&result.total_variation, &result.generator_loss, &result.discriminator_loss,
                       &result.nonzero_gradients, &result.gradient_variance})
    if (!values->empty()) bytes((*values)[gan]);
}

// Of the first epochs of the GAN, as many as it has trained. What it was at its end, it stays.
template <class Bytes, class Result>
void visit_history(Bytes& bytes, Result& result, std::uint64_t gan, std::size_t trained) {
  const auto most = std::size_t(result.most_classes), classes = std::size_t(result.classes[gan]);
  const auto first = gan * std::size_t(result.most_epochs);
  for (std::size_t epoch = first; epoch < first + trained; ++epoch) {
    bytes.numbers(result.history.data() + epoch * most, classes);
    for (auto* values :
         {&result.history_total_variation, &result.history_generator_loss, &result.history_discriminator_loss})
      bytes((*values)[epoch]);
  }
}

void repeat_last_epoch(sweep_result& result, std::uint64_t gan) {
  const auto most = std::size_t(result.most_classes), epochs = std::size_t(result.most_epochs);
  const std::size_t last = gan * epochs + std::size_t(result.epochs[gan]) - 1;
  for (std::size_t epoch = last + 1; epoch < (gan + 1) * epochs; ++epoch) {
    std::copy_n(&result.history[last * most], most, &result.history[epoch * most]);
    for (auto* values :
         {&result.history_total_variation, &result.history_generator_loss, &result.history_discriminator_loss})
      (*values)[epoch] = (*values)[last];
  }
}

template <class Bytes>
void visit_gan_with_history(Bytes& bytes, const sweep_config& config, const sweep_result& result, std::uint64_t gan) {
  visit_gan(bytes, result, gan);
  if (gan < config.history_gans) visit_history(bytes, result, gan, std::size_t(result.epochs[gan]));
}

template <class Bytes, class Gan>
void visit_paused(Bytes& bytes, Gan& gan) {
  bytes(gan.numbers);
  for (auto& power : gan.powers) bytes(power);
  bytes(gan.diverged_step);
}

template <class Bytes, class Result>
void visit_history_so_far(Bytes& bytes, const fleet_config& config, Result& result, const paused_gan& gan) {
  if (gan.gan >= config.history_gans) return;
  const std::size_t classes = config.target.size(), of_gan = std::size_t(config.epochs) * classes;
  bytes.numbers(result.history.data() + gan.gan * of_gan, gan.steps / std::uint64_t(config.steps_per_epoch) * classes);
}
template <class Bytes, class Result>
void visit_history_so_far(Bytes& bytes, const sweep_config& config, Result& result, const paused_gan& gan) {
  if (gan.gan < config.history_gans)
    visit_history(bytes, result, gan.gan, std::size_t(gan.steps / std::uint64_t(config.steps_per_epoch)));
}

template <class Config, class Partial>
std::string bytes_of_paused_gan(const Config& config, const Partial& run, const paused_gan& gan) {
  byte_writer bytes;
  visit_paused(bytes, gan);
  visit_history_so_far(bytes, config, run.result, gan);
  return bytes.bytes();
}

// numbers, steps: what such a GAN has, and makes until its end.
template <class Config, class Partial>
void put_paused_gan(byte_reader bytes, const Config& config, paused_gan gan, std::uint64_t numbers, std::uint64_t steps,
                    Partial& run) {
  if (gan.steps < 1 || gan.steps >= steps) bytes.damaged("a GAN has made more steps than it has");
  visit_paused(bytes, gan);
  if (gan.numbers.size() != numbers) bytes.damaged("a GAN in mid-training has other parameters");
  if (gan.diverged_step > gan.steps) bytes.damaged("a GAN has diverged before it was there");
  const auto at = std::lower_bound(run.paused.begin(), run.paused.end(), gan.gan,
                                   [](const paused_gan& each, std::uint64_t number) { return each.gan < number; });
  const bool is_there = at != run.paused.end() && at->gan == gan.gan;
  if (run.ended[gan.gan] != 0 || (is_there && at->steps >= gan.steps)) return;
  visit_history_so_far(bytes, config, run.result, gan);
  bytes.expect_end();
  if (is_there)
    *at = std::move(gan);
  else
    run.paused.insert(at, std::move(gan));
}

}  // namespace

std::uint64_t epochs_of(const fleet_config& config, std::uint64_t) { return std::uint64_t(config.epochs); }
std::uint64_t epochs_of(const sweep_config& config, std::uint64_t gan) {
  return std::uint64_t(value_of_gan(config.epochs, gan));
}

std::string bytes_of_rows(const fleet_config& config, const partial_fleet& fleet, std::uint64_t first,
                          std::uint64_t count) {
  byte_writer bytes;
  visit_rows(bytes, config, fleet.result, first, count);
  return bytes.bytes();
}

void put_rows(const std::string& bytes, const std::string& file, const fleet_config& config, std::uint64_t first,
              std::uint64_t count, partial_fleet& fleet) {
  byte_reader reader(bytes, file);
  visit_rows(reader, config, fleet.result, first, count);
  reader.expect_end();
  std::fill_n(fleet.ended.begin() + std::ptrdiff_t(first), count, std::uint8_t{1});
}

std::string bytes_of_rows(const sweep_config& config, const partial_sweep& sweep, std::uint64_t first,
                          std::uint64_t count) {
  byte_writer bytes;
  for (std::uint64_t gan = first; gan < first + count; ++gan) visit_gan_with_history(bytes, config, sweep.result, gan);
  return bytes.bytes();
}

std::uint64_t count_row_bytes(const fleet_config& config, const partial_fleet& fleet, std::uint64_t gan) {
  byte_counter bytes;
  visit_rows(bytes, config, fleet.result, gan, 1);
  return bytes.bytes();
}
std::uint64_t count_row_bytes(const sweep_config& config, const partial_sweep& sweep, std::uint64_t gan) {
  byte_counter bytes;
  visit_gan_with_history(bytes, config, sweep.result, gan);
  return bytes.bytes();
}

void put_rows(const std::string& bytes, const std::string& file, const sweep_config& config, std::uint64_t first,
              std::uint64_t count, partial_sweep& sweep) {
  byte_reader reader(bytes, file);
  sweep_result& result = sweep.result;
  for (std::uint64_t gan = first; gan < first + count; ++gan) {
    visit_gan(reader, result, gan);
    if (result.outcome[gan] > gan_outcome::diverged) reader.damaged("an outcome is not known");
    const std::string problem = impossible_result(config, result, gan);
    if (!problem.empty()) reader.damaged(problem);
    if (gan >= config.history_gans) continue;
    visit_history(reader, result, gan, std::size_t(result.epochs[gan]));
    repeat_last_epoch(result, gan);
  }
  reader.expect_end();
  std::fill_n(sweep.ended.begin() + std::ptrdiff_t(first), count, std::uint8_t{1});
}

std::string bytes_of_paused(const fleet_config& config, const partial_fleet& fleet, const paused_gan& gan) {
  return bytes_of_paused_gan(config, fleet, gan);
}
std::string bytes_of_paused(const sweep_config& config, const partial_sweep& sweep, const paused_gan& gan) {
  return bytes_of_paused_gan(config, sweep, gan);
}

void put_paused(const std::string& bytes, const std::string& file, const fleet_config& config, std::uint64_t gan,
                std::uint64_t steps, partial_fleet& fleet) {
  put_paused_gan({bytes, file}, config, {gan, steps}, fleet_state_size(int(config.target.size())),
                 std::uint64_t(config.epochs) * std::uint64_t(config.steps_per_epoch), fleet);
}
void put_paused(const std::string& bytes, const std::string& file, const sweep_config& config, std::uint64_t gan,
                std::uint64_t steps, partial_sweep& sweep) {
  put_paused_gan({bytes, file}, config, {gan, steps}, std::uint64_t(sweep_shape(shape_of(config, gan)).state_numbers()),
                 std::uint64_t(value_of_gan(config.epochs, gan)) * std::uint64_t(config.steps_per_epoch), sweep);
}

}  // namespace gumbelcuda
