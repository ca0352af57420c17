// SPDX-License-Identifier: Apache-2.0
#include "host/results/checkpoint_rows.hpp"

#include <algorithm>
#include <cstddef>
#include <map>
#include <memory>
#include <utility>

#include "host/checkpoint/ended_rows.hpp"
#include "host/files/destination.hpp"
#include "host/grouped.hpp"

namespace gumbelcuda {
namespace {

// Reads parts of the records' arrays.
class record_reader {
 public:
  record_reader(record_index index, const fleet_config& config) : index_(std::move(index)), config_(config) {}

  // Numbers of an array; `member` is a member of fleet_rows, of which a GAN has row_length numbers.
  void read(array_source<float> fleet_rows::*member, std::uint64_t row_length, std::uint64_t first, std::uint64_t count,
            float* to) {
    const auto& records = index_.records();
    auto entry =
        std::upper_bound(records.begin(), records.end(), first / row_length,
                         [](std::uint64_t gan, const record_index::entry& each) { return gan < each.record.first; });
    for (--entry; count > 0; ++entry) {
      const array_place there = place_of(entry->record, member);
      const std::uint64_t here = std::min(count, there.first + there.count - first);
      file_number(entry->file)(entry->record.place + (there.before + first - there.first) * sizeof(float),
                               here * sizeof(float), to);
      first += here, to += here, count -= here;
    }
  }

 private:
  struct array_place {
    std::uint64_t first = 0, count = 0, before = 0;  // its numbers, and those of the record before them
  };
  array_place place_of(const record_place& record, array_source<float> fleet_rows::*member) const {
    array_place found;
    std::uint64_t before = 0;
    for_each_array(config_, names_, record.first, record.count,
                   [&](const auto& array, std::uint64_t first, std::uint64_t count) {
                     if (&array == &(names_.*member)) found = {first, count, before};
                     before += count;
                   });
    return found;
  }
  // A run may have more files than a process may open.
  const bytes_reader& file_number(std::size_t number) {
    constexpr std::size_t most_open = 64;
    if (open_.size() == most_open && !open_.contains(number)) open_.clear();
    bytes_reader& file = open_[number];
    if (!file) file = bytes_of_checkpoint(index_.files()[number]);
    return file;
  }

  record_index index_;
  fleet_config config_;
  fleet_rows names_{};  // empty: its members tell the arrays apart
  std::map<std::size_t, bytes_reader> open_{};
};

void expect_size(const record_place& record, const fleet_config& config, const std::string& file) {
  fleet_rows names;
  std::uint64_t numbers = 0;
  for_each_array(config, names, record.first, record.count,
                 [&](const auto&, std::uint64_t, std::uint64_t count) { numbers += count; });
  if (record.bytes < numbers * sizeof(float)) throw damaged_file(file + " is damaged: it ends too early");
  if (record.bytes > numbers * sizeof(float))
    throw damaged_file(file + " is damaged: there are bytes that do not belong there");
}

}  // namespace

record_index::record_index(std::vector<std::string> files, std::uint64_t num_gans, std::uint64_t first_gan)
    : files_(std::move(files)), num_gans_(num_gans), first_gan_(first_gan) {}

void record_index::add(const record_place& record, std::size_t file) {
  expect_gans(record, num_gans_, files_[file]);
  if (record.count > 0) records_.push_back({record, file});
}

void record_index::expect_every_gan_once() {
  std::stable_sort(records_.begin(), records_.end(),
                   [](const entry& a, const entry& b) { return a.record.first < b.record.first; });
  std::uint64_t next = 0, missing = 0, first_missing = 0, end_missing = 0;
  const auto leave_out = [&](std::uint64_t end) {
    if (end == next) return;
    if (missing == 0) first_missing = next, end_missing = end;
    missing += end - next;
  };
  for (std::size_t i = 0; i < records_.size(); ++i) {
    const record_place& record = records_[i].record;
    if (record.first < next) refuse_overlap(records_[i - 1], records_[i]);
    leave_out(record.first);
    next = record.first + record.count;
  }
  leave_out(num_gans_);
  if (missing == 0) return;
  throw invalid_argument("CHECKPOINT", grouped(missing) + " of " + grouped(num_gans_) + " GANs are missing, " +
                                           number(first_missing) +
                                           (end_missing - first_missing == 1 ? "" : " … " + number(end_missing - 1)) +
                                           ": train them (--resume), or name the file that has them");
}

void record_index::refuse_overlap(const entry& a, const entry& b) const {
  const auto [one, other] = std::minmax(a.file, b.file);
  if (one == other) throw damaged_file(files_[one] + " is damaged: it has GAN " + number(b.record.first) + " twice");
  if (same_destination(files_[one], files_[other]))
    throw invalid_argument("CHECKPOINT", "'" + files_[one] + "' is named twice");
  throw invalid_argument(
      "CHECKPOINT", "GAN " + number(b.record.first) + " is in '" + files_[one] + "' and in '" + files_[other] + "'");
}

std::string record_index::number(std::uint64_t gan) const { return grouped(first_gan_ + gan); }

fleet_rows rows_of_checkpoints(const std::vector<std::string>& files, const fleet_config& config) {
  record_index index(files, config.num_gans, config.first_gan);
  for (std::size_t i = 0; i < files.size(); ++i)
    check_records(files[i], [&](const record_place& record) {
      index.add(record, i);
      expect_size(record, config, files[i]);
    });
  index.expect_every_gan_once();
  const auto reader = std::make_shared<record_reader>(std::move(index), config);
  fleet_rows rows;
  rows.num_gans = config.num_gans;
  rows.classes = static_cast<int>(config.target.size());
  const std::uint64_t classes = config.target.size(), of_history = static_cast<std::uint64_t>(config.epochs) * classes;
  const auto put = [&](array_source<float> fleet_rows::*member, std::uint64_t gans, std::uint64_t row_length) {
    rows.*member = {gans * row_length, [=](std::uint64_t first, std::uint64_t count, float* to) {
                      reader->read(member, row_length, first, count, to);
                    }};
  };
  for (auto member : {&fleet_rows::distribution, &fleet_rows::logits, &fleet_rows::weights})
    put(member, config.num_gans, classes);
  for (auto member : {&fleet_rows::bias, &fleet_rows::generator_loss, &fleet_rows::discriminator_loss})
    put(member, config.num_gans, 1);
  put(&fleet_rows::history, config.history_gans, of_history);
  return rows;
}

}  // namespace gumbelcuda
