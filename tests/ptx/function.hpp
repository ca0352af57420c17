// SPDX-License-Identifier: Apache-2.0
// A kernel as the interpreter executes it: instructions whose operands are registers. Literals and special registers
// (%tid.x, ...) are registers, too, which are filled before the first instruction.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gumbelcuda::ptx {

inline constexpr unsigned lanes_per_warp = 32;

// A register's place in the register file. A register has one value a lane, next to each other, so that one of 16 bits
// takes one slot and one of 64 takes four. A predicate is 0 or -1 in 32 bits. Slot 0 stands for an operand that an
// instruction does not have.
using slot = std::uint32_t;
inline constexpr std::size_t slot_bytes = lanes_per_warp * sizeof(std::uint16_t);

struct warp;
struct instruction;
using handler = void (*)(warp&, const instruction&);

enum class action : std::uint8_t {
  compute,  // each lane for itself
  pack,     // several registers into a wider one
  unpack,
  load,
  store,
  atomic,
  to_generic,  // cvta
  from_generic,
  in_other_block,  // mapa
  branch,
  end,
  // Operations that involve other lanes.
  shuffle_up,
  shuffle_down,
  shuffle_xor,
  shuffle_index,
  vote_all,
  vote_any,
  vote_uniform,
  ballot,
  warp_barrier,
  block_barrier,
  cluster_arrival,
  cluster_barrier,
};

struct instruction {
  handler compute = nullptr;
  slot result = 0;
  std::array<slot, 4> source{};
  slot guard = 0;
  bool guard_negated = false;
  action what = action::compute;
  bool copies = false;       // mov and selp, which may copy what has no value yet
  bool takes_lower = false;  // cvt of 64 bits to 32 or fewer: the upper half need not have a value
  // Of a branch: the instruction that it goes to. Of memory and packs: the place among the operands. Of a shuffle: the
  // register for its predicate. Of a conversion between integers: which.
  std::uint32_t detail = 0;
  std::uint32_t line = 0;
};

enum class memory_space : std::uint8_t { generic, global, shared, local, parameter };

// What an atomic makes of the number there and its operand, both extended to 64 bits by their sign.
using atomic_change = std::uint64_t (*)(std::uint64_t there, std::uint64_t by);

// The operands of a load, a store, an atomic, a pack or a cvta.
struct vector_operand {
  memory_space space = memory_space::generic;
  std::uint8_t bytes = 0;  // of an element
  std::uint8_t count = 1;  // of elements
  bool is_signed = false;
  std::uint8_t address_bytes = 8;
  std::int64_t offset = 0;
  std::array<slot, 4> values{};
  std::array<std::uint8_t, 4> widths{};  // of the values' registers, in bytes
  atomic_change change = nullptr;
};

struct literal {
  slot at;
  std::uint8_t bytes;
  std::uint64_t bits;
};

struct special_register {
  slot at;
  std::string name;
};

struct parameter {
  std::size_t offset, bytes;
};

struct function {
  std::string name;
  std::string_view module_text;  // of the whole module: lines are counted from its beginning
  std::vector<instruction> code;
  std::vector<vector_operand> operands;
  std::vector<literal> literals;
  std::vector<special_register> specials;
  std::vector<parameter> parameters;
  std::size_t parameter_bytes = 0;
  std::size_t static_shared_bytes = 0;  // the launch's dynamic shared memory follows them
  std::size_t local_bytes = 0;          // of a thread
  slot slots = 1;
  unsigned most_threads = 0;  // of a block, if the kernel says so

  [[nodiscard]] std::string text_of_line(unsigned line) const;
};

}  // namespace gumbelcuda::ptx
