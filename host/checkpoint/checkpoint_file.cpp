// SPDX-License-Identifier: Apache-2.0
#include "host/checkpoint/checkpoint_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string_view>

#include "host/checkpoint/bytes.hpp"
#include "host/checkpoint/source_file.hpp"
#include "host/files/atomic_file.hpp"
#include "host/files/fnv1a.hpp"

namespace gumbelcuda {
namespace {

constexpr std::string_view magic = "gumbelcuda checkpoint 1\n", magic_of_any_version = "gumbelcuda checkpoint ";
// Each in a block of its own, whatever the size of the disk's sectors.
constexpr std::uint64_t disk_block_bytes = 4096, slot_bytes = 24, slots_at = disk_block_bytes,
                        settings_at = 3 * disk_block_bytes;
constexpr std::uint64_t settings_head_bytes = 16, record_head_bytes = 32;

struct slot {
  std::uint64_t committed = 0, commits = 0, checksum = 0;

  std::uint64_t right_checksum() const { return fnv1a_of({committed, commits}); }
};

std::string bytes_of(slot s) {
  byte_writer bytes;
  bytes(s.committed), bytes(s.commits), bytes(s.right_checksum());
  return bytes.bytes();
}

std::string head_of(const checkpoint_record& record) {
  byte_writer bytes;
  bytes(record.first), bytes(record.count), bytes(record.rows.size());
  bytes(fnv1a_of({record.first, record.count, record.rows.size()}, record.rows));
  return bytes.bytes();
}

std::string in_block(std::string bytes) {
  bytes.resize(disk_block_bytes, '\0');
  return bytes;
}

file_error cannot_write(const std::string& path, int error_number) {
  if (error_number == ENOSPC || error_number == EDQUOT || error_number == EFBIG) return write_error(path, error_number);
  return file_error("cannot write " + path + ": " + std::strerror(error_number));
}

void check_kind(const source_file& file, const std::string& path) {
  const std::string beginning = file.at(0, std::min<std::uint64_t>(file.bytes(), magic.size()));
  if (beginning == magic) return;
  if (beginning.starts_with(magic_of_any_version))
    throw damaged_file(path + " is a checkpoint of another version of gumbelcuda");
  if (beginning.starts_with("gumbelcuda paused "))
    throw damaged_file(path + " has the GANs in mid-training of a checkpoint; name the checkpoint");
  throw damaged_file(path + " is not a checkpoint");
}

slot committed_of(const source_file& file, const std::string& path) {
  check_kind(file, path);
  slot latest;
  for (const std::uint64_t place : {slots_at, slots_at + disk_block_bytes}) {
    const auto [committed, commits, checksum] = file.numbers_at<3>(place);
    const slot s{committed, commits, checksum};
    if (s.checksum == s.right_checksum() && s.commits >= latest.commits) latest = s;
  }
  if (latest.committed < settings_at + settings_head_bytes) file.damaged("it does not say how much of it is committed");
  if (latest.committed > file.bytes()) file.damaged("it is cut off");
  return latest;
}

std::string settings_in(const source_file& file, const slot& latest) {
  const auto [bytes, checksum] = file.numbers_at<2>(settings_at);
  constexpr std::uint64_t place = settings_at + settings_head_bytes;
  if (bytes > latest.committed - place) file.damaged("its settings are longer than the file");
  std::string settings = file.at(place, bytes);
  if (checksum != fnv1a_of({bytes}, settings)) file.damaged("its settings have changed");
  return settings;
}

// Calls each(where the record is, its checksum) for what has been committed.
template <class Each>
void for_each_head(const source_file& file, const std::string& path, Each each) {
  const slot latest = committed_of(file, path);
  std::uint64_t place = settings_at + settings_head_bytes + settings_in(file, latest).size();
  while (place < latest.committed) {
    if (latest.committed - place < record_head_bytes) file.damaged("a record is cut off");
    const auto [first, count, bytes, checksum] = file.numbers_at<4>(place);
    place += record_head_bytes;
    if (bytes > latest.committed - place) file.damaged("a record is longer than the file");
    each(record_place{first, count, place, bytes}, checksum);
    place += bytes;
  }
}

}  // namespace

void expect_gans(const record_place& record, std::uint64_t num_gans, const std::string& path) {
  if (record.first > num_gans || record.count > num_gans - record.first)
    throw damaged_file(path + " is damaged: it has GANs that the run does not have");
}
void expect_gans(const checkpoint_record& record, std::uint64_t num_gans, const std::string& path) {
  expect_gans(record_place{record.first, record.count}, num_gans, path);
}

bool path_exists(const std::string& path) {
  struct stat status;
  return ::lstat(path.c_str(), &status) == 0;
}

bool is_checkpoint(const std::string& path) {
  try {
    const source_file file(path);
    return file.bytes() >= magic.size() && file.at(0, magic_of_any_version.size()) == magic_of_any_version;
  } catch (const file_error&) {
    return false;
  }
}

std::string settings_of_checkpoint(const std::string& path) {
  const source_file file(path);
  return settings_in(file, committed_of(file, path));
}

void read_records(const std::string& path, const std::function<void(const checkpoint_record&)>& each) {
  const source_file file(path);
  for_each_head(file, path, [&](const record_place& head, std::uint64_t checksum) {
    const checkpoint_record record{head.first, head.count, file.at(head.place, head.bytes)};
    if (checksum != fnv1a_of({head.first, head.count, head.bytes}, record.rows)) file.damaged("a record has changed");
    each(record);
  });
}

void read_record_heads(const std::string& path, const std::function<void(const record_place&)>& each) {
  const source_file file(path);
  for_each_head(file, path, [&](const record_place& head, std::uint64_t) { each(head); });
}

void check_records(const std::string& path, const std::function<void(const record_place&)>& each) {
  const source_file file(path);
  std::string block(std::size_t{1} << 18, '\0');  // stays in a cache
  for_each_head(file, path, [&](const record_place& head, std::uint64_t checksum) {
    fnv1a hash;
    for (const std::uint64_t number : {head.first, head.count, head.bytes}) hash.add_number(number);
    for (std::uint64_t done = 0; done < head.bytes;) {
      const std::uint64_t here = std::min<std::uint64_t>(block.size(), head.bytes - done);
      file.read(head.place + done, here, block.data());
      hash.add(std::string_view(block).substr(0, here));
      done += here;
    }
    if (checksum != hash.value()) file.damaged("a record has changed");
    each(head);
  });
}

bytes_reader bytes_of_checkpoint(const std::string& path) {
  return [file = std::make_shared<const source_file>(path)](std::uint64_t place, std::uint64_t count, void* to) {
    file->read(place, count, static_cast<char*>(to));
  };
}

bool create_checkpoint(const std::string& path, const std::string& settings) {
  byte_writer head;
  head(settings.size()), head(fnv1a_of({settings.size()}, settings));
  atomic_file file(path);
  file.write(in_block(std::string(magic)));
  file.write(in_block(bytes_of(slot{settings_at + settings_head_bytes + settings.size(), 1, 0})));
  file.write(in_block(""));
  file.write(head.bytes());
  file.write(settings);
  return file.commit_new();
}

checkpoint_file::checkpoint_file(const std::string& path)
    : path_(path), descriptor_(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK)) {
  if (descriptor_ < 0) throw cannot_write(path, errno);
  try {
    // Where locks do not work, nobody is refused.
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
      throw file_error("cannot write " + path + ": another process is adding to it");
    const slot latest = committed_of(source_file(path), path);
    committed_ = latest.committed;
    commits_ = latest.commits;
  } catch (...) {
    ::close(descriptor_);
    throw;
  }
}

checkpoint_file::~checkpoint_file() { ::close(descriptor_); }

void checkpoint_file::write_at(std::uint64_t place, const std::string& bytes) const {
  for (std::size_t written = 0; written < bytes.size();) {
    const std::size_t some = std::min<std::size_t>(bytes.size() - written, std::size_t{1} << 20);
    const ssize_t more = ::pwrite(descriptor_, &bytes[written], some, off_t(place + written));
    if (more < 0 && errno == EINTR) continue;
    if (more < 0) throw cannot_write(path_, errno);
    written += std::size_t(more);
  }
}

void checkpoint_file::synchronise() const {
  // Some file systems have nothing to synchronise and report EINVAL.
  if (::fdatasync(descriptor_) != 0 && errno != EINVAL) throw cannot_write(path_, errno);
}

// Commit number n has slot (n − 1) mod 2, so that of the commit before stays.
void checkpoint_file::write_slot(std::uint64_t commit, std::uint64_t committed, std::uint64_t said) const {
  write_at(slots_at + (commit - 1) % 2 * disk_block_bytes, bytes_of(slot{committed, said, 0}));
  synchronise();
}

void checkpoint_file::add(const std::function<bool(checkpoint_record&)>& next) {
  // Nothing may be written where that slot could say that there are records.
  if (slot_in_doubt_) write_slot(commits_ + 1, committed_, commits_);
  slot_in_doubt_ = false;
  std::uint64_t end = committed_;
  for (checkpoint_record record; next(record); record = {}) {
    write_at(end, head_of(record));
    write_at(end + record_head_bytes, record.rows);
    end += record_head_bytes + record.rows.size();
  }
  if (end == committed_) return;
  synchronise();
  slot_in_doubt_ = true;
  write_slot(commits_ + 1, end, commits_ + 1);
  slot_in_doubt_ = false;
  committed_ = end;
  ++commits_;
}

}  // namespace gumbelcuda
