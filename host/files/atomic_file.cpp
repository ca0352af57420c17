// SPDX-License-Identifier: Apache-2.0
#include "host/files/atomic_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <climits>
#include <cstring>
#include <filesystem>
#include <limits>
#include <utility>

#include "host/byte_text.hpp"
#include "host/files/temporary_name.hpp"
#include "host/saturating.hpp"

namespace gumbelcuda {
namespace {

namespace fs = std::filesystem;

// A signal must wait for the system call in progress. To keep these short, bytes are written in blocks, and on their
// way to the disk before many have accumulated.
constexpr std::size_t block_bytes = 1 << 20, most_waiting_bytes = 16 << 20;

// What abandon_files() needs to know. All of it is set before `phase` says so, and for one file at a time. A file
// without a name has no path here: it vanishes by itself.
enum writing_phase { no_file, file_is_temporary, file_is_moving };
std::atomic<int> phase{no_file}, watched_descriptor{-1};
std::atomic<bool> in_place{false};
std::atomic<const atomic_file*> watched{nullptr};
char watched_path[PATH_MAX];
static_assert(std::atomic<int>::is_always_lock_free && std::atomic<bool>::is_always_lock_free);

// May be called again when the file gets another name.
void watch(const atomic_file* file, const std::string& path, int descriptor) noexcept {
  const atomic_file* nobody = nullptr;
  if (path.size() >= sizeof watched_path) return;
  if (watched != file && !watched.compare_exchange_strong(nobody, file)) return;
  phase = no_file;
  std::memcpy(watched_path, path.c_str(), path.size() + 1);
  watched_descriptor = descriptor;
  phase = file_is_temporary;
}

void unwatch(const atomic_file* file) noexcept {
  if (watched != file) return;
  phase = no_file;
  watched = nullptr;
}

void mark_as_moving(const atomic_file* file) noexcept {
  if (watched == file) phase = file_is_moving;
}

// Copies the old file's mode, and its owner if allowed: root replaces other users' files, and others their own.
void take_over_permissions(int descriptor, const struct stat& old) {
  if (::fchown(descriptor, old.st_uid, old.st_gid) != 0) errno = 0;
  ::fchmod(descriptor, old.st_mode & 0777);
}

// Takes a lock that ends with the process. False if another process holds it, or removed the file meanwhile. Where
// locks do not work, no process removes files.
bool lock_named(int descriptor) {
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) return false;
  struct stat status;
  return ::fstat(descriptor, &status) == 0 && status.st_nlink > 0;
}

bool link_to(int descriptor, const std::string& path) {
  const std::string file = "/proc/self/fd/" + std::to_string(descriptor);
  return ::linkat(AT_FDCWD, file.c_str(), AT_FDCWD, path.c_str(), AT_SYMLINK_FOLLOW) == 0;
}

}  // namespace

atomic_file::atomic_file(std::string path, temporary_file kind, durable result)
    : path_(std::move(path)), destination_(find_destination(path_)), result_(result) {
  remove_stale_files(destination_);
  struct stat old;
  const bool replaces = ::stat(destination_.c_str(), &old) == 0;
  const unsigned mode = replaces ? 0600 : 0666;
  if (kind == temporary_file::named || !open_unnamed(mode)) open_named(mode);
  if (replaces) take_over_permissions(descriptor_, old);
}

bool atomic_file::open_unnamed(unsigned mode) {
  const std::string folder = fs::path(destination_).parent_path().string();
  descriptor_ = ::open(folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, mode);
  if (descriptor_ < 0) return false;
  // The file gets its name through this path.
  if (::access(("/proc/self/fd/" + std::to_string(descriptor_)).c_str(), F_OK) != 0) {
    ::close(std::exchange(descriptor_, -1));
    return false;
  }
  ::flock(descriptor_, LOCK_EX | LOCK_NB);  // before it has a name by which others can see it
  if (result_ == durable::yes) watch(this, "", descriptor_);
  return true;
}

void atomic_file::open_named(unsigned mode) {
  do {
    discard();
    temporary_path_ = temporary_name(destination_);
    if (result_ == durable::yes) watch(this, temporary_path_, -1);
    descriptor_ = ::open(temporary_path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  } while (descriptor_ < 0 ? errno == EEXIST || errno == EINTR : !lock_named(descriptor_));
  if (descriptor_ >= 0) return;
  const int error_number = errno;
  unwatch(this);
  std::error_code ignored;  // if path_ is a link, the missing or closed folder is another one
  throw write_error(fs::is_symlink(path_, ignored) ? destination_ : path_, error_number);
}

atomic_file::~atomic_file() { discard(); }

void atomic_file::discard() noexcept {
  if (descriptor_ >= 0) {
    if (!temporary_path_.empty()) ::unlink(temporary_path_.c_str());
    ::close(std::exchange(descriptor_, -1));
  }
  unwatch(this);
}

std::uint64_t atomic_file::free_bytes() const {
  struct statvfs disk;
  // A file system that does not know its size reports 0 blocks.
  if (::fstatvfs(descriptor_, &disk) != 0 || disk.f_blocks == 0) return std::numeric_limits<std::uint64_t>::max();
  return saturating_product(disk.f_bavail, disk.f_frsize);
}

void atomic_file::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), std::min(bytes.size(), block_bytes));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw write_error(path_, errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
    written_ += static_cast<std::uint64_t>(written);
    if (written_ - begun_ >= most_waiting_bytes) hasten();
  }
}

// Begins to write to the disk what is new, and waits for what was begun before, so that the disk has always something
// to do. Unlike fdatasync() this leaves the file's length and places on the disk for the end.
void atomic_file::hasten() {
  constexpr unsigned begin = SYNC_FILE_RANGE_WRITE,
                     wait = SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER;
  const auto range = [this](std::uint64_t from, std::uint64_t to, unsigned what) {
    const bool done = from == to || ::sync_file_range(descriptor_, off_t(from), off_t(to - from), what) == 0;
    // Where there is no such call, synchronise() does all.
    if (!done && (errno == EIO || errno == ENOSPC || errno == EDQUOT)) throw write_error(path_, errno);
  };
  range(begun_, written_, begin);
  range(waited_for_, begun_, wait);
  waited_for_ = begun_;
  begun_ = written_;
}

void atomic_file::synchronise() {
  if (result_ == durable::no) return;
  // Some file systems have nothing to synchronise and report EINVAL.
  if (::fsync(descriptor_) != 0 && errno != EINVAL) throw write_error(path_, errno);
  // Network disks may report a full disk only when a descriptor is closed, even a second one. The first keeps the lock.
  const int second = ::fcntl(descriptor_, F_DUPFD_CLOEXEC, 0);
  if (second >= 0 && ::close(second) != 0 && errno != EINTR) throw write_error(path_, errno);
}

void atomic_file::commit() {
  synchronise();
  if (!take_place()) throw write_error(path_, errno);
  in_its_place();
}

bool atomic_file::commit_new() {
  synchronise();
  if (!take_free_place()) {
    if (errno != EEXIST) throw write_error(path_, errno);
    discard();
    return false;
  }
  in_its_place();
  return true;
}

void atomic_file::in_its_place() {
  if (result_ == durable::yes) in_place = true;
  unwatch(this);
  ::close(std::exchange(descriptor_, -1));
  if (result_ == durable::no) return;
  // Makes the new name survive a power failure. The file is already in place, so a failure here must not be reported.
  const int folder = ::open(fs::path(destination_).parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return;
  ::fsync(folder);
  ::close(folder);
}

bool atomic_file::take_free_place() {
  mark_as_moving(this);
  if (temporary_path_.empty()) return link_to(descriptor_, destination_);
  if (::link(temporary_path_.c_str(), destination_.c_str()) != 0) return false;
  ::unlink(temporary_path_.c_str());
  return true;
}

// Linking does not replace a file. If there is one, the new file briefly needs a name of its own.
bool atomic_file::take_place() {
  if (temporary_path_.empty()) {
    mark_as_moving(this);
    if (link_to(descriptor_, destination_)) return true;
    if (errno != EEXIST) return false;
    do {
      temporary_path_ = temporary_name(destination_);
      if (result_ == durable::yes) watch(this, temporary_path_, descriptor_);
    } while (!link_to(descriptor_, temporary_path_) && errno == EEXIST);
  }
  mark_as_moving(this);
  return ::rename(temporary_path_.c_str(), destination_.c_str()) == 0;
}

void check_writable(const std::string& path, std::uint64_t least_bytes) {
  const std::uint64_t left = atomic_file(path).free_bytes();
  if (least_bytes > left)
    throw file_error("cannot write " + path + ": it will take " + byte_text(least_bytes, left) + ", and the disk has " +
                     byte_text(left, least_bytes) + " left; free some space or choose another place");
}

abandoned abandon_files() noexcept {
  const int now = phase;
  bool placed = false;
  if (now != no_file && watched_path[0] != '\0') {
    // If rename() has already happened there is nothing left to remove.
    placed = ::unlink(watched_path) != 0 && now == file_is_moving;
  } else if (now == file_is_moving) {
    struct stat status;
    placed = ::fstat(watched_descriptor, &status) == 0 && status.st_nlink > 0;
  }
  if (!in_place && !placed) return abandoned::everything;
  return now != no_file && !placed ? abandoned::rest : abandoned::nothing;
}

bool any_file_in_place() noexcept { return in_place; }

}  // namespace gumbelcuda
