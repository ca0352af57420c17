// SPDX-License-Identifier: Apache-2.0
// What the CPU backend hands to the code of one instruction set, and the table of those. Plain data and
// function pointers: host/cpu/targets/ must share no inline function with the rest of the program.
#pragma once

#include <cstddef>
#include <cstdint>

#include "host/cpu/rows/row_targets.hpp"

namespace gumbelcuda {

struct cpu_train_task {
  int classes, batch_size, generator_steps;
  std::int64_t epochs, steps_per_epoch;
  std::uint64_t seed, first_row;  // GAN i's row is first_row + i

  const float* target;                          // [class]
  const std::uint32_t *first_word, *last_word;  // [class], see class_words
  const float* corrections;                     // see adam_corrections
  std::uint64_t num_corrections;

  // Element i·stride is GAN i's; stride 0: one value for all.
  const float *temperature, *generator_rate, *discriminator_rate;
  std::uint64_t temperature_stride, generator_rate_stride, discriminator_rate_stride;

  // See fleet_result. History holds the GANs below history_gans.
  float *distribution, *logits, *weights, *bias, *generator_loss, *discriminator_loss, *history;
  std::uint64_t history_gans;

  // Called after each epoch of `gans` GANs.
  void (*epoch_done)(void* context, int gans);
  // Asked before each generator update; true: return at once, results do not matter.
  bool (*stopped)(void* context);
  void* context;
};

struct cpu_target {
  const char* name;
  int width;  // GANs trained at a time
  // Bytes of 64-byte aligned scratch memory for the two below.
  std::size_t (*workspace_bytes)(const cpu_train_task& task);
  // Trains `count` ≤ width GANs from `first` on, one an element. False: stopped.
  bool (*train_lanes)(const cpu_train_task& task, std::uint64_t first, int count, void* workspace);
  // Trains one GAN, its batch samples side by side.
  bool (*train_single)(const cpu_train_task& task, std::uint64_t gan, void* workspace);
  const cpu_row_operations* rows;
};

// In host/cpu/targets/, as far as built.
extern const cpu_target cpu_target_scalar, cpu_target_avx2, cpu_target_avx512, cpu_target_neon;

}  // namespace gumbelcuda
