// SPDX-License-Identifier: Apache-2.0
// A file that appears whole or not at all. Bytes go to a temporary file in the same folder; commit()
// puts it in the place of the old one in a single step. Without commit() nothing has happened: the old
// file is as it was, and the temporary file is gone.
#pragma once

#include <string>
#include <string_view>

#include "gumbelcuda/error.hpp"

namespace gumbelcuda {

class atomic_file {
 public:
  // Throws file_error where commit() could not work: no such folder, no permission, `path` is a folder …
  explicit atomic_file(std::string path);
  ~atomic_file();
  atomic_file(const atomic_file&) = delete;
  atomic_file& operator=(const atomic_file&) = delete;

  const std::string& path() const noexcept { return path_; }
  // For libraries that want a name: they may write this file too, and must have closed it at commit().
  const std::string& temporary_path() const noexcept { return temporary_path_; }
  void write(std::string_view bytes);
  void commit();

 private:
  void discard() noexcept;

  std::string path_, destination_, temporary_path_;
  int descriptor_ = -1;
};

// Throws file_error where writing `path` is bound to fail: to be called before the work whose result
// goes there. Leaves nothing behind.
void check_writable(const std::string& path);

// What to throw when writing `path` has failed with this errno: says what happened and what to do.
file_error write_error(const std::string& path, int error_number);

}  // namespace gumbelcuda
