// SPDX-License-Identifier: Apache-2.0
// Numbers, texts and lists as bytes and back. A list of members written once serves both directions:
//
//   template <class Bytes, class Thing> void visit(Bytes& bytes, Thing& thing) { bytes(thing.number); … }
//
// Integers and enumerations take eight bytes, floating-point numbers their own; the lowest byte comes first.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "gumbelcuda/error.hpp"

namespace gumbelcuda {

static_assert(std::endian::native == std::endian::little, "files have their lowest byte first");

template <class Number>
using stored_number = std::conditional_t<
    std::is_floating_point_v<Number>, Number,
    std::conditional_t<std::is_signed_v<Number> || std::is_enum_v<Number>, std::int64_t, std::uint64_t>>;

class byte_writer {
 public:
  template <class Number>
  requires(std::is_arithmetic_v<Number> || std::is_enum_v<Number>) void operator()(const Number& number) {
    const auto stored = static_cast<stored_number<Number>>(number);
    append(&stored, sizeof stored);
  }
  void operator()(const std::string& text) {
    (*this)(text.size());
    bytes_ += text;
  }
  template <class Element>
  void operator()(const std::vector<Element>& list) {
    this->list(list, [this](const Element& element) { (*this)(element); });
  }
  template <class Element, class Visit>
  void list(const std::vector<Element>& list, Visit visit) {
    (*this)(list.size());
    for (const Element& element : list) visit(element);
  }
  // As they are in memory.
  template <class Number>
  void numbers(const Number* from, std::size_t count) {
    if (count > 0) append(from, count * sizeof(Number));
  }

  const std::string& bytes() const { return bytes_; }

 private:
  void append(const void* from, std::size_t count) { bytes_.append(static_cast<const char*>(from), count); }

  std::string bytes_;
};

// How many there would be.
class byte_counter {
 public:
  template <class Number>
  requires(std::is_arithmetic_v<Number> || std::is_enum_v<Number>) void operator()(const Number&) {
    bytes_ += sizeof(stored_number<Number>);
  }
  template <class Number>
  void numbers(const Number*, std::size_t count) {
    bytes_ += count * sizeof(Number);
  }
  std::uint64_t bytes() const { return bytes_; }

 private:
  std::uint64_t bytes_ = 0;
};

// Throws damaged_file where the bytes end too early.
class byte_reader {
 public:
  // `file` is for messages.
  byte_reader(std::string_view bytes, std::string file) : left_(bytes), file_(std::move(file)) {}

  template <class Number>
  requires(std::is_arithmetic_v<Number> || std::is_enum_v<Number>) void operator()(Number& number) {
    stored_number<Number> stored;
    take(&stored, sizeof stored);
    number = static_cast<Number>(stored);
    if (static_cast<stored_number<Number>>(number) != stored && stored == stored) damaged("a number is out of range");
  }
  void operator()(std::string& text) {
    text.resize(length(1));
    take(text.data(), text.size());
  }
  template <class Element>
  void operator()(std::vector<Element>& list) {
    this->list(list, [this](Element& element) { (*this)(element); });
  }
  // An element takes four bytes of the file or more, and at most 128 bytes of memory: a wrong length asks for no more
  // than 32 times the file.
  template <class Element, class Visit>
  void list(std::vector<Element>& list, Visit visit) {
    list.resize(length(4));
    for (Element& element : list) visit(element);
  }
  template <class Number>
  void numbers(Number* to, std::size_t count) {
    if (count > 0) take(to, count * sizeof(Number));
  }

  void expect_end() const {
    if (!left_.empty()) damaged("there are bytes that do not belong there");
  }
  [[noreturn]] void damaged(const std::string& problem) const { throw damaged_file(file_ + " is damaged: " + problem); }

 private:
  std::size_t length(std::size_t bytes_of_one) {
    std::uint64_t count = 0;
    (*this)(count);
    if (count > left_.size() / bytes_of_one) damaged("a list is longer than the file");
    return static_cast<std::size_t>(count);
  }
  void take(void* to, std::size_t count) {
    if (count > left_.size()) damaged("it ends too early");
    std::memcpy(to, left_.data(), count);
    left_.remove_prefix(count);
  }

  std::string_view left_;
  std::string file_;
};

}  // namespace gumbelcuda
