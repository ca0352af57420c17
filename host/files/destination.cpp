// SPDX-License-Identifier: Apache-2.0
#include "host/files/destination.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace gumbelcuda {
namespace {

namespace fs = std::filesystem;

std::string folder_of(const std::string& path) {
  const fs::path parent = fs::path(path).parent_path();
  return parent.empty() ? "." : parent.string();
}

file_error cannot_write(const std::string& path, const std::string& problem) {
  return file_error("cannot write " + (path.empty() ? "the file" : path) + ": " + problem);
}

// In these folders devices and a process's open files look like files, but none may be replaced by renaming: that would
// take /dev/null away from everyone, and from /dev/stdout the log that it is redirected to.
bool holds_no_files(const fs::path& folder) {
  return folder == "/dev" || folder == "/proc" || folder.native().starts_with("/proc/");
}

// The folder, with its links resolved as far as it exists, and the file's name in it.
fs::path in_real_folder(const fs::path& path) {
  std::error_code problem;
  const fs::path absolute = fs::absolute(path, problem);
  const fs::path folder = problem ? path.parent_path() : absolute.parent_path();
  const fs::path real = fs::weakly_canonical(folder, problem);
  return (problem ? folder : real) / path.filename();
}

// Follows links, including a last one to a file that does not exist yet. Stops where holds_no_files().
fs::path follow_links(fs::path path) {
  constexpr int most_links = 40;  // as Linux
  for (int links = 0; links < most_links; ++links) {
    path = in_real_folder(path);
    std::error_code problem;
    const fs::path target = fs::read_symlink(path, problem);
    if (problem || holds_no_files(path.parent_path())) break;
    path = path.parent_path() / target;
  }
  return path;
}

}  // namespace

std::string find_destination(const std::string& path) {
  if (path.empty()) throw cannot_write(path, "its name is empty");
  struct stat status;
  const bool exists = ::stat(path.c_str(), &status) == 0;
  if (!exists && errno != ENOENT) throw write_error(path, errno);
  if (exists && S_ISDIR(status.st_mode)) throw cannot_write(path, "it is a folder; give the name of a file in it");
  if (fs::path(path).filename().empty())
    throw cannot_write(path, "the name ends in /; give the name of a file in that folder");
  const fs::path destination = follow_links(path);
  if ((exists && !S_ISREG(status.st_mode)) || holds_no_files(destination.parent_path()))
    throw cannot_write(path, "it is a device, a pipe or something that a process has open; give the name of a file");
  if (exists && ::access(path.c_str(), W_OK) != 0)
    throw cannot_write(path, "the file is there and write-protected; choose another name or change its permissions");
  return destination.string();
}

bool same_destination(const std::string& a, const std::string& b) {
  std::error_code problem;
  return follow_links(a) == follow_links(b) || fs::equivalent(a, b, problem);
}

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

}  // namespace gumbelcuda
