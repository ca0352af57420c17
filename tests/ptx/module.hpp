// SPDX-License-Identifier: Apache-2.0
// The PTX of one source file. Its kernels are found when it is opened, and each is read when it is first asked for.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/ptx/function.hpp"

namespace gumbelcuda::ptx {

// Shared memory that a module declares; those kernels have it that name it.
struct shared_variable {
  std::string_view name;
  std::size_t alignment = 1, bytes = 0;
  bool dynamic = false;  // its size is the launch's
};

// ".align 8 .b8 name[432]", without the state space.
shared_variable read_variable(std::string_view declaration);

class module {
 public:
  explicit module(std::string text);
  module(const module&) = delete;
  module& operator=(const module&) = delete;

  // Null if it has no kernel of this name.
  const function* find(const std::string& name);
  [[nodiscard]] std::vector<std::string> names() const;

 private:
  struct entry {
    std::size_t position;  // of the name
    std::uint32_t line;
    std::unique_ptr<function> read;
  };
  const std::string text_;
  std::map<std::string, entry> entries_;
  std::vector<shared_variable> shared_;
};

// Reads the kernel whose name begins at this position.
std::unique_ptr<function> read_function(std::string_view module_text, std::size_t position, std::uint32_t line,
                                        const std::vector<shared_variable>& shared);

}  // namespace gumbelcuda::ptx
