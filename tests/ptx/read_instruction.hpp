// SPDX-License-Identifier: Apache-2.0
// From the text of an instruction to what the interpreter executes.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/ptx/names.hpp"
#include "tests/ptx/scanner.hpp"

namespace gumbelcuda::ptx {

class instruction_reader {
 public:
  instruction_reader(function& into, names& known) : into_(into), names_(known) {}
  void read(const statement& s);
  // The place of each branch, and its label.
  [[nodiscard]] const std::vector<std::pair<std::size_t, std::string_view>>& branches() const { return branches_; }

 private:
  // The parts of "ld.global.v4.f32".
  [[nodiscard]] bool has(std::string_view part) const;
  [[nodiscard]] memory_space space() const;
  [[nodiscard]] std::string_view last_part() const { return parts_.back(); }
  void require_operands(std::size_t count) const;
  [[noreturn]] void unknown() const;

  bool read_control(instruction& i);
  bool read_memory(instruction& i);
  bool read_atomic(instruction& i);
  bool read_warp_operation(instruction& i);
  void read_computation(instruction& i);
  bool read_integer_conversion(instruction& i);
  void read_pack(instruction& i);
  void read_address(instruction& i, vector_operand& access, std::string_view text);
  void read_values(vector_operand& access, std::string_view text);

  slot of_bytes(std::string_view text, unsigned bytes);
  slot predicate_of(std::string_view text);

  function& into_;
  names& names_;
  std::string_view opcode_;
  std::vector<std::string_view> parts_, operands_;
  std::vector<std::pair<std::size_t, std::string_view>> branches_;
};

}  // namespace gumbelcuda::ptx
