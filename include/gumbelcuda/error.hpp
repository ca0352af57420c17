// SPDX-License-Identifier: Apache-2.0
// The exceptions that the library throws. Every message says what is wrong, with the value, and what would be right.
#pragma once

#include <stdexcept>
#include <string>

#include "gumbelcuda/export.h"

namespace gumbelcuda {

// The base of all of them. Thrown itself if not even one thread can be started (fleet.hpp).
class GUMBELCUDA_API error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// An argument has a value that is not allowed; nothing was done. The message starts with the argument's name.
class GUMBELCUDA_API invalid_argument : public error {
 public:
  invalid_argument(const std::string& argument, const std::string& problem)
      : error(argument + ": " + problem), argument_(argument) {}
  const std::string& argument() const noexcept { return argument_; }

 private:
  std::string argument_;
};

// The requested backend cannot run here.
class GUMBELCUDA_API no_device : public error {
 public:
  using error::error;
};

// There is too little memory for the work; there is no result.
class GUMBELCUDA_API out_of_memory : public error {
 public:
  using error::error;
};

// A device failed; there is no result.
class GUMBELCUDA_API device_error : public error {
 public:
  using error::error;
};

// The caller's stop flag was raised; there is no result.
class GUMBELCUDA_API interrupted : public error {
 public:
  using error::error;
};

// A file cannot be read or written. A file that was there before is unchanged.
class GUMBELCUDA_API file_error : public error {
 public:
  using error::error;
};

// A file is damaged, or is no result file of this library.
class GUMBELCUDA_API damaged_file : public error {
 public:
  using error::error;
};

}  // namespace gumbelcuda
