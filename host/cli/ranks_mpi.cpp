// SPDX-License-Identifier: Apache-2.0
#include <mpi.h>

#include <algorithm>
#include <cstdlib>
#include <exception>

#include "gumbelcuda/error.hpp"
#include "host/cli/ranks.hpp"
#include "host/cli/started_by_mpirun.hpp"

namespace gumbelcuda {
namespace {

class mpi_ranks : public ranks {
 public:
  mpi_ranks() {
    int provided = 0;
    // Only the thread that waits for the training calls MPI.
    MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided);
    if (provided < MPI_THREAD_FUNNELED) throw error("this MPI cannot be used beside threads");
    MPI_Comm_rank(MPI_COMM_WORLD, &number_);
    MPI_Comm_size(MPI_COMM_WORLD, &count_);
    MPI_Comm here;
    MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &here);
    MPI_Comm_rank(here, &number_here_);
    MPI_Comm_free(&here);
    // The counter is rank 0's.
    MPI_Win_allocate(number_ == 0 ? sizeof *counter_ : 0, sizeof *counter_, MPI_INFO_NULL, MPI_COMM_WORLD, &counter_,
                     &window_);
    if (number_ == 0) {
      MPI_Win_lock(MPI_LOCK_EXCLUSIVE, 0, 0, window_);
      *counter_ = 0;
      MPI_Win_unlock(0, window_);
    }
    MPI_Barrier(MPI_COMM_WORLD);
  }
  // A rank that ends by an exception does not wait for the others: mpirun then ends them.
  ~mpi_ranks() override {
    if (std::uncaught_exceptions() > 0) return;
    MPI_Win_free(&window_);
    MPI_Finalize();
  }
  mpi_ranks(const mpi_ranks&) = delete;
  mpi_ranks& operator=(const mpi_ranks&) = delete;

  int number() const override { return number_; }
  int count() const override { return count_; }
  int number_on_this_machine() const override { return number_here_; }

  std::uint64_t next() override {
    const std::uint64_t one = 1;
    std::uint64_t number = 0;
    MPI_Win_lock(MPI_LOCK_SHARED, 0, 0, window_);
    MPI_Fetch_and_op(&one, &number, MPI_UINT64_T, 0, 0, MPI_SUM, window_);
    MPI_Win_unlock(0, window_);
    return number;
  }
  void attend() override {
    int arrived = 0;
    MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &arrived, MPI_STATUS_IGNORE);
  }
  void broadcast(void* bytes, std::uint64_t count) override {
    constexpr std::uint64_t most = std::uint64_t{1} << 30;  // MPI counts in int
    for (std::uint64_t sent = 0; sent < count; sent += most)
      MPI_Bcast(static_cast<char*>(bytes) + sent, int(std::min(most, count - sent)), MPI_BYTE, 0, MPI_COMM_WORLD);
  }
  void wait_for_all() override { MPI_Barrier(MPI_COMM_WORLD); }

 private:
  int number_ = 0, count_ = 1, number_here_ = 0;
  std::uint64_t* counter_ = nullptr;
  MPI_Win window_{};
};

}  // namespace

bool have_ranks() { return true; }

std::unique_ptr<ranks> ranks::of_this_run() {
  if (processes_of_mpirun() < 2) return nullptr;
  return std::make_unique<mpi_ranks>();
}

}  // namespace gumbelcuda
