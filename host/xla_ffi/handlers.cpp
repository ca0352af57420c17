// SPDX-License-Identifier: Apache-2.0
// A handler for each operation on rows, made from one template. XLA's types end here.
#include <array>
#include <exception>
#include <new>
#include <utility>

#include "gumbelcuda/gumbelcuda.h"
#include "host/cuda/cuda_rows.hpp"
#include "host/xla_ffi/call.hpp"
#include "xla/ffi/api/ffi.h"

namespace gumbelcuda::xla {
namespace {

namespace ffi = ::xla::ffi;

raw_buffer raw_of(const ffi::AnyBuffer& buffer) {
  const ffi::AnyBuffer::Dimensions shape = buffer.dimensions();
  return {buffer.untyped_data(), {shape.begin(), shape.size()}, ffi::ByteWidth(buffer.element_type())};
}

std::string_view text(const ffi::Dictionary& attributes, std::string_view name) {
  const ffi::ErrorOr<std::string_view> value = attributes.get<std::string_view>(name);
  return value ? *value : std::string_view();
}

raw_call read_call(const ffi::RemainingArgs& operands, const ffi::RemainingRets& results,
                   const ffi::Dictionary& attributes) {
  raw_call raw;
  raw.operand_names = text(attributes, "operands");
  raw.result_names = text(attributes, "results");
  for (std::size_t i = 0; i < operands.size(); ++i) raw.operands.push_back(raw_of(*operands.get<ffi::AnyBuffer>(i)));
  for (std::size_t i = 0; i < results.size(); ++i) raw.results.push_back(raw_of(**results.get<ffi::AnyBuffer>(i)));
  raw.number = [&attributes](std::string_view name) -> std::optional<std::int64_t> {
    if (!attributes.contains(name)) return std::nullopt;
    const ffi::ErrorOr<std::int64_t> number = attributes.get<std::int64_t>(name);
    if (!number) throw invalid_argument(std::string(name), "is not an int64");
    return *number;
  };
  return raw;
}

template <class Work>
ffi::Error answer(Work work) {
  try {
    work();
    return ffi::Error::Success();
  } catch (const invalid_argument& refused) {
    return ffi::Error::InvalidArgument(refused.what());
  } catch (const no_device& refused) {
    return {ffi::ErrorCode::kFailedPrecondition, refused.what()};
  } catch (const out_of_memory& refused) {
    return {ffi::ErrorCode::kResourceExhausted, refused.what()};
  } catch (const std::bad_alloc&) {
    return {ffi::ErrorCode::kResourceExhausted, "out of memory"};
  } catch (const std::exception& fault) {
    return ffi::Error::Internal(fault.what());
  }
}

template <class Task>
XLA_FFI_Error* run_on_cpu_buffers(XLA_FFI_CallFrame* frame) {
  const auto work = [](ffi::RemainingArgs operands, ffi::RemainingRets results, ffi::Dictionary attributes) {
    return answer([&] {
      thread_local scratch_memory scratch;
      raw_call raw = read_call(operands, results, attributes);
      raw.execution = {.backend = backend_kind::cpu, .scratch = &scratch};
      raw.read = [](void* to, const void* from, std::size_t bytes) { std::memcpy(to, from, bytes); };
      call<Task>(raw).run();
    });
  };
  static auto* const handler = ffi::Ffi::Bind().RemainingArgs().RemainingRets().Attrs().To(work).release();
  return handler->Call(frame);
}

// XLA makes the stream's device the current one before it calls.
template <class Task>
XLA_FFI_Error* run_on_cuda_buffers(XLA_FFI_CallFrame* frame) {
  const auto work = [](void* stream, ffi::RemainingArgs operands, ffi::RemainingRets results,
                       ffi::Dictionary attributes) {
    return answer([&] {
      raw_call raw = read_call(operands, results, attributes);
      raw.execution = {.backend = backend_kind::cuda, .stream = stream};
      raw.read = [stream](void* to, const void* from, std::size_t bytes) { read_from_cuda(to, from, bytes, stream); };
      call<Task>(raw).run();
    });
  };
  static auto* const handler =
      ffi::Ffi::Bind().Ctx<ffi::PlatformStream<void*>>().RemainingArgs().RemainingRets().Attrs().To(work).release();
  return handler->Call(frame);
}

struct named_handlers {
  std::string_view name;
  XLA_FFI_Handler *cpu, *cuda;
};
template <class Task>
constexpr named_handlers handlers_of(std::string_view name) {
  return {name, run_on_cpu_buffers<Task>, run_on_cuda_buffers<Task>};
}
// All but those on shards, whose records are no arrays of numbers.
constexpr std::array handlers = {
    handlers_of<gumbel_noise_task>("gumbel_noise"),
    handlers_of<gumbel_max_task>("gumbel_max"),
    handlers_of<gumbel_softmax_task>("gumbel_softmax"),
    handlers_of<gumbel_softmax_vjp_task>("gumbel_softmax_vjp"),
    handlers_of<categorical_sample_task>("categorical_sample"),
    handlers_of<categorical_sample_from_probabilities_task>("categorical_sample_from_probabilities"),
    handlers_of<gumbel_top_k_task>("gumbel_top_k"),
    handlers_of<relaxed_k_hot_task>("relaxed_k_hot"),
    handlers_of<relaxed_k_hot_vjp_task>("relaxed_k_hot_vjp"),
    handlers_of<relaxed_bernoulli_task>("relaxed_bernoulli"),
    handlers_of<relaxed_bernoulli_vjp_task>("relaxed_bernoulli_vjp"),
    handlers_of<relaxed_bernoulli_log_prob_task>("relaxed_bernoulli_log_prob"),
    handlers_of<conditional_gumbel_task>("conditional_gumbel"),
    handlers_of<gumbel_rao_vjp_task>("gumbel_rao_vjp"),
    handlers_of<kl_divergence_task>("kl_divergence"),
    handlers_of<concrete_kl_estimate_task>("concrete_kl_estimate"),
    handlers_of<concrete_kl_estimate_vjp_task>("concrete_kl_estimate_vjp"),
    handlers_of<concrete_log_prob_task>("concrete_log_prob"),
    handlers_of<concrete_log_prob_vjp_task>("concrete_log_prob_vjp"),
    handlers_of<location_scale_sample_task>("location_scale_sample"),
    handlers_of<location_scale_sample_vjp_task>("location_scale_sample_vjp"),
    handlers_of<location_scale_log_prob_task>("location_scale_log_prob"),
    handlers_of<location_scale_log_prob_vjp_task>("location_scale_log_prob_vjp")};
static_assert(handlers.size() + 2 == std::tuple_size_v<decltype(operations_on_rows)>, "an operation has no handler");

}  // namespace
}  // namespace gumbelcuda::xla

const void* gumbelcuda_xla_ffi_handler(const char* operation, int backend) {
  if (operation && (backend == GUMBELCUDA_CPU || backend == GUMBELCUDA_CUDA))
    for (const auto& [name, cpu, cuda] : gumbelcuda::xla::handlers)
      if (name == operation) return reinterpret_cast<const void*>(backend == GUMBELCUDA_CPU ? cpu : cuda);
  return nullptr;
}
