// SPDX-License-Identifier: Apache-2.0
// The text of an error: kind, kernel, line and text of the instruction, block and thread, and what happened.
#include "tests/ptx/error.hpp"

#include <cxxabi.h>

#include <cstdlib>
#include <memory>

#include "tests/ptx/warp.hpp"
#include "tests/simt/coordinates.hpp"

namespace gumbelcuda::ptx {
namespace {

std::string readable(const std::string& mangled) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> name(
      abi::__cxa_demangle(mangled.c_str(), nullptr, nullptr, &status), &std::free);
  return status == 0 ? name.get() : mangled;
}

}  // namespace

const char* name_of(error_kind kind) {
  switch (kind) {
    case error_kind::unreadable:
      return "unreadable";
    case error_kind::unknown_instruction:
      return "unknown_instruction";
    case error_kind::launch_shape:
      return "launch_shape";
    case error_kind::out_of_bounds:
      return "out_of_bounds";
    case error_kind::misaligned:
      return "misaligned";
    case error_kind::unwritten_register:
      return "unwritten_register";
    case error_kind::unwritten_memory:
      return "unwritten_memory";
    case error_kind::lane_outside_mask:
      return "lane_outside_mask";
    case error_kind::lane_never_arrives:
      return "lane_never_arrives";
    case error_kind::masks_differ:
      return "masks_differ";
    case error_kind::divergent_barrier:
      return "divergent_barrier";
  }
  return "unknown";
}

void fail(const warp& w, const instruction& at, error_kind kind, unsigned lane, const std::string& what) {
  throw error(kind, std::string(name_of(kind)) + ": " + readable(w.code->name) + ", line " + std::to_string(at.line) +
                        " (" + w.code->text_of_line(at.line) + "), block " + simt::text_of(w.of->index) + ", warp " +
                        std::to_string(w.number) + ", lane " + std::to_string(lane) + ": " + what);
}

}  // namespace gumbelcuda::ptx
