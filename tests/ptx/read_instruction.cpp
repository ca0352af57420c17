// SPDX-License-Identifier: Apache-2.0
#include "tests/ptx/read_instruction.hpp"

#include <algorithm>

namespace gumbelcuda::ptx {
namespace {

const operation_table& known_operations() {
  static const operation_table table;
  return table;
}

bool is_vector(std::string_view text) { return !text.empty() && text.front() == '{'; }

bool is_integer_type(std::string_view type) {
  return type.size() >= 2 && (type.front() == 's' || type.front() == 'u') && type[1] >= '0' && type[1] <= '9';
}

u8 bytes_of_type(std::string_view type) {
  const auto digits = type.find_first_of("0123456789");
  if (digits == std::string_view::npos) throw error(error_kind::unreadable, "unreadable: type " + std::string(type));
  return u8(to_number(type.substr(digits)) / 8);
}

}  // namespace

void instruction_reader::read(const statement& s) {
  opcode_ = s.word;
  parts_ = split(s.word, '.');
  operands_ = split(s.rest, ',');
  instruction i;
  i.line = s.line;
  if (!s.guard.empty()) {
    i.guard_negated = s.guard.front() == '!';
    i.guard = predicate_of(s.guard.substr(i.guard_negated));
  }
  if (!read_control(i) && !read_memory(i) && !read_atomic(i) && !read_warp_operation(i)) read_computation(i);
  into_.code.push_back(i);
}

bool instruction_reader::has(std::string_view part) const {
  return std::find(parts_.begin(), parts_.end(), part) != parts_.end();
}

memory_space instruction_reader::space() const {
  if (has("global")) return memory_space::global;
  if (has("shared")) return memory_space::shared;
  if (has("local")) return memory_space::local;
  if (has("param")) return memory_space::parameter;
  return memory_space::generic;
}

void instruction_reader::require_operands(std::size_t count) const {
  if (operands_.size() != count) unknown();
}

void instruction_reader::unknown() const {
  throw error(error_kind::unknown_instruction, "unknown_instruction: " + std::string(opcode_) + " with " +
                                                   std::to_string(operands_.size()) + " operands");
}

slot instruction_reader::of_bytes(std::string_view text, unsigned bytes) {
  const named_register found = names_.operand(text, {u8(bytes), false});
  if (found.type.bytes != bytes || found.type.is_predicate) unknown();
  return found.at;
}

slot instruction_reader::predicate_of(std::string_view text) {
  const named_register found = names_.operand(text, {4, true});
  if (!found.type.is_predicate) unknown();
  return found.at;
}

bool instruction_reader::read_control(instruction& i) {
  if (opcode_ == "bra" || opcode_ == "bra.uni") {
    require_operands(1);
    i.what = action::branch;
    branches_.emplace_back(into_.code.size(), operands_[0]);
  } else if (opcode_ == "ret" || opcode_ == "exit" || opcode_ == "ret.uni") {
    i.what = action::end;
  } else if (opcode_ == "bar.sync" || opcode_ == "barrier.sync" || opcode_ == "barrier.cta.sync" ||
             opcode_ == "barrier.sync.aligned" || opcode_ == "barrier.cta.sync.aligned") {
    if (operands_.size() != 1 || operands_[0] != "0") unknown();  // one barrier, of all threads
    i.what = action::block_barrier;
  } else if (opcode_ == "barrier.cluster.arrive" || opcode_ == "barrier.cluster.wait") {
    i.what = has("arrive") ? action::cluster_arrival : action::cluster_barrier;
  } else {
    return false;
  }
  return true;
}

void instruction_reader::read_address(instruction& i, vector_operand& access, std::string_view text) {
  const std::string_view inner = text.substr(1, text.size() - 2);
  const auto plus = inner.find('+');
  if (plus != std::string_view::npos) access.offset = std::int64_t(to_number(inner.substr(plus + 1)));
  const named_register base = names_.operand(trimmed(inner.substr(0, plus)), {8, false});
  access.address_bytes = base.type.bytes;
  i.source[0] = base.at;
}

void instruction_reader::read_values(vector_operand& access, std::string_view text) {
  const std::vector<std::string_view> values =
      is_vector(text) ? split(text.substr(1, text.size() - 2), ',') : std::vector{text};
  if (values.size() > access.values.size()) unknown();
  access.count = u8(values.size());
  for (std::size_t k = 0; k < values.size(); ++k) {
    if (values[k] == "_") {
      access.widths[k] = std::max<u8>(2, access.bytes);
      access.values[k] = names_.unused(access.widths[k]);
      continue;
    }
    const named_register value = names_.operand(values[k], {std::max<u8>(2, access.bytes), false});
    if (value.type.bytes < access.bytes || value.type.is_predicate) unknown();
    access.values[k] = value.at;
    access.widths[k] = value.type.bytes;
  }
}

bool instruction_reader::read_memory(instruction& i) {
  if (opcode_ == "mapa.u64") {
    require_operands(3);
    i.what = action::in_other_block;
    i.result = of_bytes(operands_[0], 8);
    i.source[0] = of_bytes(operands_[1], 8);
    i.source[1] = of_bytes(operands_[2], 4);
    return true;
  }
  const bool loads = parts_[0] == "ld", stores = parts_[0] == "st", converts = parts_[0] == "cvta";
  if (!loads && !stores && !converts) return false;
  require_operands(2);
  vector_operand access;
  access.space = space();
  if (converts) {
    i.what = has("to") ? action::from_generic : action::to_generic;
    i.result = of_bytes(operands_[0], 8);
    i.source[0] = of_bytes(operands_[1], 8);
  } else {
    i.what = loads ? action::load : action::store;
    access.bytes = bytes_of_type(last_part());
    access.is_signed = last_part().front() == 's';
    read_address(i, access, operands_[loads ? 1 : 0]);
    read_values(access, operands_[loads ? 0 : 1]);
    const bool scalar = access.count == 1;
    if (scalar != !(has("v2") || has("v4"))) unknown();
  }
  i.detail = std::uint32_t(into_.operands.size());
  into_.operands.push_back(access);
  return true;
}

// atom.shared.max.s32 %r1, [%r2], %r3: integers only.
bool instruction_reader::read_atomic(instruction& i) {
  if (parts_[0] != "atom") return false;
  require_operands(3);
  vector_operand access;
  access.space = space();
  access.bytes = bytes_of_type(last_part());
  access.is_signed = last_part().front() == 's';
  if (!is_integer_type(last_part()) && last_part().front() != 'b') unknown();
  if (has("add"))
    access.change = [](u64 there, u64 by) { return there + by; };
  else if (has("exch"))
    access.change = [](u64, u64 by) { return by; };
  else if (has("min") && access.is_signed)
    access.change = [](u64 there, u64 by) { return s64(by) < s64(there) ? by : there; };
  else if (has("min"))
    access.change = [](u64 there, u64 by) { return by < there ? by : there; };
  else if (has("max") && access.is_signed)
    access.change = [](u64 there, u64 by) { return s64(there) < s64(by) ? by : there; };
  else if (has("max"))
    access.change = [](u64 there, u64 by) { return there < by ? by : there; };
  else
    unknown();
  i.what = action::atomic;
  i.result = of_bytes(operands_[0], access.bytes);
  read_address(i, access, operands_[1]);
  i.source[1] = of_bytes(operands_[2], access.bytes);
  i.detail = std::uint32_t(into_.operands.size());
  into_.operands.push_back(access);
  return true;
}

bool instruction_reader::read_warp_operation(instruction& i) {
  if (opcode_ == "bar.warp.sync") {
    require_operands(1);
    i.what = action::warp_barrier;
    i.source[3] = of_bytes(operands_[0], 4);
  } else if (opcode_.starts_with("shfl.sync.") && last_part() == "b32") {
    require_operands(5);
    i.what = has("up")     ? action::shuffle_up
             : has("down") ? action::shuffle_down
             : has("bfly") ? action::shuffle_xor
                           : action::shuffle_index;
    const auto bar = operands_[0].find('|');
    i.result = of_bytes(operands_[0].substr(0, bar), 4);
    if (bar != std::string_view::npos) i.detail = predicate_of(operands_[0].substr(bar + 1));
    for (unsigned k = 0; k < 4; ++k) i.source[k] = of_bytes(operands_[k + 1], 4);
  } else if (opcode_.starts_with("vote.sync.")) {
    require_operands(3);
    const bool ballot = has("ballot");
    i.what = ballot       ? action::ballot
             : has("all") ? action::vote_all
             : has("any") ? action::vote_any
                          : action::vote_uniform;
    i.result = ballot ? of_bytes(operands_[0], 4) : predicate_of(operands_[0]);
    i.source[0] = predicate_of(operands_[1]);
    i.source[3] = of_bytes(operands_[2], 4);
  } else {
    return false;
  }
  return true;
}

// mov.b64 %rd1, {%r1, %r2} and the other way round.
void instruction_reader::read_pack(instruction& i) {
  const bool packs = is_vector(operands_[1]);
  const unsigned bytes = bytes_of_type(last_part());
  vector_operand parts;
  const std::string_view vector = operands_[packs ? 1 : 0];
  const std::size_t count = split(vector.substr(1, vector.size() - 2), ',').size();
  parts.bytes = u8(bytes / count);
  read_values(parts, vector);
  for (unsigned k = 0; k < parts.count; ++k)
    if (parts.widths[k] != parts.bytes) unknown();
  i.what = packs ? action::pack : action::unpack;
  (packs ? i.result : i.source[0]) = of_bytes(operands_[packs ? 0 : 1], bytes);
  i.detail = std::uint32_t(into_.operands.size());
  into_.operands.push_back(parts);
}

bool instruction_reader::read_integer_conversion(instruction& i) {
  if (parts_[0] != "cvt" || parts_.size() != 3 || !is_integer_type(parts_[1]) || !is_integer_type(parts_[2]))
    return false;
  require_operands(2);
  const named_register to = names_.operand(operands_[0], {std::max<u8>(2, bytes_of_type(parts_[1])), false});
  const named_register from = names_.operand(operands_[1], {std::max<u8>(2, bytes_of_type(parts_[2])), false});
  if (to.type.bytes < bytes_of_type(parts_[1]) || from.type.bytes < bytes_of_type(parts_[2])) unknown();
  i.compute = convert_integers;
  i.takes_lower = from.type.bytes == 8 && bytes_of_type(parts_[1]) <= 4;
  i.result = to.at;
  i.source[0] = from.at;
  i.detail = integer_conversion(parts_[1], to.type.bytes, parts_[2], from.type.bytes);
  return true;
}

void instruction_reader::read_computation(instruction& i) {
  if (parts_[0] == "mov" && operands_.size() == 2 && (is_vector(operands_[0]) || is_vector(operands_[1])))
    return read_pack(i);
  if (read_integer_conversion(i)) return;
  const operation* const found = known_operations().find(std::string(opcode_));
  if (found == nullptr || operands_.size() != found->count) unknown();
  i.compute = found->compute;
  i.copies = parts_[0] == "mov" || parts_[0] == "selp";
  for (unsigned k = 0; k < found->count; ++k) {
    const operand_type wanted = found->operands[k];
    const slot at = wanted.is_predicate ? predicate_of(operands_[k]) : of_bytes(operands_[k], wanted.bytes);
    (k == 0 ? i.result : i.source[k - 1]) = at;
  }
}

}  // namespace gumbelcuda::ptx
