// SPDX-License-Identifier: Apache-2.0
#include "tests/ptx/names.hpp"

#include <algorithm>

#include "tests/ptx/scanner.hpp"

namespace gumbelcuda::ptx {
namespace {

constexpr const char* special_names[] = {
    "%tid.x",       "%tid.y",           "%tid.z",           "%ntid.x",      "%ntid.y",      "%ntid.z",
    "%ctaid.x",     "%ctaid.y",         "%ctaid.z",         "%nctaid.x",    "%nctaid.y",    "%nctaid.z",
    "%laneid",      "%warpid",          "%lanemask_eq",     "%lanemask_lt", "%lanemask_le", "%lanemask_gt",
    "%lanemask_ge", "%cluster_ctarank", "%cluster_nctarank"};

operand_type type_named(std::string_view type) {
  if (type == ".pred") return {4, true};
  const auto bits = to_number(type.substr(2));
  return {u8(bits / 8), false};
}

std::size_t aligned(std::size_t at, std::size_t alignment) { return (at + alignment - 1) / alignment * alignment; }

// "0f3F800000", "0d…", "0x10", "-3"; predicates as 0 and 1.
bool is_literal(std::string_view text) {
  return !text.empty() && (text.front() == '-' || (text.front() >= '0' && text.front() <= '9'));
}
std::uint64_t bits_of_literal(std::string_view text) {
  const bool is_real = text.size() > 2 && text[0] == '0' && std::string_view("fFdD").find(text[1]) != text.npos;
  return is_real ? to_number("0x" + std::string(text.substr(2))) : to_number(text);
}

}  // namespace

names::names(function& into, const std::vector<shared_variable>& shared) : into_(into), shared_(shared) {
  scopes_.emplace_back();
}

slot names::new_register(unsigned bytes) {
  const slot at = into_.slots;
  into_.slots += std::max(1u, bytes / 2);
  return at;
}

slot names::literal_of(std::uint64_t bits, unsigned bytes) {
  if (bytes < 8) bits &= (std::uint64_t{1} << (8 * bytes)) - 1;
  const auto [found, fresh] = literals_.try_emplace({bits, bytes}, 0);
  if (fresh) {
    found->second = new_register(bytes);
    into_.literals.push_back({found->second, u8(bytes), bits});
  }
  return found->second;
}

void names::declare_registers(std::string_view declaration) {
  const operand_type type = type_named(take_word(declaration));
  for (const std::string_view name : split(declaration, ',')) {
    const auto bracket = name.find('<');
    if (bracket == std::string_view::npos) {
      if (!registers_.try_emplace(name, named_register{new_register(type.bytes), type}).second)
        throw error(error_kind::unreadable, "unreadable: a second register " + std::string(name));
      scopes_.back().push_back(name);
      continue;
    }
    const auto count = unsigned(to_number(name.substr(bracket + 1, name.size() - bracket - 2)));
    ranges_.push_back({name.substr(0, bracket), into_.slots, count, type});
    into_.slots += count * std::max(1u, type.bytes / 2u);
  }
}

void names::close_scope() {
  for (const std::string_view name : scopes_.back()) registers_.erase(name);
  scopes_.pop_back();
}

void names::declare_variable(memory_space space, const shared_variable& variable) {
  std::size_t& total = space == memory_space::local ? into_.local_bytes : into_.static_shared_bytes;
  total = aligned(total, variable.alignment);
  addresses_[variable.name] = total;
  total += variable.bytes;
}

void names::declare_parameter(const shared_variable& variable) {
  into_.parameter_bytes = aligned(into_.parameter_bytes, variable.alignment);
  addresses_[variable.name] = into_.parameter_bytes;
  into_.parameters.push_back({into_.parameter_bytes, variable.bytes});
  into_.parameter_bytes += variable.bytes;
}

const named_register* names::find_register(std::string_view text) {
  const auto digits = text.find_last_not_of("0123456789") + 1;
  if (digits < text.size())
    for (const register_range& range : ranges_)
      if (text.substr(0, digits) == range.prefix) {
        unsigned number = 0;
        for (const char c : text.substr(digits)) number = 10 * number + unsigned(c - '0');
        if (number >= range.count) return nullptr;
        found_ = {range.first + number * std::max(1u, range.type.bytes / 2u), range.type};
        return &found_;
      }
  const auto found = registers_.find(text);
  if (found != registers_.end()) return &found->second;
  for (const char* const name : special_names)
    if (text == name) {
      found_ = {new_register(4), {4, false}};
      into_.specials.push_back({found_.at, name});
      return &registers_.emplace(text, found_).first->second;
    }
  return nullptr;
}

// Known only when the size of all static variables is: see finish().
slot names::dynamic_address(unsigned bytes) {
  slot& at = dynamic_addresses_[bytes];
  if (at == 0) {
    at = new_register(bytes);
    dynamic_.push_back(into_.literals.size());
    into_.literals.push_back({at, u8(bytes), 0});
  }
  return at;
}

named_register names::operand(std::string_view text, operand_type wanted) {
  if (const named_register* const found = find_register(text)) return *found;
  if (text == "WARP_SZ") return {literal_of(lanes_per_warp, wanted.bytes), wanted};
  if (wanted.is_predicate && is_literal(text)) return {literal_of(to_number(text) != 0 ? ~0ull : 0, 4), wanted};
  if (is_literal(text)) return {literal_of(bits_of_literal(text), wanted.bytes), wanted};
  for (const shared_variable& variable : shared_)
    if (variable.name == text) {
      if (variable.dynamic) return {dynamic_address(wanted.bytes), wanted};
      if (addresses_.count(text) == 0) declare_variable(memory_space::shared, variable);
    }
  if (const auto found = addresses_.find(text); found != addresses_.end())
    return {literal_of(found->second, wanted.bytes), wanted};
  throw error(error_kind::unreadable, "unreadable: what is " + std::string(text) + "?");
}

void names::finish() {
  into_.static_shared_bytes = dynamic_.empty() ? into_.static_shared_bytes : aligned(into_.static_shared_bytes, 16);
  for (const std::size_t n : dynamic_) into_.literals[n].bits = into_.static_shared_bytes;
}

}  // namespace gumbelcuda::ptx
