// SPDX-License-Identifier: Apache-2.0
#include "host/results/checkpoint/checkpoint_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "host/results/atomic_file.hpp"
#include "host/results/checkpoint/bytes.hpp"
#include "host/results/fnv1a.hpp"

namespace gumbelcuda {
namespace {

constexpr std::string_view magic = "gumbelcuda checkpoint 1\n", magic_of_any_version = "gumbelcuda checkpoint ";
constexpr std::uint64_t slot_bytes = 24, slots_at = magic.size(), settings_at = slots_at + 2 * slot_bytes;
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

std::string bytes_of(const checkpoint_record& record) {
  byte_writer bytes;
  bytes(record.first), bytes(record.count), bytes(record.rows.size());
  bytes(fnv1a_of({record.first, record.count, record.rows.size()}, record.rows));
  return bytes.bytes() + record.rows;
}

class descriptor {
 public:
  descriptor(const std::string& path, int flags) : number(::open(path.c_str(), flags | O_CLOEXEC)) {
    if (number < 0) throw file_error("cannot read " + path + ": " + std::strerror(errno));
  }
  ~descriptor() { ::close(number); }
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  const int number;
};

class source {
 public:
  explicit source(const std::string& path) : path_(path), file_(path, O_RDONLY) {
    struct stat status;
    if (::fstat(file_.number, &status) != 0) throw file_error("cannot read " + path_ + ": " + std::strerror(errno));
    if (!S_ISREG(status.st_mode)) throw file_error("cannot read " + path_ + ": it is not a file");
    bytes_ = std::uint64_t(status.st_size);
  }
  std::uint64_t bytes() const { return bytes_; }

  // Throws damaged_file where the file has no such bytes.
  std::string at(std::uint64_t place, std::uint64_t count) const {
    if (place > bytes_ || count > bytes_ - place) damaged("it is cut off");
    std::string bytes(count, '\0');
    for (std::uint64_t read = 0; read < count;) {
      const ssize_t more = ::pread(file_.number, &bytes[read], count - read, off_t(place + read));
      if (more < 0 && errno == EINTR) continue;
      if (more < 0) throw file_error("cannot read " + path_ + ": " + std::strerror(errno));
      if (more == 0) damaged("it is cut off");
      read += std::uint64_t(more);
    }
    return bytes;
  }
  template <std::size_t Count>
  std::array<std::uint64_t, Count> numbers_at(std::uint64_t place) const {
    std::array<std::uint64_t, Count> numbers;
    const std::string bytes = at(place, sizeof numbers);
    std::memcpy(numbers.data(), bytes.data(), sizeof numbers);
    return numbers;
  }
  [[noreturn]] void damaged(const std::string& problem) const { throw damaged_file(path_ + " is damaged: " + problem); }

 private:
  std::string path_;
  descriptor file_;
  std::uint64_t bytes_ = 0;
};

void check_kind(const source& file, const std::string& path) {
  const std::string beginning = file.at(0, std::min<std::uint64_t>(file.bytes(), magic.size()));
  if (beginning == magic) return;
  if (beginning.starts_with(magic_of_any_version))
    throw damaged_file(path + " is a checkpoint of another version of gumbelcuda");
  throw damaged_file(path + " is not a checkpoint");
}

slot committed_of(const source& file, const std::string& path) {
  check_kind(file, path);
  slot latest;
  for (const std::uint64_t place : {slots_at, slots_at + slot_bytes}) {
    const auto [committed, commits, checksum] = file.numbers_at<3>(place);
    const slot s{committed, commits, checksum};
    if (s.checksum == s.right_checksum() && s.commits >= latest.commits) latest = s;
  }
  if (latest.committed < settings_at + settings_head_bytes) file.damaged("it does not say how much of it is committed");
  if (latest.committed > file.bytes()) file.damaged("it is cut off");
  return latest;
}

std::string settings_in(const source& file, const slot& latest) {
  const auto [bytes, checksum] = file.numbers_at<2>(settings_at);
  constexpr std::uint64_t place = settings_at + settings_head_bytes;
  if (bytes > latest.committed - place) file.damaged("its settings are longer than the file");
  std::string settings = file.at(place, bytes);
  if (checksum != fnv1a_of({bytes}, settings)) file.damaged("its settings have changed");
  return settings;
}

}  // namespace

void expect_gans(const checkpoint_record& record, std::uint64_t num_gans, const std::string& path) {
  if (record.first > num_gans || record.count > num_gans - record.first)
    throw damaged_file(path + " is damaged: it has GANs that the run does not have");
}

bool checkpoint_exists(const std::string& path) {
  struct stat status;
  return ::lstat(path.c_str(), &status) == 0;
}

std::string settings_of_checkpoint(const std::string& path) {
  const source file(path);
  return settings_in(file, committed_of(file, path));
}

void read_records(const std::string& path, const std::function<void(const checkpoint_record&)>& each) {
  const source file(path);
  const slot latest = committed_of(file, path);
  std::uint64_t place = settings_at + settings_head_bytes + settings_in(file, latest).size();
  while (place < latest.committed) {
    if (latest.committed - place < record_head_bytes) file.damaged("a record is cut off");
    const auto [first, count, bytes, checksum] = file.numbers_at<4>(place);
    place += record_head_bytes;
    if (bytes > latest.committed - place) file.damaged("a record is longer than the file");
    const checkpoint_record record{first, count, file.at(place, bytes)};
    if (checksum != fnv1a_of({first, count, bytes}, record.rows)) file.damaged("a record has changed");
    each(record);
    place += bytes;
  }
}

void create_checkpoint(const std::string& path, const std::string& settings) {
  byte_writer head;
  head(settings.size()), head(fnv1a_of({settings.size()}, settings));
  atomic_file file(path);
  file.write(magic);
  file.write(bytes_of(slot{settings_at + settings_head_bytes + settings.size(), 1, 0}));
  file.write(std::string(slot_bytes, '\0'));
  file.write(head.bytes());
  file.write(settings);
  file.commit();
}

checkpoint_file::checkpoint_file(const std::string& path)
    : path_(path), descriptor_(::open(path.c_str(), O_RDWR | O_CLOEXEC)) {
  if (descriptor_ < 0) throw write_error(path, errno);
  try {
    // Where locks do not work, nobody is refused.
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
      throw file_error("cannot write " + path + ": another process is adding to it");
    const slot latest = committed_of(source(path), path);
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
    const ssize_t more = ::pwrite(descriptor_, &bytes[written], bytes.size() - written, off_t(place + written));
    if (more < 0 && errno == EINTR) continue;
    if (more < 0) throw write_error(path_, errno);
    written += std::size_t(more);
  }
}

void checkpoint_file::synchronise() const {
  // Some file systems have nothing to synchronise and report EINVAL.
  if (::fdatasync(descriptor_) != 0 && errno != EINVAL) throw write_error(path_, errno);
}

void checkpoint_file::add(const std::vector<checkpoint_record>& records) {
  std::uint64_t end = committed_;
  for (const checkpoint_record& record : records) {
    const std::string bytes = bytes_of(record);
    write_at(end, bytes);
    end += bytes.size();
  }
  synchronise();
  const slot next{end, commits_ + 1, 0};
  // Commit number n is in slot (n − 1) mod 2, so that of the previous one stays.
  write_at(slots_at + (next.commits - 1) % 2 * slot_bytes, bytes_of(next));
  synchronise();
  committed_ = next.committed;
  commits_ = next.commits;
}

}  // namespace gumbelcuda
