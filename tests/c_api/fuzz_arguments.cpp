// SPDX-License-Identifier: Apache-2.0
// For any arguments, the functions in C return success or invalid_argument, and stay inside the arrays that the
// arguments describe. A fuzzer's bytes become handles, structs and arrays of exactly the size that is needed. The test
// checks:
//
//   after a refusal   nothing was written, no offset has moved, and the message begins with a name
//   after success     only elements of results were written; the offset moved on; a second call from the same
//                     offset gives the same bytes
//
// With Clang this is a libFuzzer program. Otherwise main() below feeds it pseudo-random bytes, in every build's tests.
#include <cstring>
#include <fstream>
#include <functional>
#include <set>
#include <string>

#include "gumbelcuda/detail/every_operation.hpp"
#include "gumbelcuda/fleet.hpp"
#include "tests/c_api/fuzz_fill.hpp"
#include "tests/c_api/fuzz_training.hpp"

namespace {

using namespace gumbelcuda::testing_c;

std::uint64_t offset_of(gumbelcuda_handle* handle) {
  std::uint64_t offset = 1;
  REQUIRE(gumbelcuda_get_offset(handle, &offset) == GUMBELCUDA_SUCCESS);
  return offset;
}

bool answers(gumbelcuda_status status) {
  if (status == GUMBELCUDA_SUCCESS) return true;
  REQUIRE(status == GUMBELCUDA_INVALID_ARGUMENT);
  const std::string message = gumbelcuda_last_error_message();
  const std::size_t name = message.find_first_not_of("abcdefghijklmnopqrstuvwxyz_0123456789[].");
  REQUIRE(name != std::string::npos && name > 0 && message.compare(name, 2, ": ") == 0 && message.size() > name + 2);
  return false;
}

// Runs the call and checks what it changed. `refusal`: it must be refused.
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

// Of an operation's calls: how many succeeded and had rows to work on, and the words of its arguments, or-ed together.
// A test that saw only refusals, or a member that is always 0, would prove nothing.
struct calls_seen {
  std::uint64_t successes = 0;
  std::vector<std::uint64_t> words;
};

// Calls a function of C that does `Task`; void, if it is not on rows.
template <class Task, class Args>
void operation(input& in, gumbelcuda_handle* handle, gumbelcuda_status (*function)(gumbelcuda_handle*, const Args*),
               calls_seen& calls) {
  Args args{};
  std::uint64_t rows = 1, classes = 1;
  int type = GUMBELCUDA_FLOAT32;
  if constexpr (requires { args.rows; }) {
    args.rows = rows = in.number(9);
    classes = in.number(70);
    args.type = type = in.once_in(16) ? int(in.byte()) - 128 : int(in.byte() % 4);
    args.flags = in.once_in(16) ? in.byte() : (in.byte() << 8 | in.byte()) & known_flags<Task>();
  }
  if constexpr (requires { args.classes; }) args.classes = classes;
  arrays memory(in, rows, classes, type);
  if constexpr (std::is_void_v<Task>)
    fill(in, memory, args);
  else
    fill<Task>(in, memory, args);
  args.struct_size = in.once_in(16) ? in.number(sizeof(Args) + 16) : sizeof(Args);

  std::uint64_t members[sizeof(Args) / 8];
  std::memcpy(members, &args, sizeof args);
  calls.words.resize(std::size(members));
  for (std::size_t i = 0; i < std::size(members); ++i) calls.words[i] |= members[i];

  // The struct, too, occupies exactly the number of bytes that it states.
  const bool good_size = args.struct_size >= 8 && args.struct_size <= sizeof(Args) && args.struct_size % 8 == 0;
  const std::size_t bytes = std::clamp<std::size_t>(args.struct_size, 8, sizeof(Args));
  Args seen{};
  std::memcpy(&seen, &args, bytes);
  if (bytes < sizeof(Args)) memory.forget_strides();
  const std::size_t shift = in.once_in(32) ? 4 : 0;
  std::vector<std::uint8_t> copy(shift + bytes);
  std::memcpy(copy.data() + shift, &args, bytes);
  const auto* const given = in.once_in(32) ? nullptr : reinterpret_cast<const Args*>(copy.data() + shift);

  const bool refusal = !given || shift > 0 || !good_size || contradicts_itself(seen);
  // If an array is too large for this test, the call is made only if the sizes alone must be refused.
  if (!refusal && !memory.all_fit() && !sizes_are_refused<Task>(seen)) return;
  bool nothing = false, something = true, succeeded = false;
  if constexpr (requires { seen.rows; }) something = seen.rows > 0;
  if constexpr (std::is_same_v<Args, gumbelcuda_gumbel_noise_args>) nothing = seen.rows == 0 || seen.classes == 0;
  run(handle, memory, refusal || (!memory.all_fit() && !nothing), words(seen), [&] {
    const gumbelcuda_status status = function(handle, given);
    succeeded = status == GUMBELCUDA_SUCCESS;
    return status;
  });
  calls.successes += succeeded && something;
}

struct fuzzed_operation {
  const char* name;
  void (*call)(input&, gumbelcuda_handle*, calls_seen&);
};
// The task of that name.
#define C_OPERATION(name, function)                                         \
  {#function, [](input& in, gumbelcuda_handle* handle, calls_seen& calls) { \
     operation<tasks::name##_task>(in, handle, function, calls);            \
   }},
namespace tasks {
using namespace gumbelcuda;
using evaluate_schedule_task = void;
}  // namespace tasks
constexpr fuzzed_operation operations[] = {
#include "c_members.inc"
};
#undef C_OPERATION
// evaluate_schedule is not on rows.
static_assert(std::size(operations) == std::tuple_size_v<decltype(gumbelcuda::operations_on_rows)> + 1,
              "an operation on rows has no function in C, or that is not fuzzed");

calls_seen calls_of[std::size(operations)];

// Dimensions of any length and stride: the blocks must have as many rows as the dimensions.
void walk_dimensions(input& in, gumbelcuda_handle* with) {
  const std::size_t count = in.byte() % 4;
  std::vector<std::uint64_t> shape(count);
  for (std::uint64_t& extent : shape) extent = in.once_in(16) ? in.word() : in.byte() % 4;
  const std::uint64_t classes = in.number(9);
  const int type = in.once_in(16) ? int(in.byte()) : int(in.byte() % 4);
  gumbelcuda_dimensions* dimensions = nullptr;
  answers(gumbelcuda_create_dimensions(in.once_in(32) ? nullptr : &dimensions, count, shape.data(), classes, type));
  if (!dimensions) return;
  std::uint64_t all = 1;
  for (const std::uint64_t extent : shape) all = gumbelcuda::saturating_product(all, extent);
  gumbelcuda_const_rows read{};
  gumbelcuda_rows written{};
  gumbelcuda_row_noise noise{};
  static std::uint64_t words[256];
  std::uint64_t* per_row = words;
  noise.row_seed = in.once_in(2) ? words : nullptr;
  std::vector<std::ptrdiff_t> strides(count);
  for (std::ptrdiff_t& stride : strides) stride = in.once_in(16) ? std::ptrdiff_t(in.word()) : in.byte() % 64 - 16;
  const std::ptrdiff_t class_stride = in.once_in(8) ? std::ptrdiff_t(in.word()) : 1 + in.byte() % 3;
  answers(gumbelcuda_add_input(dimensions, &read, words, strides.data(), class_stride));
  answers(gumbelcuda_add_output(dimensions, in.once_in(16) ? nullptr : &written, words, strides.data(), class_stride));
  answers(gumbelcuda_add_per_row(dimensions, in.once_in(16) ? nullptr : &per_row, in.byte() % 9));
  answers(gumbelcuda_add_row_noise(dimensions, &noise));
  gumbelcuda_noise of_backward_pass{0, in.once_in(2) ? words : nullptr, nullptr};
  answers(gumbelcuda_add_noise(dimensions, &of_backward_pass));
  if (all < 256) {
    std::uint64_t seen = 0, rows = 0;
    gumbelcuda_status status;
    while ((status = gumbelcuda_next_block(dimensions, with, &rows)) == GUMBELCUDA_SUCCESS && rows > 0) seen += rows;
    answers(status);
    if (with) REQUIRE(seen == all);
  }
  gumbelcuda_destroy_dimensions(dimensions);
}

#if !defined(GUMBELCUDA_LIBFUZZER)
// How many fleets and sweeps were trained, and how many with checkpoints: see calls_seen.
std::uint64_t fleets_trained[2], sweeps_trained[2];
void train_fleet(input& in) {
  const bool with_checkpoint = in.once_in(2);
  fleets_trained[with_checkpoint] += fuzz_fleet(in, with_checkpoint, answers);
}
void train_sweep(input& in) {
  const bool with_checkpoint = in.once_in(2);
  sweeps_trained[with_checkpoint] += fuzz_sweep(in, with_checkpoint, answers);
}
#endif

// Functions that do not take a struct of arguments. `with` is a handle or null, `memory` two words.
struct fuzzed_function {
  const char* name;
  void (*call)(input&, gumbelcuda_handle* with, std::uint64_t* memory);
};
constexpr fuzzed_function functions[] = {
    {"gumbelcuda_create", [](input&, auto*, auto*) { answers(gumbelcuda_create(nullptr)); }},
    {"gumbelcuda_destroy", [](input&, auto*, auto*) { gumbelcuda_destroy(nullptr); }},
    {"gumbelcuda_version", [](input&, auto*, auto*) { REQUIRE(gumbelcuda_version() > 0); }},
    {"gumbelcuda_status_string",
     [](input& in, auto*, auto*) { REQUIRE(gumbelcuda_status_string(int(in.word())) != nullptr); }},
    {"gumbelcuda_last_error_message", [](input&, auto*, auto*) { REQUIRE(gumbelcuda_last_error_message()); }},
    {"gumbelcuda_set_seed", [](input& in, auto* with, auto*) { answers(gumbelcuda_set_seed(with, in.word())); }},
    {"gumbelcuda_set_first_row",
     [](input& in, auto* with, auto*) { answers(gumbelcuda_set_first_row(with, in.word())); }},
    {"gumbelcuda_set_offset", [](input& in, auto* with, auto*) { answers(gumbelcuda_set_offset(with, in.word())); }},
    {"gumbelcuda_get_offset",
     [](input& in, auto* with, auto* memory) {
       answers(gumbelcuda_get_offset(with, in.once_in(2) ? nullptr : memory + 1));
     }},
    {"gumbelcuda_set_threads",
     [](input& in, auto* with, auto*) { answers(gumbelcuda_set_threads(with, int(in.byte()) - 64)); }},
    {"gumbelcuda_set_stream", [](input&, auto* with, auto* memory) { answers(gumbelcuda_set_stream(with, memory)); }},
    {"gumbelcuda_set_device_offset",
     [](input& in, auto* with, auto* memory) {
       auto* const at = reinterpret_cast<std::uint8_t*>(memory) + (in.once_in(4) ? 4 : 0);
       answers(gumbelcuda_set_device_offset(with, in.once_in(2) ? nullptr : reinterpret_cast<std::uint64_t*>(at)));
     }},
    {"gumbelcuda_set_backend",
     [](input& in, auto* with, auto*) {
       answers(gumbelcuda_set_backend(with, in.once_in(2) ? GUMBELCUDA_CPU : int(in.word() | 8)));
     }},
    {"gumbelcuda_set_pointer_checks",
     [](input& in, auto* with, auto*) { answers(gumbelcuda_set_pointer_checks(with, int(in.byte()))); }},
    {"gumbelcuda_create_dimensions", [](input& in, auto*, auto*) { walk_dimensions(in, nullptr); }},
    {"gumbelcuda_destroy_dimensions", [](input&, auto*, auto*) { gumbelcuda_destroy_dimensions(nullptr); }},
    {"gumbelcuda_add_input", [](input& in, auto* with, auto*) { walk_dimensions(in, with); }},
    {"gumbelcuda_add_output", [](input& in, auto* with, auto*) { walk_dimensions(in, with); }},
    {"gumbelcuda_add_per_row", [](input& in, auto* with, auto*) { walk_dimensions(in, with); }},
    {"gumbelcuda_add_noise", [](input& in, auto* with, auto*) { walk_dimensions(in, with); }},
    {"gumbelcuda_add_row_noise", [](input& in, auto* with, auto*) { walk_dimensions(in, with); }},
    {"gumbelcuda_next_block", [](input& in, auto* with, auto*) { walk_dimensions(in, with); }},
    {"gumbelcuda_advance_noise",
     [](input& in, auto* with, auto* memory) {
       answers(gumbelcuda_advance_noise(with, in.once_in(8) ? nullptr : memory, in.word()));
     }},
    {"gumbelcuda_advance_row_offsets",
     [](input& in, auto* with, auto* memory) {
       answers(gumbelcuda_advance_row_offsets(with, in.once_in(8) ? nullptr : memory, in.byte() % 3, in.word()));
     }},
#if !defined(GUMBELCUDA_LIBFUZZER)  // it has no training
    {"gumbelcuda_train_fleet", [](input& in, auto*, auto*) { train_fleet(in); }},
    {"gumbelcuda_fleet_bytes", [](input& in, auto*, auto*) { train_fleet(in); }},
    {"gumbelcuda_view_fleet", [](input&, auto*, auto*) { answers(gumbelcuda_view_fleet(nullptr, nullptr)); }},
    {"gumbelcuda_destroy_fleet", [](input&, auto*, auto*) { gumbelcuda_destroy_fleet(nullptr); }},
    {"gumbelcuda_train_sweep", [](input& in, auto*, auto*) { train_sweep(in); }},
    {"gumbelcuda_sweep_bytes", [](input& in, auto*, auto*) { train_sweep(in); }},
    {"gumbelcuda_view_sweep", [](input&, auto*, auto*) { answers(gumbelcuda_view_sweep(nullptr, nullptr)); }},
    {"gumbelcuda_destroy_sweep", [](input&, auto*, auto*) { gumbelcuda_destroy_sweep(nullptr); }},
    {"gumbelcuda_train_fleet_kept", [](input& in, auto*, auto*) { train_fleet(in); }},
    {"gumbelcuda_merge_fleet", [](input&, auto*, auto*) { answers(gumbelcuda_merge_fleet(nullptr, nullptr, 1)); }},
    {"gumbelcuda_train_sweep_kept", [](input& in, auto*, auto*) { train_sweep(in); }},
    {"gumbelcuda_merge_sweep", [](input&, auto*, auto*) { answers(gumbelcuda_merge_sweep(nullptr, nullptr, 1)); }},
    {"gumbelcuda_read_kept_run", [](input&, auto*, auto*) { answers(gumbelcuda_read_kept_run(nullptr, nullptr)); }},
    {"gumbelcuda_view_kept_run", [](input&, auto*, auto*) { answers(gumbelcuda_view_kept_run(nullptr, nullptr)); }},
    {"gumbelcuda_destroy_kept_run", [](input&, auto*, auto*) { gumbelcuda_destroy_kept_run(nullptr); }},
    {"gumbelcuda_cpu_target",
     [](input& in, auto*, auto*) {
       const std::uint64_t i = in.number(9);
       REQUIRE((gumbelcuda_cpu_target(i) != nullptr) == (i < gumbelcuda::cpu_targets().size()));
     }},
    {"gumbelcuda_default_threads", [](input&, auto*, auto*) { REQUIRE(gumbelcuda_default_threads() > 0); }},
    {"gumbelcuda_xla_ffi_handler",  // of no operation; the names of operations are jax's tests
     [](input& in, auto*, auto*) {
       const std::string name(in.byte() % 32, char(in.byte()));
       REQUIRE(!gumbelcuda_xla_ffi_handler(name.c_str(), in.byte()));
     }},
#endif
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  input in(data, size);
  gumbelcuda_handle* handle = nullptr;
  REQUIRE(gumbelcuda_create(&handle) == GUMBELCUDA_SUCCESS);
  REQUIRE(gumbelcuda_set_threads(handle, 1) == GUMBELCUDA_SUCCESS);
  std::uint64_t in_memory[2] = {in.word(), 0};
  for (int calls = 0; calls < 8 && !in.empty(); ++calls) {
    const std::size_t which = in.byte() % (std::size(operations) + 3);
    if (which < std::size(operations)) {
      operations[which].call(in, handle, calls_of[which]);
    } else {
      gumbelcuda_handle* const with = in.once_in(16) ? nullptr : handle;
      functions[in.byte() % std::size(functions)].call(in, with, in_memory);
    }
  }
  gumbelcuda_destroy(handle);
  return 0;
}

#if !defined(GUMBELCUDA_LIBFUZZER)

// Checks that the tables above list every function of the recorded interface.
void forgotten_functions() {
  std::set<std::string> known;
  for (const fuzzed_operation& o : operations) known.insert(o.name);
  for (const fuzzed_function& f : functions) known.insert(f.name);
  std::ifstream symbols(ABI_SYMBOLS);
  std::size_t recorded = 0;
  for (std::string name; std::getline(symbols, name);) {
    if (name.rfind("gumbelcuda_", 0) != 0) continue;
    ++recorded;
    if (!known.contains(name)) std::fprintf(stderr, "%s is not fuzzed\n", name.c_str());
    REQUIRE(known.contains(name));
  }
  REQUIRE(recorded == known.size());
}

// fuzz_arguments [INPUTS]: runs this many pseudo-random inputs, the same ones each time.
int main(int count, char** arguments) {
  forgotten_functions();
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
  std::printf("%ld inputs, successful calls of each operation:\n", inputs);
  for (std::size_t i = 0; i < std::size(operations); ++i) {
    std::printf("%8llu %s\n", static_cast<unsigned long long>(calls_of[i].successes), operations[i].name);
    REQUIRE(calls_of[i].successes > std::uint64_t(inputs) / 100);
    for (std::size_t word = 0; word < calls_of[i].words.size(); ++word) {
      if (calls_of[i].words[word] == 0) std::fprintf(stderr, "bytes from %zu on are always 0: see fill()\n", 8 * word);
      REQUIRE(calls_of[i].words[word] != 0);
    }
  }
  const auto trained = [&](const char* kind, const std::uint64_t(&of_kind)[2]) {
    std::printf("%8llu %s without checkpoints, %llu with\n", static_cast<unsigned long long>(of_kind[0]), kind,
                static_cast<unsigned long long>(of_kind[1]));
    REQUIRE(std::min(of_kind[0], of_kind[1]) > std::uint64_t(inputs) / 400);
  };
  trained("fleets", fleets_trained);
  trained("sweeps", sweeps_trained);
}

#endif
