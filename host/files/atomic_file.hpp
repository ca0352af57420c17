// SPDX-License-Identifier: Apache-2.0
// A file that appears complete or not at all. Bytes go to a temporary file in the same folder. Where the file system
// supports it that file has no name, so that nothing is left of it however the process ends. commit() puts it in the
// place of the old file in a single step. Without commit() the old file stays as it was.
//
// A temporary file with a name (on other file systems, and while it replaces an old file) is locked by the process that
// writes it. One without a lock belonged to a process that was killed: the next process that writes there removes it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "host/files/destination.hpp"

namespace gumbelcuda {

// `named` is for the tests, and for file systems that support nothing else.
enum class temporary_file { unnamed_if_possible, named };

// no: for what is written again every few seconds. Nothing waits for the disk then, which a power failure leaves with
// the old file, the new one or an empty one; and it does not count as a result: abandon_files() and
// any_file_in_place() know nothing of it.
enum class durable { yes, no };

class atomic_file {
 public:
  // Throws file_error if commit() could not work: no such folder, no permission, `path` is a folder …
  explicit atomic_file(std::string path, temporary_file kind = temporary_file::unnamed_if_possible,
                       durable result = durable::yes);
  ~atomic_file();
  atomic_file(const atomic_file&) = delete;
  atomic_file& operator=(const atomic_file&) = delete;

  const std::string& path() const noexcept { return path_; }
  // Bytes that the file's disk has left; the largest number if the file system does not say.
  std::uint64_t free_bytes() const;
  void write(std::string_view bytes);
  void commit();
  // The same if there is nothing in its place. Returns false, and leaves what is there, otherwise.
  bool commit_new();

 private:
  bool open_unnamed(unsigned mode);
  void open_named(unsigned mode);
  void hasten();
  void synchronise();
  bool take_place();
  bool take_free_place();
  void in_its_place();
  void discard() noexcept;

  std::string path_, destination_, temporary_path_;  // the last is empty while the file has no name
  durable result_;
  int descriptor_ = -1;
  std::uint64_t waited_for_ = 0, begun_ = 0, written_ = 0;  // bytes, from the beginning of the file
};

// Throws file_error if writing `path` is bound to fail. Call this before the work whose result goes there, with the
// least number of bytes that it will take. Leaves nothing behind.
void check_writable(const std::string& path, std::uint64_t least_bytes = 0);

// For a signal handler that is about to end the process: removes the temporary file of the atomic_file being written
// (of several, the one opened first). Async-signal-safe.
enum class abandoned {
  everything,  // no file has been put in its place
  rest,        // one file was being written, but earlier ones are in their places
  nothing,     // files are in their places, and none was being written
};
abandoned abandon_files() noexcept;

// Whether any commit() of this process has succeeded.
bool any_file_in_place() noexcept;

}  // namespace gumbelcuda
