// SPDX-License-Identifier: Apache-2.0
// The processes that mpirun has started for one run: how many there are, and what they ask each other. Without mpirun
// there is one. Only host/cli/ranks_mpi.cpp includes MPI's header.
#pragma once

#include <cstdint>
#include <memory>

namespace gumbelcuda {

class ranks {
 public:
  // Those of this run, if mpirun has started more than one process; null otherwise. Throws error in a build without
  // MPI: each process would do all the work. MPI ends with the object.
  static std::unique_ptr<ranks> of_this_run();
  virtual ~ranks() = default;

  virtual int number() const = 0;  // of this one, from 0
  virtual int count() const = 0;
  virtual int number_on_this_machine() const = 0;
  // 0, 1, 2 …: each number is given out once, to whichever rank asks.
  virtual std::uint64_t next() = 0;
  // Lets other ranks' next() go on while this one trains; to be called now and then.
  virtual void attend() = 0;
  // Gives all ranks these bytes of rank 0; all must call it with the same count.
  virtual void broadcast(void* bytes, std::uint64_t count) = 0;
  // Returns when all have called it.
  virtual void wait_for_all() = 0;
};

// Whether this build has MPI.
bool have_ranks();

}  // namespace gumbelcuda
