// SPDX-License-Identifier: Apache-2.0
// The kernels that a program's host code has registered. A file's PTX is read when one of its kernels is first
// launched.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tests/ptx/module.hpp"

namespace gumbelcuda::ptx {

class registered_kernels {
 public:
  static registered_kernels& get();
  // At the end of the program: appends the names of the kernels that ran to the file that the environment names, and
  // makes the program fail if it misused the runtime and does not look for that itself.
  ~registered_kernels();

  struct image {
    const void* wrapper;
    std::unique_ptr<module> read;
  };
  struct kernel {
    image* from = nullptr;
    std::string name;
    std::size_t most_dynamic_shared = 0;  // if cudaFuncSetAttribute said so
  };

  image* add_image(const void* wrapper);
  void add_kernel(const void* host_function, image* from, const char* name) { kernels_[host_function] = {from, name}; }
  kernel* find(const void* host_function);
  [[nodiscard]] std::vector<const kernel*> whose_names_have(const std::string& part) const;
  // Of all images, one after the other.
  [[nodiscard]] std::string all_ptx() const;
  // Null if the PTX has no kernel of this name.
  const function* function_of(const kernel& launched);

  // Changes a file's PTX before it is read: for tests of what wrong code does.
  std::function<std::string(std::string)> edit;
  // How long a launch takes on a fake device, in steps; one where there is no such function.
  std::function<std::uint64_t(const std::string& name, const void* const* arguments)> steps_of;

 private:
  registered_kernels();
  void write_launched() const;
  static void fail_for_offences();

  std::vector<std::unique_ptr<image>> images_;
  std::map<const void*, kernel> kernels_;
  std::set<std::string> launched_;
};

}  // namespace gumbelcuda::ptx
