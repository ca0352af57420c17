// SPDX-License-Identifier: Apache-2.0
// What tells a process that it is one of several, before MPI is asked: starting MPI takes longer than a small run.
#pragma once

#include <algorithm>
#include <cstdlib>

namespace gumbelcuda {

// As Open MPI's, MPICH's and Slurm's launchers with PMI say it; 1 if none does.
inline long processes_of_mpirun() {
  long most = 1;
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE"})
    if (const char* const size = std::getenv(name)) most = std::max(most, std::strtol(size, nullptr, 10));
  return most;
}

// The number of this one among them, from 0.
inline long number_from_mpirun() {
  for (const char* name : {"OMPI_COMM_WORLD_RANK", "PMI_RANK"})
    if (const char* const rank = std::getenv(name)) return std::strtol(rank, nullptr, 10);
  return 0;
}

}  // namespace gumbelcuda
