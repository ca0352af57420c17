// SPDX-License-Identifier: Apache-2.0
// See fiber.hpp.
#include "tests/simt/fiber.hpp"

#include <memory>
#include <utility>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#endif

namespace gumbelcuda::simt {
namespace {

// Stack frames are many times larger under the sanitizers.
#if defined(__SANITIZE_ADDRESS__)
constexpr std::size_t stack_bytes = 1 << 20;
void start_switch(void** leaving, const void* bottom, std::size_t size) {
  __sanitizer_start_switch_fiber(leaving, bottom, size);
}
void finish_switch(void* entered, const void** bottom, std::size_t* size) {
  __sanitizer_finish_switch_fiber(entered, bottom, size);
}
#else
constexpr std::size_t stack_bytes = 1 << 18;
void start_switch(void**, const void*, std::size_t) {}
void finish_switch(void*, const void**, std::size_t*) {}
#endif

}  // namespace

lane_fiber::lane_fiber(std::function<void()> body)
    : body_(std::move(body)),
      allocator_(stack_bytes),
      stack_(allocator_.allocate()),
      inside_(std::allocator_arg, boost::context::preallocated(stack_.sp, stack_.size, stack_), allocator_,
              [this](boost::context::fiber&& outside) { return main(std::move(outside)); }) {}

lane_fiber::~lane_fiber() {
  leaving_ = true;
  resume();
}

void lane_fiber::resume() {
  void* own = nullptr;
  start_switch(&own, static_cast<const char*>(stack_.sp) - stack_.size, stack_.size);
  inside_ = std::move(inside_).resume();
  finish_switch(own, nullptr, nullptr);
}

void lane_fiber::suspend() {
  void* own = nullptr;
  start_switch(&own, outside_bottom_, outside_size_);
  outside_ = std::move(outside_).resume();
  finish_switch(own, &outside_bottom_, &outside_size_);
}

boost::context::fiber lane_fiber::main(boost::context::fiber&& outside) {
  finish_switch(nullptr, &outside_bottom_, &outside_size_);
  outside_ = std::move(outside);
  while (!leaving_) {
    body_();
    suspend();
  }
  // The fiber ends here, so its stack is not kept, and the sanitizer forgets it.
  start_switch(nullptr, outside_bottom_, outside_size_);
  return std::move(outside_);
}

}  // namespace gumbelcuda::simt
