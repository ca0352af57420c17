// SPDX-License-Identifier: Apache-2.0
#include "host/fleet/atomic_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <climits>
#include <cstring>
#include <filesystem>
#include <random>
#include <utility>

#include "host/byte_text.hpp"

namespace gumbelcuda {
namespace {

namespace fs = std::filesystem;

// A signal waits for the system call that it meets. So that none takes long, bytes go to the system in blocks,
// and from there to the disk before many have gathered.
constexpr std::size_t block_bytes = 1 << 20, most_unsynchronised_bytes = 16 << 20;

// What abandon_files() needs to know. The path is written before `phase` says so, and by one file at a time.
enum writing_phase { no_file, file_is_temporary, file_is_moving };
std::atomic<int> phase{no_file};
std::atomic<bool> in_place{false};
std::atomic<const atomic_file*> watched{nullptr};
char watched_path[PATH_MAX];
static_assert(std::atomic<int>::is_always_lock_free && std::atomic<bool>::is_always_lock_free);

void watch(const atomic_file* file, const std::string& path) noexcept {
  const atomic_file* nobody = nullptr;
  if (path.size() >= sizeof watched_path || !watched.compare_exchange_strong(nobody, file)) return;
  std::memcpy(watched_path, path.c_str(), path.size() + 1);
  phase = file_is_temporary;
}

void unwatch(const atomic_file* file) noexcept {
  if (watched != file) return;
  phase = no_file;
  watched = nullptr;
}

// NAME → .NAME.XXXXXX, shortened to the 255 bytes that a name may have.
std::string temporary_name(const std::string& destination) {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz0123456789";
  constexpr std::size_t longest_stem = 247;
  const fs::path path(destination);
  std::string name = ".";
  name.append(path.filename().string(), 0, longest_stem);
  name += '.';
  std::random_device entropy;
  for (int i = 0; i < 6; ++i) name += letters[entropy() % letters.size()];
  return (path.parent_path() / name).string();
}

// The mode of the old file, and its owner where that can be had: root replaces files of others, and others their own.
void take_over_permissions(int descriptor, const struct stat& old) {
  if (::fchown(descriptor, old.st_uid, old.st_gid) != 0) errno = 0;
  ::fchmod(descriptor, old.st_mode & 0777);
}

}  // namespace

atomic_file::atomic_file(std::string path) : path_(std::move(path)), destination_(find_destination(path_)) {
  struct stat old;
  const bool replaces = ::stat(destination_.c_str(), &old) == 0;
  do {
    unwatch(this);
    temporary_path_ = temporary_name(destination_);
    watch(this, temporary_path_);
    descriptor_ = ::open(temporary_path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, replaces ? 0600 : 0666);
  } while (descriptor_ < 0 && (errno == EEXIST || errno == EINTR));
  if (descriptor_ < 0) {
    const int error_number = errno;
    unwatch(this);
    std::error_code ignored;  // through a link, the folder that is missing or closed is another one
    throw write_error(fs::is_symlink(path_, ignored) ? destination_ : path_, error_number);
  }
  if (replaces) take_over_permissions(descriptor_, old);
}

atomic_file::~atomic_file() { discard(); }

void atomic_file::discard() noexcept {
  if (descriptor_ >= 0) {
    ::close(std::exchange(descriptor_, -1));
    ::unlink(temporary_path_.c_str());
  }
  unwatch(this);
}

void atomic_file::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), std::min(bytes.size(), block_bytes));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw write_error(path_, errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
    unsynchronised_ += static_cast<std::uint64_t>(written);
    if (unsynchronised_ < most_unsynchronised_bytes) continue;
    if (::fdatasync(descriptor_) != 0 && errno != EINVAL) throw write_error(path_, errno);
    unsynchronised_ = 0;
  }
}

void atomic_file::commit() {
  // Some file systems have nothing to synchronise and say EINVAL.
  if (::fsync(descriptor_) != 0 && errno != EINVAL) throw write_error(path_, errno);
  // Disks behind a network may report a full disk as late as here.
  const int closed = ::close(std::exchange(descriptor_, -1));
  if (watched == this) phase = file_is_moving;
  if ((closed != 0 && errno != EINTR) || ::rename(temporary_path_.c_str(), destination_.c_str()) != 0) {
    const int error_number = errno;
    ::unlink(temporary_path_.c_str());
    throw write_error(path_, error_number);
  }
  in_place = true;
  unwatch(this);
  // So that the new name outlives a power failure. The file is in place: failing here must not say otherwise.
  const int folder = ::open(fs::path(destination_).parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return;
  ::fsync(folder);
  ::close(folder);
}

void check_writable(const std::string& path, std::uint64_t least_bytes) {
  const atomic_file attempt(path);
  struct statvfs disk;
  // A file system that does not know its size says 0 blocks.
  if (::statvfs(attempt.temporary_path().c_str(), &disk) != 0 || disk.f_blocks == 0) return;
  const std::uint64_t left = disk.f_bavail * disk.f_frsize;
  if (least_bytes / disk.f_frsize > disk.f_bavail)
    throw file_error("cannot write " + path + ": it will take " + byte_text(least_bytes, left) + ", and the disk has " +
                     byte_text(left, least_bytes) + " left; free some space or choose another place");
}

abandoned abandon_files() noexcept {
  const int now = phase;
  // Once rename() has happened there is nothing left to remove, and the file is in its place.
  const bool removed = now != no_file && ::unlink(watched_path) == 0;
  if (!in_place && !(now == file_is_moving && !removed)) return abandoned::everything;
  return removed || now == file_is_temporary ? abandoned::rest : abandoned::nothing;
}

bool any_file_in_place() noexcept { return in_place; }

}  // namespace gumbelcuda
