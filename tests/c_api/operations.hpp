// SPDX-License-Identifier: Apache-2.0
// The operations of gumbelcuda/c/ as a table for several tests: names and contents of the fields of each struct of
// arguments, invalid arguments that must be refused, and the C++ call that gives the same bytes.
#pragma once

#include <algorithm>
#include <cstring>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "gumbelcuda/gumbelcuda.h"
#include "gumbelcuda/gumbelcuda.hpp"
#include "tests/rows/row_batch.hpp"
#include "tests/unit/random_numbers.hpp"

namespace gumbelcuda::testing_c {

inline constexpr std::uint64_t case_rows = 5, case_classes = 22, case_words = 24;
inline const noise_address case_noise{.seed = 21, .first_row = 4, .offset = 8};

// What an array holds. Numbers have the call's type; `computed` ones are double for float64, and otherwise float.
enum class content {
  logits,        // in [0, 8), of so few bits that every type holds them
  shares,        // numbers in (0, 1)
  computed,      // one for each row, in (0, 1)
  temperature,   // floats in [1/4, 2)
  float_shares,  // floats in [1/2, 1)
  small,         // uint32_t, 1 to 8
  seeds,         // uint64_t, multiples of 4
  classes,       // int64_t, in [0, case_classes)
  partials,      // of shards
  // Results
  numbers_out,
  computed_out,
  float_out,
  index_out,
  index_int32_out,
  status_out,
  partials_out
};
inline bool is_result(content what) { return what >= content::numbers_out; }

inline std::size_t element_size(content what, number_type type) {
  switch (what) {
    case content::logits:
    case content::shares:
    case content::numbers_out:
      return testing_rows::size_of(type);
    case content::computed:
    case content::computed_out:
      return type == number_type::float64 ? 8 : 4;
    case content::temperature:
    case content::float_shares:
    case content::small:
    case content::float_out:
    case content::index_int32_out:
      return 4;
    case content::partials:
    case content::partials_out:
      return sizeof(gumbel_max_partial);
    case content::status_out:
      return 1;
    default:
      return 8;
  }
}

// The arrays of one call, by the names of their fields.
class arrays_by_name {
 public:
  explicit arrays_by_name(number_type its_type) : type(its_type) {}

  const_rows in(const std::string& name) { return {at<void>(name), all_.at(name).stride, all_.at(name).class_stride}; }
  mutable_rows out(const std::string& name) {
    return {at<void>(name), all_.at(name).stride, all_.at(name).class_stride};
  }
  template <class T>
  T* at(const std::string& name) {
    return static_cast<T*>(static_cast<void*>(all_.at(name).memory.data()));
  }
  // `per_row` numbers for each row. Rows are `stride` numbers apart, and numbers of a row `class_stride`; 0 means
  // contiguous. The memory is always large enough for rows of classes: if a struct is cut off before a parameter's
  // shape, the library takes the parameter for such rows.
  void make(const std::string& name, content what, std::uint64_t per_row, std::size_t stride,
            std::size_t class_stride = 0) {
    const std::size_t size = element_size(what, type);
    const std::uint64_t apart = stride > 0 ? stride : per_row, strided_classes = class_stride > 0 ? class_stride : 1;
    const std::uint64_t numbers = case_rows * std::max(apart, case_classes);
    array& made = all_[name] = {std::vector<std::uint64_t>((numbers * size + 7) / 8), stride, class_stride};
    auto* const bytes = reinterpret_cast<unsigned char*>(made.memory.data());
    std::memset(bytes, 0xa5, 8 * made.memory.size());
    random_numbers random(std::uint64_t(all_.size()));
    for (std::uint64_t row = 0; row < case_rows && !is_result(what); ++row)
      for (std::uint64_t k = 0; k < per_row; ++k)
        fill(bytes + (row * apart + k * strided_classes) * size, what, random);
  }
  // The names of results that a call has not written.
  std::vector<std::string> untouched(const std::map<std::string, content>& contents) {
    std::vector<std::string> names;
    for (const auto& [name, what] : contents)
      if (is_result(what) && all_.contains(name) &&
          std::all_of(all_[name].memory.begin(), all_[name].memory.end(),
                      [](std::uint64_t word) { return word == 0xa5a5a5a5a5a5a5a5; }))
        names.push_back(name);
    return names;
  }
  // The name of the first array that differs; empty if none does.
  std::string difference(const arrays_by_name& other) const {
    for (const auto& [name, made] : all_)
      if (made.memory != other.all_.at(name).memory) return name;
    return {};
  }
  // Copies the bytes of `other`; addresses stay the same.
  void copy_bytes(const arrays_by_name& other) {
    for (auto& [name, made] : all_) std::ranges::copy(other.all_.at(name).memory, made.memory.begin());
  }

  number_type type;

 private:
  struct array {
    std::vector<std::uint64_t> memory;
    std::size_t stride, class_stride;
  };

  void fill(unsigned char* to, content what, random_numbers& random) const {
    const auto put = [to](auto value) { std::memcpy(to, &value, sizeof value); };
    const double eighth_bits = double(random.word() % 127 + 1) / 128;
    switch (what) {
      case content::logits:
        return put_number(to, 8 * eighth_bits, type);
      case content::shares:
        return put_number(to, eighth_bits, type);
      case content::computed:
        return put_number(to, eighth_bits, type == number_type::float64 ? type : number_type::float32);
      case content::temperature:
        return put(float(.25 + 1.75 * eighth_bits));
      case content::float_shares:
        return put(float(.5 + .5 * eighth_bits));
      case content::small:
        return put(std::uint32_t(1 + random.word() % 8));
      case content::classes:
        return put(std::int64_t(random.word() % case_classes));
      case content::partials:
        return put(gumbel_max_partial{.score = 9 * eighth_bits,
                                      .index = std::int64_t(random.word() % 1000),
                                      .logit = 3 * eighth_bits,
                                      .top = 4 * eighth_bits,
                                      .total = 1 + 5 * eighth_bits,
                                      .status = row_status::drawn});
      default:
        return put(4 * std::uint64_t(random.word() % 1000));
    }
  }
  static void put_number(unsigned char* to, double value, number_type of) {
    testing_rows::row_batch one(of, 1, 1);
    one.set(0, 0, value);
    std::memcpy(to, one.in().data, testing_rows::size_of(of));
  }

  std::map<std::string, array> all_;
};

// A member of the arguments that is a pointer, rows or a parameter.
template <class Args>
struct field {
  template <class T>
  field(std::string its_name, content its_content, bool its_required, T* Args::*member, std::uint64_t its_per_row = 1)
      : name(std::move(its_name)),
        data_name(name),
        what(its_content),
        required(its_required),
        per_row(its_per_row),
        point([member](Args& a, const void* to) { a.*member = static_cast<T*>(const_cast<void*>(to)); }) {}
  template <class Rows>
  requires requires(Rows rows) { rows.row_stride; }
  field(std::string its_name, content its_content, bool its_required, Rows Args::*member)
      : name(std::move(its_name)),
        data_name(name + ".data"),
        what(its_content),
        required(its_required),
        per_row(case_classes),
        point([member](Args& a, const void* to) { (a.*member).data = const_cast<void*>(to); }),
        set_stride([member](Args& a, std::size_t to) { (a.*member).row_stride = to; }),
        set_class_stride([member](Args& a, std::size_t to) { (a.*member).class_stride = to; }) {}
  // A parameter with one number for each row, or one for all.
  template <class Parameter>
  requires requires(Parameter parameter) { parameter.shape; }
  field(std::string its_name, content its_content, bool its_required, Parameter Args::*member, int shape)
      : name(std::move(its_name)),
        data_name(name + ".data"),
        what(its_content),
        required(its_required),
        per_row(1),
        point([member, shape](Args& a, const void* to) {
          (a.*member).data = const_cast<void*>(to);
          (a.*member).shape = shape;
        }) {}

  // A pointer inside a nested struct.
  field(std::string its_name, content its_content, std::function<void(Args&, const void*)> its_point)
      : name(std::move(its_name)),
        data_name(name),
        what(its_content),
        required(false),
        per_row(1),
        point(std::move(its_point)) {}

  std::string name, data_name;  // of the argument; of its pointer in messages
  content what;
  bool required;
  std::uint64_t per_row;
  std::function<void(Args&, const void*)> point;
  std::function<void(Args&, std::size_t)> set_stride, set_class_stride;
};

template <class Args>
struct refusal {
  std::string argument;
  std::function<void(Args&)> spoil;
};

template <class Args>
struct operation {
  std::string name;
  gumbelcuda_status (*function)(gumbelcuda_handle*, const Args*);
  std::uint64_t words;                 // by how much a call moves the handle's offset
  std::function<void(Args&)> numbers;  // sets members that are no pointers
  std::vector<field<Args>> fields;
  // The same call in C++, with supplied noise and the arrays that args() made: see run_in_cpp().
  std::function<void(arrays_by_name&, const noise_address&, const row_execution&)> in_cpp;
  std::vector<refusal<Args>> refusals;  // in addition to those that follow from fields and sizes

  // With `apart`, each array has other strides.
  Args args(arrays_by_name& arrays, bool apart) const {
    Args a{};
    a.struct_size = sizeof a;
    if constexpr (requires { a.rows; }) a.rows = case_rows;
    if constexpr (requires { a.classes; }) a.classes = case_classes;
    if constexpr (requires { a.type; }) a.type = int(arrays.type);
    if constexpr (requires { a.noise.offset; }) a.noise.offset = case_noise.offset;
    if (numbers) numbers(a);
    std::size_t stride = 3 * case_classes, class_stride = 0;
    for (const field<Args>& f : all_fields()) {
      const bool strided = apart && f.set_stride;
      if (strided) ++stride, class_stride = class_stride % 3 + 1;
      arrays.make(f.name, f.what, f.per_row, strided ? stride : 0, strided ? class_stride : 0);
      f.point(a, arrays.at<void>(f.name));
      if (strided) f.set_stride(a, stride), f.set_class_stride(a, class_stride);
    }
    return a;
  }
  std::map<std::string, content> contents() const {
    std::map<std::string, content> all;
    for (const field<Args>& f : all_fields()) all[f.name] = f.what;
    return all;
  }
  // The fields, and seeds and offsets of rows if the arguments have noise.
  std::vector<field<Args>> all_fields() const {
    std::vector<field<Args>> all = fields;
    if constexpr (requires(Args a) { a.noise; })
      for (const bool is_seed : {true, false})
        all.emplace_back(is_seed ? "noise.row_seed" : "noise.row_offset", content::seeds,
                         [is_seed](Args& a, const void* to) {
                           (is_seed ? a.noise.row_seed : a.noise.row_offset) = static_cast<const std::uint64_t*>(to);
                         });
    return all;
  }
  void run_in_cpp(arrays_by_name& arrays, bool with_row_noise = true) const {
    noise_address noise = case_noise;
    if constexpr (requires(Args a) { a.noise; })
      if (with_row_noise) {
        noise.row_seed = arrays.at<std::uint64_t>("noise.row_seed");
        noise.row_offset = arrays.at<std::uint64_t>("noise.row_offset");
      }
    in_cpp(arrays, noise, {});
  }
};

}  // namespace gumbelcuda::testing_c
