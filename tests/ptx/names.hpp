// SPDX-License-Identifier: Apache-2.0
// What names in a kernel's text stand for: registers, literals, variables and parameters, each as a slot of the
// register file.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tests/ptx/module.hpp"
#include "tests/ptx/operations.hpp"

namespace gumbelcuda::ptx {

struct named_register {
  slot at = 0;
  operand_type type;
};

class names {
 public:
  names(function& into, const std::vector<shared_variable>& shared);

  void declare_registers(std::string_view declaration);  // ".f32 %f<10>" or ".b64 %SP"
  void declare_variable(memory_space space, const shared_variable& variable);
  void declare_parameter(const shared_variable& variable);
  // Names of a scope end with it.
  void open_scope() { scopes_.emplace_back(); }
  void close_scope();

  // The register with this name, or one that holds this literal or address as `bytes` bytes.
  named_register operand(std::string_view text, operand_type wanted);
  // A register for what an instruction writes and nobody reads.
  slot unused(unsigned bytes) { return new_register(bytes); }
  // When all of the text was read: where dynamic shared memory begins.
  void finish();

 private:
  slot new_register(unsigned bytes);
  slot literal_of(std::uint64_t bits, unsigned bytes);
  const named_register* find_register(std::string_view text);
  slot dynamic_address(unsigned bytes);

  struct register_range {
    std::string_view prefix;  // "%f"
    slot first;
    unsigned count;
    operand_type type;
  };
  function& into_;
  const std::vector<shared_variable>& shared_;
  std::vector<register_range> ranges_;
  std::vector<std::vector<std::string_view>> scopes_;
  std::unordered_map<std::string_view, named_register> registers_;
  std::unordered_map<std::string_view, std::uint64_t> addresses_;
  std::map<unsigned, slot> dynamic_addresses_;  // by their bytes
  std::map<std::pair<std::uint64_t, unsigned>, slot> literals_;
  std::vector<std::size_t> dynamic_;  // literals that are addresses of dynamic shared memory
  named_register found_;
};

}  // namespace gumbelcuda::ptx
