// SPDX-License-Identifier: Apache-2.0
// What the CPU backend hands to the code of one instruction set, and the table of those. Plain data and
// function pointers: host/cpu/targets/ must share no inline function with the rest of the program.
#pragma once

#include <cstddef>
#include <cstdint>

#include "gumbelcuda/detail/gan/training_task.hpp"
#include "host/cpu/rows/row_targets.hpp"

namespace gumbelcuda {

struct cpu_train_task : training_task {
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

}  // namespace gumbelcuda
