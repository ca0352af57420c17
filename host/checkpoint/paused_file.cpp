// SPDX-License-Identifier: Apache-2.0
#include "host/checkpoint/paused_file.hpp"

#include <cstdio>
#include <string_view>
#include <utility>

#include "host/checkpoint/bytes.hpp"
#include "host/checkpoint/checkpoint_file.hpp"
#include "host/checkpoint/source_file.hpp"
#include "host/files/atomic_file.hpp"
#include "host/files/destination.hpp"
#include "host/files/fnv1a.hpp"
#include "host/files/temporary_name.hpp"

namespace gumbelcuda {
namespace {

constexpr std::string_view paused_magic = "gumbelcuda paused 1\n", paused_magic_of_any_version = "gumbelcuda paused ";
constexpr std::uint64_t no_further_gan = ~std::uint64_t{0};

// Bytes on their way to the file, a megabyte at a time, with their checksum in the end.
class summed_file {
 public:
  explicit summed_file(const std::string& path) : file_(path) {}
  void write(std::string_view bytes) {
    waiting_ += bytes;
    sum_.add(bytes);
    if (waiting_.size() >= std::size_t{1} << 20) send();
  }
  void commit() {
    byte_writer sum;
    sum(sum_.value());
    waiting_ += sum.bytes();
    send();
    file_.commit();
  }

 private:
  void send() {
    file_.write(waiting_);
    waiting_.clear();
  }

  atomic_file file_;
  fnv1a sum_;
  std::string waiting_;
};

}  // namespace

std::string paused_path_of(const std::string& checkpoint) { return checkpoint + ".paused"; }

bool is_paused_file(const std::string& path) {
  try {
    const source_file file(path);
    constexpr std::uint64_t bytes = paused_magic_of_any_version.size();
    return file.bytes() >= bytes && file.at(0, bytes) == paused_magic_of_any_version;
  } catch (const file_error&) {
    return false;
  }
}

std::vector<paused_record> read_paused_file(const std::string& path, const std::string& settings) {
  if (!path_exists(path)) return {};
  const source_file file(path);
  const std::string all = file.at(0, file.bytes());
  if (!all.starts_with(paused_magic)) {
    if (all.starts_with(paused_magic_of_any_version)) throw damaged_file(path + " is of another version of gumbelcuda");
    throw damaged_file(path + " does not have the GANs in mid-training of a checkpoint");
  }
  const std::string_view bytes = all;
  if (bytes.size() < paused_magic.size() + 3 * sizeof(std::uint64_t)) file.damaged("it is cut off");
  const std::string_view summed = bytes.substr(0, bytes.size() - sizeof(std::uint64_t));
  std::uint64_t sum = 0, hash = 0;
  byte_reader(bytes.substr(summed.size()), path)(sum);
  if (sum != fnv1a_of({}, summed)) file.damaged("it has changed, or is cut off");
  byte_reader reader(summed.substr(paused_magic.size()), path);
  reader(hash);
  if (hash != fnv1a_of({}, settings))
    throw invalid_argument("checkpoint.resume", "'" + path + "' is of a run with other settings");
  std::vector<paused_record> records;
  for (paused_record record;; record = {}) {
    reader(record.gan);
    if (record.gan == no_further_gan) break;
    reader(record.steps);
    reader(record.bytes);
    records.push_back(std::move(record));
  }
  reader.expect_end();
  return records;
}

void remove_paused_file(const std::string& path) {
  try {
    remove_stale_files(find_destination(path));
  } catch (const file_error&) {  // there can be no such file
  }
  std::remove(path.c_str());
}

void write_paused_file(const std::string& path, const std::string& settings,
                       const std::function<bool(paused_record&)>& next) {
  summed_file file(path);
  byte_writer head;
  head(fnv1a_of({}, settings));
  file.write(paused_magic);
  file.write(head.bytes());
  for (paused_record record; next(record); record = {}) {
    byte_writer bytes;
    bytes(record.gan), bytes(record.steps), bytes(record.bytes);
    file.write(bytes.bytes());
  }
  byte_writer end;
  end(no_further_gan);
  file.write(end.bytes());
  file.commit();
}

}  // namespace gumbelcuda
