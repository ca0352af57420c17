// SPDX-License-Identifier: Apache-2.0
// Replaces ranks_mpi.cpp in a build without MPI.
#include <string>

#include "gumbelcuda/error.hpp"
#include "host/cli/ranks.hpp"
#include "host/cli/started_by_mpirun.hpp"

namespace gumbelcuda {

bool have_ranks() { return false; }

std::unique_ptr<ranks> ranks::of_this_run() {
  if (const long processes = processes_of_mpirun(); processes > 1)
    throw error("mpirun has started " + std::to_string(processes) +
                " processes, and this build has no MPI, so that each would do all the work; build with "
                "GUMBELCUDA_MPI=ON");
  return nullptr;
}

}  // namespace gumbelcuda
