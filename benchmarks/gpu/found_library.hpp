// SPDX-License-Identifier: Apache-2.0
// Peers from libraries that a machine may lack, cuRAND and cuDNN: looked for when a benchmark runs, so that the
// programs neither need nor carry them (cuRAND alone has 130 MB). One that is missing is named as skipped.
#pragma once

#include <dlfcn.h>

#include <initializer_list>
#include <stdexcept>
#include <string>

#include "benchmarks/gpu/record.hpp"

namespace gumbelcuda::benchmark {

class found_library {
 public:
  // The first of `files` that can be loaded; no process unloads one.
  found_library(const std::string& name, std::initializer_list<const char*> files) : name_(name) {
    if (is_tiny()) {
      why_ = "left out where sizes are tiny";
      return;
    }
    for (const char* file : files)
      if (!handle_) handle_ = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    if (!handle_) why_ = std::string(*files.begin()) + " was not found";
  }

  bool is_there() const { return handle_ != nullptr; }
  // For `if (library.is_missing_for("what it is compared with")) return;`
  bool is_missing_for(const std::string& what) const {
    if (!is_there()) record("skip").set("who", name_ + ", " + what).set("why", why_).print();
    return !is_there();
  }

  // Signature is that of the library's header; all of its enumerations are ints, and 0 means success.
  template <class... Parameters>
  void call(const char* function, Parameters... parameters) const {
    const auto pointer = reinterpret_cast<int (*)(Parameters...)>(dlsym(handle_, function));
    if (!pointer) throw std::runtime_error(name_ + " has no " + function);
    if (const int status = pointer(parameters...); status != 0)
      throw std::runtime_error(std::string(function) + ": error " + std::to_string(status));
  }

 private:
  std::string name_, why_;
  void* handle_ = nullptr;
};

}  // namespace gumbelcuda::benchmark
