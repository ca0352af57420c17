// SPDX-License-Identifier: Apache-2.0
#include "host/cpu/supported_targets.hpp"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include "gumbelcuda/fleet.hpp"

namespace gumbelcuda {

#define GUMBELCUDA_INSTRUCTION_SET(name) extern const cpu_target cpu_target_##name;
#include "instruction_sets.inc"
#undef GUMBELCUDA_INSTRUCTION_SET

namespace {

// Whether the processor can run each set: these check for the flags in cmake/cpu_targets.cmake. They must not be in
// host/cpu/targets/, where the compiler may use what the processor lacks.
[[maybe_unused]] bool supports_scalar() { return true; }
[[maybe_unused]] bool supports_neon() { return true; }
#if defined(__x86_64__)
// Clang before 19 does not accept "f16c" in __builtin_cpu_supports().
bool has_f16c() {
  unsigned eax, ebx, ecx, edx;
  return __get_cpuid(1, &eax, &ebx, &ecx, &edx) && (ecx & bit_F16C) != 0;
}
[[maybe_unused]] bool supports_avx2() {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && has_f16c() &&
         __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("aes") &&
         __builtin_cpu_supports("pclmul");
}
[[maybe_unused]] bool supports_avx512() {
  return supports_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512cd") &&
         __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}
#endif

}  // namespace

std::vector<const cpu_target*> supported_targets() {
  std::vector<const cpu_target*> targets;
#define GUMBELCUDA_INSTRUCTION_SET(name) \
  if (supports_##name()) targets.push_back(&cpu_target_##name);
#include "instruction_sets.inc"
#undef GUMBELCUDA_INSTRUCTION_SET
  return targets;
}

const cpu_target& find_target(const std::string& name) {
  const auto targets = supported_targets();
  if (name.empty()) return *targets.front();
  std::string known;
  for (const cpu_target* target : targets) {
    if (target->name == name) return *target;
    known += (known.empty() ? "" : ", ") + std::string(target->name);
  }
  throw invalid_argument("cpu_target", "'" + name + "' is not among those of this machine: " + known);
}

std::vector<std::string> cpu_targets() {
  std::vector<std::string> names;
  for (const cpu_target* target : supported_targets()) names.emplace_back(target->name);
  return names;
}

}  // namespace gumbelcuda
