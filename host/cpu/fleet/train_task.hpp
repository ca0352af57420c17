// SPDX-License-Identifier: Apache-2.0
// What the CPU backend passes to the code of one instruction set, and the table of that code. Plain data and function
// pointers: host/cpu/targets/ must not share inline functions with the rest of the program.
#pragma once

#include <cstddef>
#include <cstdint>

#include "gumbelcuda/detail/gan/training_task.hpp"
#include "host/cpu/rows/row_targets.hpp"
#include "host/cpu/sweep/sweep_functions.hpp"

namespace gumbelcuda {

struct cpu_train_task : training_task {
  // Called after each epoch of `gans` GANs.
  void (*epoch_done)(void* context, int gans);
  // Called before each step, and within long ones. If it returns true, training returns.
  bool (*stopped)(void* context);
  void* context;
};

// Neighbouring GANs that train together, from the first step on or from where they are.
struct cpu_gans {
  std::uint64_t first;
  int count;
  // That they have made, before and, if they are stopped, after.
  std::uint64_t steps;
  // Their parameters and moments then, [gan][number], see detail/gan/parameters.hpp. They do not matter at step 0.
  float* numbers;
};

struct cpu_target {
  const char* name;
  int width;  // GANs trained at a time
  // The 64-byte aligned scratch memory that the two functions below need, in bytes.
  std::size_t (*workspace_bytes)(const cpu_train_task& task);
  // Trains at most `width` GANs, one per element. Returns false if stopped.
  bool (*train_lanes)(const cpu_train_task& task, cpu_gans& gans, void* workspace);
  // Trains one GAN, its batch samples side by side.
  bool (*train_single)(const cpu_train_task& task, cpu_gans& gan, void* workspace);
  const cpu_row_operations* rows;
  const cpu_sweep_functions* sweep;
};

}  // namespace gumbelcuda
