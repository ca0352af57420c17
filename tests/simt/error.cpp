// SPDX-License-Identifier: Apache-2.0
// The text of an error: kind, block, thread, what happened, and the line of the kernel if it is known.
#include "tests/simt/error.hpp"

#include "tests/simt/coordinates.hpp"

namespace gumbelcuda::simt {
const char* name_of(error_kind kind) {
  switch (kind) {
    case error_kind::launch_shape:
      return "launch_shape";
    case error_kind::outside_kernel:
      return "outside_kernel";
    case error_kind::divergent_barrier:
      return "divergent_barrier";
    case error_kind::deadlock:
      return "deadlock";
    case error_kind::mask_without_caller:
      return "mask_without_caller";
    case error_kind::mask_names_ended_lane:
      return "mask_names_ended_lane";
    case error_kind::mask_lane_elsewhere:
      return "mask_lane_elsewhere";
    case error_kind::masks_differ:
      return "masks_differ";
    case error_kind::shuffle_from_outside:
      return "shuffle_from_outside";
    case error_kind::shuffle_width:
      return "shuffle_width";
    case error_kind::shared_unwritten:
      return "shared_unwritten";
    case error_kind::shared_out_of_bounds:
      return "shared_out_of_bounds";
    case error_kind::shared_misaligned:
      return "shared_misaligned";
    case error_kind::shared_race:
      return "shared_race";
  }
  return "unknown";
}

error::error(error_kind kind, uint3 block, uint3 thread, const std::string& what, const std::source_location* where)
    : std::runtime_error(
          std::string(name_of(kind)) + ": block " + text_of(block) + ", thread " + text_of(thread) + ": " + what +
          (where ? " [" + std::string(where->file_name()) + ":" + std::to_string(where->line()) + "]" : "")),
      kind_(kind),
      block_(block),
      thread_(thread) {}

}  // namespace gumbelcuda::simt
