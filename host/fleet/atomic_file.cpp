// SPDX-License-Identifier: Apache-2.0
#include "host/fleet/atomic_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <random>
#include <system_error>
#include <utility>

namespace gumbelcuda {
namespace {

namespace fs = std::filesystem;

std::string folder_of(const std::string& path) {
  const fs::path parent = fs::path(path).parent_path();
  return parent.empty() ? "." : parent.string();
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

file_error cannot_write(const std::string& path, const std::string& problem) {
  return file_error("cannot write " + (path.empty() ? "the file" : path) + ": " + problem);
}

// Where the file will be. A link stays: what it points at is replaced. Devices and pipes are refused,
// since renaming over /dev/null would take it away from everyone.
std::string find_destination(const std::string& path) {
  if (path.empty()) throw cannot_write(path, "its name is empty");
  struct stat status;
  if (::stat(path.c_str(), &status) != 0) {
    if (errno != ENOENT) throw write_error(path, errno);
    if (fs::path(path).filename().empty())
      throw cannot_write(path, "the name ends in /; give the name of a file in that folder");
    return path;
  }
  if (S_ISDIR(status.st_mode)) throw cannot_write(path, "it is a folder; give the name of a file in it");
  if (!S_ISREG(status.st_mode)) throw cannot_write(path, "it is a device or a pipe; give the name of a file");
  if (::access(path.c_str(), W_OK) != 0)
    throw cannot_write(path, "the file is there and write-protected; choose another name or change its permissions");
  return fs::canonical(path).string();
}

}  // namespace

file_error write_error(const std::string& path, int error_number) {
  const std::string folder = folder_of(path);
  switch (error_number) {
    case ENOENT:
      return cannot_write(path, "there is no folder " + folder + "; create it first");
    case ENOTDIR:
      return cannot_write(path, folder + " is not a folder");
    case EACCES:
    case EPERM:
      return cannot_write(path, "no permission to write in folder " + folder + "; choose another one");
    case EROFS:
      return cannot_write(path, "folder " + folder + " can only be read; choose another one");
    case ENOSPC:
      return cannot_write(path, "the disk is full; free some space or choose another place");
    case EDQUOT:
      return cannot_write(path, "your quota on this disk is used up; free some space or choose another place");
    case EFBIG:
      return cannot_write(path, "it would be larger than files may be here (ulimit -f, or the file system's limit)");
    case ENAMETOOLONG:
      return cannot_write(path, "the name is too long");
    default:
      return cannot_write(path, std::generic_category().message(error_number));
  }
}

atomic_file::atomic_file(std::string path) : path_(std::move(path)), destination_(find_destination(path_)) {
  do {
    temporary_path_ = temporary_name(destination_);
    descriptor_ = ::open(temporary_path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  } while (descriptor_ < 0 && (errno == EEXIST || errno == EINTR));
  if (descriptor_ < 0) throw write_error(path_, errno);
}

atomic_file::~atomic_file() { discard(); }

void atomic_file::discard() noexcept {
  if (descriptor_ < 0) return;
  ::close(std::exchange(descriptor_, -1));
  ::unlink(temporary_path_.c_str());
}

void atomic_file::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw write_error(path_, errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void atomic_file::commit() {
  // Some file systems have nothing to synchronise and say EINVAL.
  if (::fsync(descriptor_) != 0 && errno != EINVAL) throw write_error(path_, errno);
  // Disks behind a network may report a full disk as late as here.
  const int closed = ::close(std::exchange(descriptor_, -1));
  if ((closed != 0 && errno != EINTR) || ::rename(temporary_path_.c_str(), destination_.c_str()) != 0) {
    const int error_number = errno;
    ::unlink(temporary_path_.c_str());
    throw write_error(path_, error_number);
  }
  // So that the new name outlives a power failure. The file is in place: failing here must not say otherwise.
  const int folder = ::open(folder_of(destination_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return;
  ::fsync(folder);
  ::close(folder);
}

void check_writable(const std::string& path) { atomic_file attempt(path); }

}  // namespace gumbelcuda
