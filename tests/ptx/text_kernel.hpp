// SPDX-License-Identifier: Apache-2.0
// Small kernels in PTX for the interpreter's own tests. %out is the address of 8 bytes for each thread, %me those of
// the thread that runs.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tests/ptx/launch.hpp"
#include "tests/ptx/module.hpp"

namespace gumbelcuda::ptx {

struct text_kernel {
  std::string declarations = {};  // of the module
  std::string limits = {};        // of the kernel: ".maxntid 32, 1, 1"
  std::string body;
  unsigned blocks_of_cluster = 1;  // and blocks
};

class memory_of_test : public global_memory {
 public:
  explicit memory_of_test(std::size_t threads) : values(threads, 0x5555555555555555) {}
  [[nodiscard]] memory_range piece_at(std::uintptr_t) const override {
    const auto begin = reinterpret_cast<std::uintptr_t>(values.data());
    return {begin, begin + values.size() * sizeof(std::uint64_t)};
  }
  std::vector<std::uint64_t> values;
};

inline std::string text_of(const text_kernel& kernel) {
  return ".version 9.0\n.target sm_75\n.address_size 64\n" + kernel.declarations +
         "\n.visible .entry test_kernel(\n.param .u64 test_kernel_param_0\n)\n" + kernel.limits +
         "\n{\n"
         ".reg .pred %p<10>;\n.reg .b16 %rs<10>;\n.reg .b32 %r<10>;\n.reg .b64 %rd<10>;\n.reg .f32 %f<10>;\n"
         ".reg .f64 %fd<10>;\n.reg .b64 %out;\n.reg .b64 %me;\n.reg .b32 %thread;\n"
         "ld.param.u64 %out, [test_kernel_param_0];\nmov.u32 %thread, %tid.x;\n"
         "mad.wide.u32 %me, %thread, 8, %out;\n" +
         kernel.body + "\nret;\n}\n";
}

// What each thread of one block, or of one cluster's blocks, left in its 8 bytes.
inline std::vector<std::uint64_t> run_text(const text_kernel& kernel, unsigned threads = 32,
                                           std::size_t dynamic_shared_bytes = 0, std::uint64_t order = 0) {
  module text(text_of(kernel));
  const function* const found = text.find("test_kernel");
  if (found == nullptr) throw error(error_kind::unreadable, "no kernel");
  memory_of_test memory(std::size_t{threads} * kernel.blocks_of_cluster);
  const void* const out = memory.values.data();
  const void* const arguments[] = {&out};
  launch(*found, {kernel.blocks_of_cluster, threads, dynamic_shared_bytes, kernel.blocks_of_cluster}, arguments, memory,
         {}, order);
  return memory.values;
}

// The register that an instruction leaves its result in, for one thread.
inline std::uint64_t result_of(const std::string& instructions, const std::string& result) {
  const std::string clear = "mov.u64 %rd9, 0;\nst.global.u64 [%me], %rd9;\n";
  const bool is_predicate = result.starts_with("%p");
  const std::string type = result.starts_with("%rs")                                ? "u16"
                           : result.starts_with("%rd") || result.starts_with("%fd") ? "b64"
                                                                                    : "b32";
  const std::string store = is_predicate ? "selp.b32 %r9, 1, 0, " + result + ";\nst.global.b32 [%me], %r9;"
                                         : "st.global." + type + " [%me], " + result + ";";
  return run_text({.body = instructions + "\n" + clear + store}, 1)[0];
}

}  // namespace gumbelcuda::ptx
