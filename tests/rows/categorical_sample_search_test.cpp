// SPDX-License-Identifier: Apache-2.0
// The search for the threshold of top-k and top-p finds what adding up the weights of the sorted row finds: wherever
// the threshold lies, however many classes lie near it, and however many bins and how much room there are for the
// search. What the library's weights give must be right for exact ones, too, within what rounding may change.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>

#include "host/cpu/rows/row_operations.hpp"
#include "host/cpu/supported_targets.hpp"
#include "tests/rows/categorical_sample_rows.hpp"

namespace gumbelcuda {
namespace {

using namespace testing_rows;

// A part with fewer bins and less room, so that most rows need further sweeps.
struct little_room : whole_row {
  using whole_row::whole_row;
};
histograms_in_memory histograms_of(const little_room&, std::uint64_t) { return histograms_in_memory(5); }
template <class S>
buffer_in_memory<S, 2> buffer_of(const little_room&, S) {
  return {};
}

// What the sums of exact weights from the largest logit on may be as the library adds them up.
struct sum_bounds {
  long double least, most;
};

// A row's logits from the largest to the smallest, without those that are masked, and how many of them are kept.
template <class Stored>
class sorted_row {
  using S = computed_of<Stored>;

 public:
  sorted_row(row_batch& logits, double temperature)
      : type_(logits.type()),
        classes_(logits.classes()),
        temperature_(S(temperature)),
        inverse_temperature_(inverse_temperature(S(temperature))) {
    for (std::uint64_t k = 0; k < classes_; ++k)
      if (const S x = S(logits.get(0, k)); x > S(-INFINITY)) sorted_.push_back(x);
    std::sort(sorted_.begin(), sorted_.end(), std::greater<>());
    add_up();
  }
  S top() const { return sorted_[0]; }
  std::size_t from(S lowest) const {
    return std::size_t(std::find_if(sorted_.begin(), sorted_.end(), [&](S x) { return x < lowest; }) - sorted_.begin());
  }
  std::size_t top_k(std::size_t left, std::uint64_t k) const {
    return k == 0 || k >= left ? left : from(sorted_[std::size_t(k) - 1]);
  }
  std::size_t top_p(std::size_t left, float top_p) const {
    if (!(top_p < 1)) return left;
    const double share = double(share_of<S>(top_p)) * (1 - double(share_tolerance<S>));
    const std::uint64_t wanted = std::max(std::uint64_t(double(sums_[left]) * share), std::uint64_t{1});
    const auto reached = std::lower_bound(sums_.begin(), sums_.begin() + std::ptrdiff_t(left), wanted);
    return from(sorted_[std::size_t(reached - sums_.begin()) - 1]);
  }
  // Whether the first `kept` of those that top-k left have the share, and do not have it without the lowest logit. A
  // share counts as reached if at most its 2^-20th part is missing (double: 2^-49).
  bool has_share(std::size_t left, std::size_t kept, float top_p) const {
    if (!(top_p < 1)) return kept == left;
    const long double tolerance = sizeof(S) == 4 ? 0x1p-20L : 0x1p-49L, rounding = 0x1p-51L,
                      share = static_cast<long double>(meant(top_p, type_)) * (1 - tolerance);
    const auto lowest = std::lower_bound(sorted_.begin(), sorted_.end(), sorted_[kept - 1], std::greater<>());
    const std::size_t without = std::size_t(lowest - sorted_.begin());
    return from(sorted_[kept - 1]) == kept &&
           (kept == left || exact_[kept].most + unit() >= share * (1 - rounding) * exact_[left].least) &&
           (without == 0 || exact_[without].least < share * (1 + rounding) * exact_[left].most);
  }

  // What the library's threshold keeps.
  template <class Part>
  std::size_t kept(const Part& part, row_batch& logits, double temperature, const row_filters& f) const {
    direct_memory<Stored> memory(classes_);
    memory.open(logits.in(), 0);
    const auto read = [&](std::int64_t n, S* x) { memory.read(part.quad(n), S(-INFINITY), x); };
    return from(filter_threshold<Stored>(part, classes_, f, top(), S(temperature), inverse_temperature_, read));
  }
  // The bin of the last of so many classes, and how many classes it has.
  int bin_of(std::size_t left, int bits) const { return gap_bins<S>(top(), bits).of(sorted_[left - 1]); }
  int in_bin(int bin, int bits) const {
    const gap_bins<S> bins(top(), bits);
    return int(std::count_if(sorted_.begin(), sorted_.end(), [&](S x) { return bins.of(x) == bin; }));
  }

 private:
  // Of a sum of weights; a row has less than 2^63 of them.
  long double unit() const { return std::ldexp(1.L, int(std::bit_width(classes_)) - 62); }

  // A weight is e^−a, a = (top − x)/τ. The library rounds the difference, 1/τ and their product, which moves a by 3
  // units of rounding, and the weight by as many, times a; its exp is off by up to 2 units in the last place, which are
  // 4; and it gives the weight in whole units, up to one more than it has. The sums here are rounded, too.
  void add_up() {
    const class_weights<S> weight(classes_, top(), inverse_temperature_);
    const long double rounding = sizeof(S) == 4 ? 0x1p-24L : 0x1p-53L, of_sums = (long double)(classes_)*0x1p-63L;
    sums_.push_back(0), exact_.push_back({0, 0});
    for (const S x : sorted_) {
      const long double a = (static_cast<long double>(top()) - x) / temperature_, exact = std::exp(-a),
                        error = exact > 0 ? 1.01L * (3 * a + 4) * rounding + of_sums : 0;
      const sum_bounds& before = exact_.back();
      sums_.push_back(sums_.back() + weight(x));
      exact_.push_back({before.least + exact * std::max(1 - error, 0.L), before.most + exact * (1 + error) + unit()});
    }
  }

  number_type type_;
  std::uint64_t classes_;
  S temperature_, inverse_temperature_;
  std::vector<S> sorted_;
  std::vector<std::uint64_t> sums_;  // [n]: of the library's weights of the first n
  std::vector<sum_bounds> exact_;    // the same of exact ones
};

row_batch row_of_kind(number_type type, std::uint64_t classes, int kind) {
  random_numbers random{std::uint64_t(kind)};
  row_batch logits(type, 1, classes);
  for (std::uint64_t k = 0; k < classes; ++k) logits.set(0, k, searched_logit(type, kind, k, random));
  return logits;
}

// How often a test has met what it is for.
struct met {
  int crowded = 0, first_bin = 0, last_bin = 0, one_class = 0, same_bin = 0, other_bin = 0;
};

template <class Stored>
void check_row(row_batch& logits, int kind, met& cases) {
  using S = computed_of<Stored>;
  const std::uint64_t classes = logits.classes();
  const whole_row part(classes);
  const int bits = histograms_of(part, classes).bits();
  for (const double temperature : {1., .01, 1e4}) {
    const sorted_row<Stored> row(logits, temperature);
    for (const std::uint64_t k : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{50}, classes / 3, classes - 1})
      for (const float p : {1.f, 1e-30f, .3f, .9f, .999999f}) {
        const row_filters by_min_p{0, 1, k == 50 && temperature == 1 ? .01f : 0}, all{k, p, by_min_p.min_p};
        const std::size_t candidates = row.kept(part, logits, temperature, by_min_p), few = row.top_k(candidates, k),
                          right = row.top_p(few, p);
        const auto what = [&] {
          return testing::Message() << name_of(logits.type()) << ", kind " << kind << ", " << classes
                                    << " classes, top_k " << k << ", top_p " << p << ", temperature " << temperature;
        };
        ASSERT_EQ(row.kept(part, logits, temperature, all), right) << what();
        ASSERT_TRUE(row.has_share(few, right, p)) << what() << ", " << right << " of " << few << " classes";
        ASSERT_EQ(row.kept(little_room(classes), logits, temperature, all), right) << what();
        if (right == candidates) continue;
        const int bin = row.bin_of(right, bits);
        cases.crowded += row.in_bin(bin, bits) > row_buffer<S>::capacity;
        cases.first_bin += bin == 0;
        cases.last_bin += bin == (1 << bits) - 1;
        cases.one_class += right == 1;
        if (few < candidates && right < few) ++(bin == row.bin_of(few, bits) ? cases.same_bin : cases.other_bin);
      }
  }
}

TEST(CategoricalSearch, FindsWhatTheSortedRowSays) {
  met cases;
  for (const std::uint64_t classes : {30, 700, 12000})
    for (int kind = 0; kind < searched_kinds; ++kind)
      for (const number_type type : all_types) {
        row_batch logits = row_of_kind(type, classes, kind);
        switch (type) {
          case number_type::float32:
            check_row<float>(logits, kind, cases);
            break;
          case number_type::float16:
            check_row<float16>(logits, kind, cases);
            break;
          case number_type::bfloat16:
            check_row<bfloat16>(logits, kind, cases);
            break;
          case number_type::float64:
            check_row<double>(logits, kind, cases);
            break;
        }
      }
  for (const int kind : {0, 1, 5}) {  // a vocabulary: all logits equal, seven in eight, and as a model's
    row_batch logits = row_of_kind(number_type::float32, 128000, kind);
    check_row<float>(logits, kind, cases);
  }
  for (const int count :
       {cases.crowded, cases.first_bin, cases.last_bin, cases.one_class, cases.same_bin, cases.other_bin})
    EXPECT_GE(count, 20);
}

// Sums that equal the wanted one exactly, next to classes whose weight is almost 0, or whose logits are the lowest.
TEST(CategoricalSearch, DoesNotDependOnTheRoom) {
  random_numbers random(3);
  for (int n = 0; n < 3000; ++n) {
    const std::uint64_t classes = 1 + random.word() % 24;
    row_batch logits(number_type::float32, 1, classes);
    for (std::uint64_t k = 0; k < classes; ++k)
      if (const double far[] = {-1e30, -1e38, -double(0x1.fffffep+127f), -infinity};
          n % 2 == 1 && random.word() % 3 == 0)
        logits.set(0, k, far[random.word() % 4]);
      else
        logits.set(0, k, random.word() % 3 == 0 ? -90. - double(random.word() % 40) : -double(random.word() % 3) * .5);
    const row_filters f{random.word() % 10, random.word() % 2 == 0 ? .5f : float(random.word() % 8 + 1) / 8, 0};
    direct_memory<float> memory(classes);
    memory.open(logits.in(), 0);
    const auto kept = [&](const auto& part) {
      const auto read = [&](std::int64_t at, float* x) { memory.read(part.quad(at), -INFINITY, x); };
      const float threshold = filter_threshold<float>(part, classes, f, row_max<float>(part, read), 1.f, 1.f, read);
      std::vector<bool> is_kept;
      for (const double x : numbers_of(logits, 0)) is_kept.push_back(x >= double(threshold));
      return is_kept;
    };
    ASSERT_EQ(kept(whole_row(classes)), kept(little_room(classes))) << n;
  }
}

// What the search costs: one filter, or top-k with a k that fits the buffer and top-p, two sweeps of a row; both with a
// larger k, three.
TEST(CategoricalSearch, SweepsARowThreeTimesAtMost) {
  const std::uint64_t classes = 128000;
  row_batch logits = row_of_kind(number_type::float32, classes, 5);
  direct_memory<float> memory(classes);
  memory.open(logits.in(), 0);
  const whole_row part(classes);
  const auto sweeps = [&](const row_filters& f) {
    int count = 0;
    const auto read = [&](std::int64_t n, float* x) {
      count += n == 0;
      memory.read(part.quad(n), -INFINITY, x);
    };
    const float top = sorted_row<float>(logits, 1).top();
    filter_threshold<float>(part, classes, f, top, 1.f, 1.f, read);
    return count;
  };
  EXPECT_EQ(sweeps({0, 1, .1f}), 0);
  for (const std::uint64_t k : {1, 50, 4000}) {
    EXPECT_EQ(sweeps({k, 1, 0}), 2) << k;
    EXPECT_EQ(sweeps({k, .9f, 0}), 2) << k;
  }
  for (const float p : {1e-30f, .5f, .9f, .999f}) EXPECT_EQ(sweeps({0, p, 0}), 2) << p;
  for (const std::uint64_t k : {10000, 100000}) EXPECT_EQ(sweeps({k, .9f, 0}), 3) << k;
}

// Every instruction set draws as the scalar one does.
TEST(CategoricalSearch, IsTheSameOnEveryInstructionSet) {
  const std::uint32_t top_k[] = {50, 0, 9000, 40, 6000};
  const float top_p[] = {1, .9f, .5f, .99f, .999999f};
  for (const number_type type : all_types)
    for (int kind = 0; kind < searched_kinds; ++kind) {
      const std::uint64_t classes = 20000;
      random_numbers random{std::uint64_t(kind)};
      row_batch logits(type, 5, classes);
      for (std::uint64_t row = 0; row < 5; ++row)
        for (std::uint64_t k = 0; k < classes; ++k) logits.set(row, k, searched_logit(type, kind, k, random));
      categorical_sample_task task = sample_task(logits, {.seed = 8, .offset = 4}, 2);
      task.top_k = top_k, task.top_p = top_p;
      task.top_k_per_row = task.top_p_per_row = true;
      const auto run = [&](const cpu_row_operations& operations) {
        std::vector<std::uint8_t> scratch(operations.scratch_bytes(classes) + 64);
        void* aligned = scratch.data() + (64 - reinterpret_cast<std::uintptr_t>(scratch.data()) % 64) % 64;
        categorical_draws drawn(task);
        operations.run(drawn.into(task), 0, 5, aligned);
        return drawn;
      };
      for (const cpu_target* target : supported_targets())
        EXPECT_TRUE(same(run(cpu_rows_scalar), run(*target->rows)))
            << target->name << ' ' << name_of(type) << ' ' << kind;
    }
}

}  // namespace
}  // namespace gumbelcuda
