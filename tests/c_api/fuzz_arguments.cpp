// SPDX-License-Identifier: Apache-2.0
// Whatever the arguments, the functions of gumbelcuda.h answer with success or invalid_argument, and stay inside the
// arrays that the arguments say: a fuzzer's bytes become handles, structs and arrays of exactly the size that is
// needed. What must hold:
//
//   refused    nothing has been written, no offset has moved, and the message begins with a name
//   success    only elements of results have been written; the noise has moved on; once more from the same offset gives
//              the same bytes
//
// With Clang it is a libFuzzer program; otherwise main() below feeds it pseudo-random bytes, in every build's tests.
#include <cstring>
#include <functional>
#include <string>
#include <type_traits>

#include "tests/c_api/fuzz_fill.hpp"

namespace {

using namespace gumbelcuda::testing_c;

// Calls that succeeded and left something, of each operation: a test that only sees refusals would see nothing.
std::uint64_t successes[11] = {};

std::uint64_t offset_of(gumbelcuda_handle* handle) {
  std::uint64_t offset = 1;
  REQUIRE(gumbelcuda_get_offset(handle, &offset) == GUMBELCUDA_SUCCESS);
  return offset;
}

bool answers(gumbelcuda_status status) {
  if (status == GUMBELCUDA_SUCCESS) return true;
  REQUIRE(status == GUMBELCUDA_INVALID_ARGUMENT);
  const std::string message = gumbelcuda_last_error_message();
  const std::size_t name = message.find_first_not_of("abcdefghijklmnopqrstuvwxyz_");
  REQUIRE(name != std::string::npos && name > 0 && message.compare(name, 2, ": ") == 0 && message.size() > name + 2);
  return false;
}

// Runs the call and looks at what it left behind. `refusal`: it must be refused.
void run(gumbelcuda_handle* handle, arrays& memory, bool refusal, std::uint64_t words,
         const std::function<gumbelcuda_status()>& call) {
  const std::uint64_t offset = offset_of(handle);
  memory.remember();
  if (!answers(call())) {
    REQUIRE(memory.unchanged());
    REQUIRE(offset_of(handle) == offset);
    return;
  }
  REQUIRE(!refusal);
  REQUIRE(memory.only_results_changed());
  REQUIRE(offset_of(handle) == offset + words);
  if (memory.shared()) return;
  const auto first = memory.contents();
  memory.restore();
  REQUIRE(gumbelcuda_set_offset(handle, offset) == GUMBELCUDA_SUCCESS);
  REQUIRE(call() == GUMBELCUDA_SUCCESS);
  REQUIRE(memory.contents() == first);
}

template <class Args>
void operation(int number, input& in, gumbelcuda_handle* handle,
               gumbelcuda_status (*function)(gumbelcuda_handle*, const Args*), std::uint32_t known_flags) {
  Args args{};
  args.rows = in.number(9);
  const std::uint64_t classes = in.number(70);
  if constexpr (requires { args.classes; })
    args.classes = classes;
  else
    args.shards = classes % 8 == 0 ? classes : classes % 8;
  args.type = in.once_in(16) ? int(in.byte()) - 128 : int(in.byte() % 4);
  args.flags = in.once_in(16) ? in.byte() : in.byte() & known_flags;
  arrays memory(in, args.rows, classes, args.type);
  fill(in, memory, args);
  args.struct_size = in.once_in(16) ? in.number(sizeof(Args) + 16) : sizeof(Args);

  // The struct, too, is as long as it says and no longer.
  const bool good_size = args.struct_size >= 8 && args.struct_size <= sizeof(Args) && args.struct_size % 8 == 0;
  const std::size_t bytes = std::clamp<std::size_t>(args.struct_size, 8, sizeof(Args));
  Args seen{};
  std::memcpy(&seen, &args, bytes);
  if (bytes < sizeof(Args)) memory.forget_strides();
  const std::size_t shift = in.once_in(32) ? 4 : 0;
  std::vector<std::uint8_t> copy(shift + bytes);
  std::memcpy(copy.data() + shift, &args, bytes);
  const auto* const given = in.once_in(32) ? nullptr : reinterpret_cast<const Args*>(copy.data() + shift);

  const bool refusal = !given || shift > 0 || !good_size;
  // What is too large for this test must be refused for its sizes, or is not tried.
  if (!refusal && !memory.all_fit() && !sizes_are_refused(seen)) return;
  bool nothing = false;
  if constexpr (std::is_same_v<Args, gumbelcuda_gumbel_noise_args>) nothing = seen.rows == 0 || seen.classes == 0;
  run(handle, memory, refusal || (!memory.all_fit() && !nothing), words(seen), [&] {
    const gumbelcuda_status status = function(handle, given);
    successes[number] += status == GUMBELCUDA_SUCCESS && seen.rows > 0;
    return status;
  });
}

void change(input& in, gumbelcuda_handle* handle, std::uint64_t* in_memory) {
  switch (in.byte() % 8) {
    case 0:
      answers(gumbelcuda_set_seed(handle, in.word()));
      break;
    case 1:
      answers(gumbelcuda_set_first_row(handle, in.word()));
      break;
    case 2:
      answers(gumbelcuda_set_offset(handle, in.word()));
      break;
    case 3:
      answers(gumbelcuda_set_threads(handle, int(in.byte()) - 64));
      break;
    case 4: {
      auto* const at = reinterpret_cast<std::uint8_t*>(in_memory) + (in.once_in(4) ? 4 : 0);
      answers(gumbelcuda_set_device_offset(handle, in.once_in(2) ? nullptr : reinterpret_cast<std::uint64_t*>(at)));
      break;
    }
    case 5:
      answers(gumbelcuda_set_backend(handle, in.once_in(2) ? GUMBELCUDA_CPU : int(in.word() | 8)));
      break;
    case 6:
      answers(gumbelcuda_set_pointer_checks(handle, int(in.byte())));
      break;
    default:
      REQUIRE(gumbelcuda_status_string(int(in.word())) != nullptr);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  input in(data, size);
  gumbelcuda_handle* handle = nullptr;
  REQUIRE(gumbelcuda_create(&handle) == GUMBELCUDA_SUCCESS);
  REQUIRE(gumbelcuda_set_threads(handle, 1) == GUMBELCUDA_SUCCESS);
  std::uint64_t in_memory[2] = {in.word(), 0};
  for (int calls = 0; calls < 8 && !in.empty(); ++calls) {
    gumbelcuda_handle* const with = in.once_in(64) ? nullptr : handle;
    switch (in.byte() % 13) {
      case 0:
        operation(0, in, handle, gumbelcuda_gumbel_noise, 0);
        break;
      case 1:
        operation(1, in, handle, gumbelcuda_gumbel_max, 0);
        break;
      case 2:
        operation(2, in, handle, gumbelcuda_gumbel_softmax, 3);
        break;
      case 3:
        operation(3, in, handle, gumbelcuda_gumbel_softmax_vjp, 1);
        break;
      case 4:
        operation(4, in, handle, gumbelcuda_categorical_sample, 61);
        break;
      case 5:
        operation(5, in, handle, gumbelcuda_categorical_sample_from_probabilities, 0);
        break;
      case 6:
        operation(6, in, handle, gumbelcuda_gumbel_top_k, 0);
        break;
      case 7:
        operation(7, in, handle, gumbelcuda_gumbel_max_shard, 64);
        break;
      case 8:
        operation(8, in, handle, gumbelcuda_combine_gumbel_max, 0);
        break;
      case 9:
        operation(9, in, handle, gumbelcuda_relaxed_k_hot, 1);
        break;
      case 10:
        operation(10, in, handle, gumbelcuda_relaxed_k_hot_vjp, 1);
        break;
      case 11:
        answers(gumbelcuda_advance_noise(with, in.once_in(8) ? nullptr : in_memory, in.word()));
        break;
      default:
        change(in, with, in_memory);
    }
  }
  gumbelcuda_destroy(handle);
  return 0;
}

#if !defined(GUMBELCUDA_LIBFUZZER)

// fuzz_arguments [INPUTS]: as many pseudo-random ones, the same each time.
int main(int count, char** arguments) {
  const long inputs = count > 1 ? std::atol(arguments[1]) : 20000;
  std::uint64_t state = 1;
  const auto random = [&state] {  // splitmix64
    std::uint64_t z = state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
  };
  std::vector<std::uint8_t> bytes;
  for (long i = 0; i < inputs; ++i) {
    bytes.resize(8 + random() % 400);
    for (std::uint8_t& byte : bytes) byte = std::uint8_t(random());
    bytes.shrink_to_fit();
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
  }
  std::printf("%ld inputs, successful calls of each operation:", inputs);
  for (const std::uint64_t calls : successes) {
    std::printf(" %llu", static_cast<unsigned long long>(calls));
    REQUIRE(calls > std::uint64_t(inputs) / 100);
  }
  std::printf("\n");
}

#endif
