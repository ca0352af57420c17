// SPDX-License-Identifier: Apache-2.0
// Implements gumbelcuda/c/leading_dimensions.h: moves the members of a struct of arguments from block to block.
#include "gumbelcuda/leading_dimensions.hpp"

#include <cstring>
#include <functional>
#include <memory>
#include <optional>

#include "host/c_api/answer.hpp"
#include "host/c_api/handle.hpp"

struct gumbelcuda_dimensions {
  using dimensions = gumbelcuda::leading_dimensions<>;

  dimensions arrays;
  std::size_t count;
  std::vector<std::function<void(const dimensions::block&)>> set;  // each sets a member of the arguments
  std::optional<bool> has_seeds{};
  std::optional<dimensions::walk> blocks{};
  std::weak_ptr<const bool> handle_alive{};
  gumbelcuda_handle* handle = nullptr;      // while a walk goes on
  std::uint64_t first_row = 0, offset = 0;  // of the handle, before the first block
};

using namespace gumbelcuda;
using namespace gumbelcuda::c_api;

namespace {

constexpr std::size_t most_dimensions = 64;

void check_can_add(const gumbelcuda_dimensions* dimensions) {
  check_not_null("dimensions", dimensions);
  if (dimensions->blocks)
    throw invalid_argument("dimensions", "are in use: no arrays can be added after the first block");
}

std::vector<std::ptrdiff_t> strides_of(const gumbelcuda_dimensions& dimensions, const std::ptrdiff_t* strides) {
  if (dimensions.count > 0) check_not_null("strides", strides);
  return {strides, strides + dimensions.count};
}

// Works for pointers of any type.
void move_on(void* pointer, const void* beginning, std::uint64_t bytes) {
  const void* const at = static_cast<const char*>(beginning) + bytes;
  std::memcpy(pointer, &at, sizeof at);
}

void set_noise(sampler& of, std::uint64_t first_row, std::uint64_t offset) {
  sampler_options options = of.options();
  options.noise.first_row = first_row;
  options.noise.offset = offset;
  of.set_options(options);
}

// The handle's next call draws for its own first row again.
void end_walk(gumbelcuda_dimensions& d) {
  if (d.handle && !d.handle_alive.expired())
    set_noise(d.handle->sampler, d.first_row, d.handle->sampler.options().noise.offset);
  d.handle = nullptr;
}

// add(arrays, data, strides) adds the array on its side. Each block sets `rows`.
template <class Rows, class Data, class Add>
void add_rows(gumbelcuda_dimensions* dimensions, Rows* rows, Data* data, const std::ptrdiff_t* strides, Add add) {
  check_can_add(dimensions);
  check_not_null("rows", rows);
  if (dimensions->arrays.rows() > 0) check_not_null("data", static_cast<const char*>(data));
  dimensions->set.push_back(
      [=, array = add(dimensions->arrays, data, strides_of(*dimensions, strides))](const auto& block) {
        const auto of_block = block[array];
        *rows = {of_block.data, of_block.row_stride, of_block.class_stride};
      });
}

// Rows that have seeds of their own all read one row of them, others one each.
template <class Noise>
void add_noise_of_rows(gumbelcuda_dimensions* dimensions, Noise* noise) {
  check_can_add(dimensions);
  check_not_null("noise", noise);
  const Noise of_all = *noise;
  const bool has_seeds = of_all.row_seed != nullptr;
  if (dimensions->has_seeds.value_or(has_seeds) != has_seeds)
    throw invalid_argument("noise", "has seeds of rows where what was added before has none, or the other way round");
  dimensions->has_seeds = has_seeds;
  dimensions->set.push_back([=](const auto& block) {
    if (of_all.row_seed) noise->row_seed = of_all.row_seed + block.first_row;
    if (of_all.row_offset) noise->row_offset = of_all.row_offset + block.first_row;
  });
}

}  // namespace

gumbelcuda_status gumbelcuda_create_dimensions(gumbelcuda_dimensions** dimensions, size_t count, const uint64_t* shape,
                                               uint64_t classes, int32_t type) {
  return answer([&] {
    check_not_null("dimensions", dimensions);
    *dimensions = nullptr;
    if (count > most_dimensions)
      throw invalid_argument("count", std::to_string(count) + " is more than " + std::to_string(most_dimensions));
    if (count > 0) check_not_null("shape", shape);
    *dimensions = new gumbelcuda_dimensions{
        leading_dimensions<>(std::vector<std::uint64_t>(shape, shape + count), classes, number_type(type)), count, {}};
  });
}

void gumbelcuda_destroy_dimensions(gumbelcuda_dimensions* dimensions) {
  if (dimensions) end_walk(*dimensions);
  delete dimensions;
}

gumbelcuda_status gumbelcuda_add_input(gumbelcuda_dimensions* dimensions, gumbelcuda_const_rows* rows, const void* data,
                                       const ptrdiff_t* strides, ptrdiff_t class_stride) {
  return answer([&] {
    add_rows(dimensions, rows, data, strides, [&](auto& arrays, auto* of, auto all_strides) {
      return arrays.input(of, std::move(all_strides), class_stride);
    });
  });
}

gumbelcuda_status gumbelcuda_add_output(gumbelcuda_dimensions* dimensions, gumbelcuda_rows* rows, void* data,
                                        const ptrdiff_t* strides, ptrdiff_t class_stride) {
  return answer([&] {
    add_rows(dimensions, rows, data, strides, [&](auto& arrays, auto* of, auto all_strides) {
      return arrays.output(of, std::move(all_strides), class_stride);
    });
  });
}

gumbelcuda_status gumbelcuda_add_per_row(gumbelcuda_dimensions* dimensions, void* pointer, size_t bytes) {
  return answer([&] {
    check_can_add(dimensions);
    check_not_null("pointer", static_cast<void**>(pointer));
    if (bytes == 0) throw invalid_argument("bytes", "0 is not 1 or more");
    const void* beginning;
    std::memcpy(&beginning, pointer, sizeof beginning);
    check_not_null("pointer", static_cast<const char*>(beginning));
    dimensions->set.push_back(
        [=](const auto& block) { move_on(pointer, beginning, block.first_row * std::uint64_t(bytes)); });
  });
}

gumbelcuda_status gumbelcuda_add_row_noise(gumbelcuda_dimensions* dimensions, gumbelcuda_row_noise* noise) {
  return answer([&] { add_noise_of_rows(dimensions, noise); });
}

gumbelcuda_status gumbelcuda_add_noise(gumbelcuda_dimensions* dimensions, gumbelcuda_noise* noise) {
  return answer([&] { add_noise_of_rows(dimensions, noise); });
}

gumbelcuda_status gumbelcuda_next_block(gumbelcuda_dimensions* dimensions, gumbelcuda_handle* handle, uint64_t* rows) {
  return answer([&] {
    check_not_null("dimensions", dimensions);
    check_not_null("handle", handle);
    check_not_null("rows", rows);
    gumbelcuda_dimensions& d = *dimensions;
    if (!d.blocks) {
      d.blocks.emplace(d.arrays);
      d.handle = handle;
      d.handle_alive = handle->alive;
      d.first_row = handle->sampler.options().noise.first_row;
      d.offset = handle->sampler.options().noise.offset;
    }
    if (d.handle && d.handle != handle) throw invalid_argument("handle", "is not that of the first block");
    if (!d.blocks->next()) {
      end_walk(d);
      *rows = 0;
      return;
    }
    const auto& block = d.blocks->current();
    set_noise(handle->sampler, d.first_row + (d.has_seeds.value_or(false) ? 0 : block.first_row), d.offset);
    for (const auto& set : d.set) set(block);
    *rows = block.rows;
  });
}
