// SPDX-License-Identifier: Apache-2.0
// The control flow of one lane: a fiber of Boost.Context that runs its body repeatedly, once for each block, so that
// its stack is made only once. It tells the address sanitizer which stack is in use, because Debian's Boost.Context
// does not.
#pragma once

#include <boost/context/fiber.hpp>
#include <boost/context/protected_fixedsize_stack.hpp>
#include <functional>

namespace gumbelcuda::simt {

class lane_fiber {
 public:
  // `body` must not throw.
  explicit lane_fiber(std::function<void()> body);
  ~lane_fiber();
  lane_fiber(const lane_fiber&) = delete;
  lane_fiber& operator=(const lane_fiber&) = delete;

  void resume();   // from outside: runs until the body calls suspend() or ends
  void suspend();  // from within the body

 private:
  boost::context::fiber main(boost::context::fiber&& outside);

  std::function<void()> body_;
  boost::context::protected_fixedsize_stack allocator_;  // with a guard page, so that an overflow is a fault
  boost::context::stack_context stack_;
  boost::context::fiber inside_;
  boost::context::fiber outside_;
  const void* outside_bottom_ = nullptr;
  std::size_t outside_size_ = 0;
  bool leaving_ = false;
};

}  // namespace gumbelcuda::simt
