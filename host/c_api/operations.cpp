// SPDX-License-Identifier: Apache-2.0
// The operations in C: from arguments to a task. To add one: its struct and its function in gumbelcuda.h, both below,
// its pointers in pointers.hpp, and its name in tests/package/abi_symbols.txt.
#include "host/c_api/answer.hpp"
#include "host/c_api/handle.hpp"
#include "host/c_api/pointers.hpp"

namespace gumbelcuda {
namespace {

using namespace c_api;

gumbel_noise_task task_of(const gumbelcuda_gumbel_noise_args& args) {
  check_flags(args.flags, 0);
  return {
      .rows = args.rows, .classes = args.classes, .type = number_type(args.type), .out = {args.out, args.out_stride}};
}

gumbel_max_task task_of(const gumbelcuda_gumbel_max_args& args) {
  check_flags(args.flags, 0);
  return {.rows = args.rows,
          .classes = args.classes,
          .type = number_type(args.type),
          .logits = {args.logits, args.logits_stride},
          .index = args.index,
          .log_prob = args.log_prob,
          .status = reinterpret_cast<row_status*>(args.status)};
}

gumbel_softmax_task task_of(const gumbelcuda_gumbel_softmax_args& args) {
  check_flags(args.flags, GUMBELCUDA_TEMPERATURE_PER_ROW | GUMBELCUDA_LOG_DOMAIN);
  return {.rows = args.rows,
          .classes = args.classes,
          .type = number_type(args.type),
          .logits = {args.logits, args.logits_stride},
          .temperature = args.temperature,
          .temperature_per_row = (args.flags & GUMBELCUDA_TEMPERATURE_PER_ROW) != 0,
          .y = {args.y, args.y_stride},
          .one_hot = {args.one_hot, args.one_hot_stride},
          .index = args.index,
          .log_domain = (args.flags & GUMBELCUDA_LOG_DOMAIN) != 0};
}

gumbel_softmax_vjp_task task_of(const gumbelcuda_gumbel_softmax_vjp_args& args, noise_address noise) {
  check_flags(args.flags, GUMBELCUDA_TEMPERATURE_PER_ROW);
  noise.offset = args.offset;
  return {.rows = args.rows,
          .classes = args.classes,
          .type = number_type(args.type),
          .noise = noise,
          .logits = {args.logits, args.logits_stride},
          .temperature = args.temperature,
          .temperature_per_row = (args.flags & GUMBELCUDA_TEMPERATURE_PER_ROW) != 0,
          .y = {args.y, args.y_stride},
          .d_y = {args.d_y, args.d_y_stride},
          .d_logits = {args.d_logits, args.d_logits_stride},
          .d_temperature = args.d_temperature};
}

// Calls work(sampler, arguments).
template <class Args, class Work>
gumbelcuda_status with(gumbelcuda_handle* handle, const Args* args, Work work) {
  return answer([&] {
    check_given("handle", handle);
    const Args whole = read(args);
    if (handle->checks_pointers) check_pointers(handle->sampler.options(), whole);
    work(handle->sampler, whole);
  });
}

}  // namespace
}  // namespace gumbelcuda

gumbelcuda_status gumbelcuda_gumbel_noise(gumbelcuda_handle* handle, const gumbelcuda_gumbel_noise_args* args) {
  return gumbelcuda::with(handle, args,
                          [](auto& sampler, const auto& a) { sampler.gumbel_noise(gumbelcuda::task_of(a)); });
}

gumbelcuda_status gumbelcuda_gumbel_max(gumbelcuda_handle* handle, const gumbelcuda_gumbel_max_args* args) {
  return gumbelcuda::with(handle, args,
                          [](auto& sampler, const auto& a) { sampler.gumbel_max(gumbelcuda::task_of(a)); });
}

gumbelcuda_status gumbelcuda_gumbel_softmax(gumbelcuda_handle* handle, const gumbelcuda_gumbel_softmax_args* args) {
  return gumbelcuda::with(handle, args,
                          [](auto& sampler, const auto& a) { sampler.gumbel_softmax(gumbelcuda::task_of(a)); });
}

gumbelcuda_status gumbelcuda_gumbel_softmax_vjp(gumbelcuda_handle* handle,
                                                const gumbelcuda_gumbel_softmax_vjp_args* args) {
  return gumbelcuda::with(handle, args, [](auto& sampler, const auto& a) {
    sampler.gumbel_softmax_vjp(gumbelcuda::task_of(a, sampler.options().noise));
  });
}

gumbelcuda_status gumbelcuda_advance_noise(gumbelcuda_handle* handle, uint64_t* device_offset, uint64_t words) {
  return gumbelcuda::c_api::answer([&] {
    using namespace gumbelcuda::c_api;
    check_given("handle", handle);
    const named_pointer pointer{"device_offset", device_offset};
    if (handle->checks_pointers) check_pointers(handle->sampler.options(), &pointer, &pointer + 1);
    handle->sampler.advance_noise(device_offset, words);
  });
}
