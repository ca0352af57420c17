// SPDX-License-Identifier: Apache-2.0
// Handles: creation, settings, destruction.
#include "host/c_api/handle.hpp"

#include "host/api/row_checks.hpp"
#include "host/c_api/answer.hpp"

namespace {

using gumbelcuda::sampler_options, gumbelcuda::c_api::answer, gumbelcuda::c_api::check_not_null;

// Calls change(options) and stores the changed options if they are allowed. Some values are a struct's member in C++
// but a function's argument in C: change() checks these first, under their name in C.
template <class Change>
gumbelcuda_status set(gumbelcuda_handle* handle, Change change) {
  return answer([&] {
    check_not_null("handle", handle);
    sampler_options options = handle->sampler.options();
    change(options);
    handle->sampler.set_options(options);
  });
}

}  // namespace

gumbelcuda_status gumbelcuda_create(gumbelcuda_handle** handle) {
  return answer([&] {
    check_not_null("handle", handle);
    *handle = nullptr;
    *handle = new gumbelcuda_handle;
  });
}

void gumbelcuda_destroy(gumbelcuda_handle* handle) { delete handle; }

gumbelcuda_status gumbelcuda_set_backend(gumbelcuda_handle* handle, int backend) {
  return set(handle, [&](sampler_options& options) {
    if (backend != GUMBELCUDA_CPU && backend != GUMBELCUDA_CUDA)
      throw gumbelcuda::invalid_argument(
          "backend", std::to_string(backend) + " is neither 1 (GUMBELCUDA_CPU) nor 2 (GUMBELCUDA_CUDA)");
    options.backend = backend == GUMBELCUDA_CPU ? gumbelcuda::backend_kind::cpu : gumbelcuda::backend_kind::cuda;
  });
}

gumbelcuda_status gumbelcuda_set_threads(gumbelcuda_handle* handle, int threads) {
  return set(handle, [&](sampler_options& options) { options.threads = threads; });
}

gumbelcuda_status gumbelcuda_set_stream(gumbelcuda_handle* handle, void* stream) {
  return set(handle, [&](sampler_options& options) { options.stream = stream; });
}

gumbelcuda_status gumbelcuda_set_pointer_checks(gumbelcuda_handle* handle, int enabled) {
  return answer([&] {
    check_not_null("handle", handle);
    handle->checks_pointers = enabled != 0;
  });
}

gumbelcuda_status gumbelcuda_set_seed(gumbelcuda_handle* handle, uint64_t seed) {
  return set(handle, [&](sampler_options& options) { options.noise.seed = seed; });
}

gumbelcuda_status gumbelcuda_set_first_row(gumbelcuda_handle* handle, uint64_t first_row) {
  return set(handle, [&](sampler_options& options) { options.noise.first_row = first_row; });
}

gumbelcuda_status gumbelcuda_set_offset(gumbelcuda_handle* handle, uint64_t offset) {
  return set(handle, [&](sampler_options& options) {
    gumbelcuda::check_offset("offset", offset);
    options.noise.offset = offset;
  });
}

gumbelcuda_status gumbelcuda_set_device_offset(gumbelcuda_handle* handle, const uint64_t* device_offset) {
  return set(handle, [&](sampler_options& options) {
    gumbelcuda::check_alignment("device_offset", device_offset, sizeof *device_offset);
    options.noise.device_offset = device_offset;
  });
}

gumbelcuda_status gumbelcuda_get_offset(const gumbelcuda_handle* handle, uint64_t* offset) {
  return answer([&] {
    check_not_null("handle", handle);
    check_not_null("offset", offset);
    *offset = handle->sampler.options().noise.offset;
  });
}
