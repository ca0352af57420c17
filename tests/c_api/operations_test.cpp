// SPDX-License-Identifier: Apache-2.0
// The functions of gumbelcuda/c/ give the bytes of their namesakes in C++, move the offset as they promise, and name
// the argument that they refuse.
#include <limits>

#include "tests/c_api/c_batch.hpp"
#include "tests/c_api/every_case.hpp"

namespace gumbelcuda {
namespace {

using namespace testing_c;

std::uint64_t offset_of(const handle& h) {
  std::uint64_t offset = 1;
  EXPECT_EQ(gumbelcuda_get_offset(h.get(), &offset), GUMBELCUDA_SUCCESS);
  return offset;
}

template <class Args>
std::string run_in_c(const operation<Args>& op, const handle& h, const Args& a) {
  return op.function(h.get(), &a) == GUMBELCUDA_SUCCESS ? "" : gumbelcuda_last_error_message();
}

// The first four of the list are those of gumbel.h, which c_api_test.cpp has; evaluate_schedule is not on rows.
TEST(CApiOperations, AreAllOfTheList) {
  std::size_t cases = 0;
  for_each_operation([&](const auto&) { ++cases; });
  EXPECT_EQ(cases, std::tuple_size_v<decltype(operations_on_rows)> - 4 + 1);
}

TEST(CApiOperations, GiveTheBytesOfCppAndMoveTheOffsetOn) {
  for_each_operation([]<class Args>(const operation<Args>& op) {
    for (const number_type type : testing_rows::all_types)
      for (const bool apart : {false, true}) {
        SCOPED_TRACE(op.name + ", " + testing_rows::name_of(type) + (apart ? ", with strides" : ""));
        arrays_by_name in_c(type);
        Args a = op.args(in_c, apart);
        // With noise of their own rows do not need the handle's seed, so they have none in every other case.
        if constexpr (requires { a.noise; })
          if (!apart) a.noise.row_seed = a.noise.row_offset = nullptr;
        arrays_by_name in_cpp = in_c;
        const handle h = make_handle(case_noise);
        EXPECT_EQ(run_in_c(op, h, a), "");
        op.run_in_cpp(in_cpp, apart);
        EXPECT_EQ(in_c.difference(in_cpp), "");
        EXPECT_TRUE(in_c.untouched(op.contents()).empty()) << in_c.untouched(op.contents())[0];
        EXPECT_EQ(offset_of(h), case_noise.offset + op.words);
      }
  });
}

// Any input array may repeat one row for all: the bytes are those of as many copies of it.
TEST(CApiOperations, RepeatRows) {
  for_each_operation([]<class Args>(const operation<Args>& op) {
    for (const field<Args>& f : op.all_fields()) {
      if (!f.set_stride || is_result(f.what)) continue;
      SCOPED_TRACE(op.name + ", " + f.name);
      arrays_by_name repeated(number_type::float32);
      Args a = op.args(repeated, false);
      auto* const rows = repeated.at<float>(f.name);
      for (std::uint64_t row = 1; row < case_rows; ++row)
        std::memcpy(rows + row * case_classes, rows, case_classes * sizeof *rows);
      arrays_by_name copies = repeated;
      op.run_in_cpp(copies);
      f.set_stride(a, GUMBELCUDA_REPEATED_ROW);
      EXPECT_EQ(run_in_c(op, make_handle(case_noise), a), "");
      EXPECT_EQ(repeated.difference(copies), "");
    }
  });
}

// Makes a valid struct and spoils it. The call must be refused for `argument`, with nothing written and the offset
// unmoved.
template <class Args>
void expect_refused(const operation<Args>& op, const std::string& argument, const std::function<void(Args&)>& spoil) {
  SCOPED_TRACE(op.name + ", " + argument);
  arrays_by_name arrays(number_type::float32);
  Args a = op.args(arrays, true);
  const arrays_by_name before = arrays;
  spoil(a);
  const handle h = make_handle(case_noise);
  EXPECT_EQ(op.function(h.get(), &a), GUMBELCUDA_INVALID_ARGUMENT);
  EXPECT_EQ(std::string(gumbelcuda_last_error_message()).rfind(argument + ": ", 0), 0u)
      << "but: " << gumbelcuda_last_error_message();
  EXPECT_EQ(arrays.difference(before), "");
  EXPECT_EQ(offset_of(h), case_noise.offset);
}

TEST(CApiOperations, RefusePointersAndStrides) {
  for_each_operation([]<class Args>(const operation<Args>& op) {
    arrays_by_name arrays(number_type::float32);
    op.args(arrays, true);
    for (const field<Args>& f : op.all_fields()) {
      if (element_size(f.what, number_type::float32) > 1)
        expect_refused<Args>(op, f.data_name, [&](Args& a) { f.point(a, arrays.at<char>(f.name) + 1); });
      if (f.set_stride) {
        const std::size_t most = std::numeric_limits<std::size_t>::max();
        for (const std::size_t stride : {std::size_t(case_classes - 1), most - 1})
          expect_refused<Args>(op, f.name + ".row_stride", [&](Args& a) { f.set_stride(a, stride); });
        expect_refused<Args>(op, f.name + ".class_stride", [&](Args& a) { f.set_class_stride(a, most); });
        if (is_result(f.what))
          expect_refused<Args>(op, f.name + ".row_stride", [&](Args& a) { f.set_stride(a, GUMBELCUDA_REPEATED_ROW); });
      }
      if (f.required) {
        expect_refused<Args>(op, f.data_name, [&](Args& a) { f.point(a, nullptr); });
        continue;
      }
      SCOPED_TRACE(op.name + " without " + f.name);
      Args a = op.args(arrays, true);
      f.point(a, nullptr);
      EXPECT_EQ(run_in_c(op, make_handle(case_noise), a), "");
    }
  });
}

TEST(CApiOperations, RefuseNumbers) {
  for_each_operation([]<class Args>(const operation<Args>& op) {
    for (const refusal<Args>& r : op.refusals) expect_refused<Args>(op, r.argument, r.spoil);
    if constexpr (requires(Args a) { a.type; })
      for (const int type : {-1, 4}) expect_refused<Args>(op, "type", [=](Args& a) { a.type = type; });
    if constexpr (requires(Args a) { a.flags; })
      expect_refused<Args>(op, "flags", [](Args& a) { a.flags |= 1u << 31; });
    if constexpr (requires(Args a) { a.noise.offset; })
      expect_refused<Args>(op, "noise.offset", [](Args& a) { a.noise.offset = 2; });
    if constexpr (requires(Args a) { a.noise.row_offset; }) {
      static constexpr std::uint64_t odd[case_rows] = {0, 4, 2};
      expect_refused<Args>(op, "noise.row_offset", [](Args& a) { a.noise.row_offset = odd; });
    }
    if constexpr (requires(Args a) { a.classes; })
      expect_refused<Args>(op, "classes", [](Args& a) { a.classes = ~0ull; });
  });
}

// An older program's struct ends before members that were added later; invalid sizes are refused.
TEST(CApiOperations, LookAtTheSizeOfTheStruct) {
  for_each_operation([]<class Args>(const operation<Args>& op) {
    for (const std::size_t size : {std::size_t{0}, std::size_t{12}, sizeof(Args) - 1, sizeof(Args) + 8})
      expect_refused<Args>(op, "struct_size", [=](Args& a) { a.struct_size = size; });
    for (std::size_t size = 8; size < sizeof(Args); size += 8) {
      SCOPED_TRACE(op.name + ", " + std::to_string(size));
      arrays_by_name arrays(number_type::float32);
      Args a = op.args(arrays, false);
      const arrays_by_name before = arrays;
      // The result must be that of a full struct with zeros in place of the missing members.
      Args zeros{};
      std::memcpy(&zeros, &a, size);
      zeros.struct_size = sizeof zeros;
      const std::string expected = run_in_c(op, make_handle(case_noise), zeros);
      const arrays_by_name after = arrays;
      arrays.copy_bytes(before);
      a.struct_size = size;
      EXPECT_EQ(run_in_c(op, make_handle(case_noise), a), expected);
      EXPECT_EQ(arrays.difference(after), "");
    }
    arrays_by_name arrays(number_type::float32);
    const Args a = op.args(arrays, false);
    EXPECT_EQ(op.function(nullptr, &a), GUMBELCUDA_INVALID_ARGUMENT);
    EXPECT_EQ(op.function(make_handle(case_noise).get(), nullptr), GUMBELCUDA_INVALID_ARGUMENT);
  });
}

// The backward pass from the forward pass's y must equal that from its noise.
template <class Forward, class Backward>
void expect_same_gradients(gumbelcuda_status (*forward)(gumbelcuda_handle*, const Forward*),
                           gumbelcuda_status (*backward)(gumbelcuda_handle*, const Backward*), Forward f, Backward b) {
  constexpr std::uint64_t rows = 3, classes = 9;
  std::vector<float> logits(rows * classes), d_y(rows * classes), y(rows * classes), d_logits[2] = {y, y};
  for (std::size_t i = 0; i < logits.size(); ++i) logits[i] = float(i % 7) / 4, d_y[i] = float(i % 5) - 2;
  const float temperature = .75f;
  f.struct_size = sizeof f;
  b.struct_size = sizeof b;
  f.rows = b.rows = rows;
  f.classes = b.classes = classes;
  f.logits.data = b.logits.data = logits.data();
  f.temperature = b.temperature = &temperature;
  f.y.data = y.data();
  b.d_y.data = d_y.data();
  const handle h = make_handle(case_noise);
  b.noise.offset = offset_of(h);
  ASSERT_EQ(forward(h.get(), &f), GUMBELCUDA_SUCCESS) << gumbelcuda_last_error_message();
  for (const bool from_y : {false, true}) {
    b.y.data = from_y ? y.data() : nullptr;
    b.d_logits.data = d_logits[from_y].data();
    ASSERT_EQ(backward(h.get(), &b), GUMBELCUDA_SUCCESS) << gumbelcuda_last_error_message();
  }
  EXPECT_EQ(d_logits[0], d_logits[1]);
  EXPECT_NE(d_logits[0], std::vector<float>(rows * classes));
}

TEST(CApiOperations, GoBackFromYAsFromNoise) {
  gumbelcuda_relaxed_k_hot_args k_hot{};
  gumbelcuda_relaxed_k_hot_vjp_args k_hot_vjp{};
  k_hot.k = k_hot_vjp.k = 4;
  expect_same_gradients(gumbelcuda_relaxed_k_hot, gumbelcuda_relaxed_k_hot_vjp, k_hot, k_hot_vjp);
  expect_same_gradients(gumbelcuda_relaxed_bernoulli, gumbelcuda_relaxed_bernoulli_vjp,
                        gumbelcuda_relaxed_bernoulli_args{}, gumbelcuda_relaxed_bernoulli_vjp_args{});
}

// Shards are drawn one after another with one handle: the offset moves once, and the draw is that of the whole row.
TEST(CApiOperations, DrawARowInShards) {
  constexpr std::uint64_t rows = 6, classes = 31, first = 12;
  std::vector<float> logits(rows * classes);
  for (std::size_t i = 0; i < logits.size(); ++i) logits[i] = float(i * 37 % 64) / 16;
  std::vector<std::int64_t> whole(rows, -7), combined = whole;
  const handle h = make_handle(case_noise);
  gumbelcuda_gumbel_max_args max{};
  max.struct_size = sizeof max;
  max.rows = rows;
  max.classes = classes;
  max.logits.data = logits.data();
  max.index = whole.data();
  ASSERT_EQ(gumbelcuda_gumbel_max(h.get(), &max), GUMBELCUDA_SUCCESS);
  ASSERT_EQ(gumbelcuda_set_offset(h.get(), case_noise.offset), GUMBELCUDA_SUCCESS);

  std::vector<gumbelcuda_gumbel_max_partial> partials(3 * rows);
  gumbelcuda_gumbel_max_shard_args shard{};
  shard.struct_size = sizeof shard;
  shard.rows = rows;
  shard.logits.row_stride = classes;
  for (const std::uint64_t number : {0, 1, 2}) {
    shard.first_class = number * first;
    shard.classes = number == 2 ? classes - 2 * first : first;
    shard.row_classes = number == 2 ? classes : 0;
    shard.logits.data = logits.data() + shard.first_class;
    shard.partial = partials.data() + number * rows;
    ASSERT_EQ(gumbelcuda_gumbel_max_shard(h.get(), &shard), GUMBELCUDA_SUCCESS) << gumbelcuda_last_error_message();
    EXPECT_EQ(offset_of(h), case_noise.offset + (number == 2 ? 32u : 0u));
  }
  gumbelcuda_combine_gumbel_max_args combine{};
  combine.struct_size = sizeof combine;
  combine.rows = rows;
  combine.shards = 3;
  combine.partial = partials.data();
  combine.index = combined.data();
  ASSERT_EQ(gumbelcuda_combine_gumbel_max(h.get(), &combine), GUMBELCUDA_SUCCESS) << gumbelcuda_last_error_message();
  EXPECT_EQ(combined, whole);
}

}  // namespace
}  // namespace gumbelcuda
