// SPDX-License-Identifier: Apache-2.0
// Preloaded into the command: what can go wrong where files are written. It sees the calls that write, synchronise or
// name files. GUMBELCUDA_FAULTS says what happens at which of them: "full:fdatasync4,kill:+3" at the fourth fdatasync
// and three calls after the first fault, "full:pwrite" at every pwrite.
//
//   kill   the process is killed before it
//   half   half of what is to be written is, then the process is killed
//   short  half of what is to be written is, as the system may do
//   full   the call fails, as on a full disk
//
// GUMBELCUDA_FAULT_LOG names a file to which the name of each call is appended, GUMBELCUDA_OPEN_LOG one for the path of
// each file that is opened.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>

namespace {

enum class fault { none, kill, half, short_write, full };

bool is_file(int descriptor) {
  struct stat status;
  return fstat(descriptor, &status) == 0 && (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode));
}

template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

void append(const char* log, const char* line) {
  static auto* const real_open = next<int(const char*, int, ...)>("open");
  const int file = real_open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  dprintf(file, "%s\n", line);
  close(file);
}

fault next_fault(const char* call) {
  if (const char* const log = std::getenv("GUMBELCUDA_FAULT_LOG")) append(log, call);
  const char* const faults = std::getenv("GUMBELCUDA_FAULTS");
  if (faults == nullptr) return fault::none;
  static std::map<std::string, int> calls_of_name;
  static int after_first = 0;
  const std::string name = call, all = std::string(faults) + ",";
  std::string what;
  for (const std::string& place :
       {name, name + std::to_string(++calls_of_name[name]), "+" + std::to_string(after_first)})
    if (const std::size_t end = all.find(":" + place + ","); end != std::string::npos)
      what = all.substr(0, end).substr(all.substr(0, end).rfind(',') + 1);
  if (after_first > 0 || !what.empty()) ++after_first;
  if (what.empty()) return fault::none;
  if (what == "kill") std::raise(SIGKILL);
  return what == "half" ? fault::half : what == "short" ? fault::short_write : fault::full;
}

// write(bytes) makes the call for so many bytes.
template <class Write>
ssize_t write_with_fault(const char* call, std::size_t bytes, Write write) {
  switch (next_fault(call)) {
    case fault::half:
      write(bytes / 2);
      std::raise(SIGKILL);
      [[fallthrough]];
    case fault::short_write:
      return write(bytes > 1 ? bytes / 2 : bytes);
    case fault::full:
      errno = ENOSPC;
      return -1;
    default:
      return write(bytes);
  }
}

template <class Call>
int call_with_fault(const char* name, Call call) {
  if (next_fault(name) != fault::full) return call();
  errno = ENOSPC;
  return -1;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  static auto* const real = next<int(const char*, int, ...)>("open");
  std::va_list rest;
  va_start(rest, flags);
  const bool makes_file = (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
  const mode_t mode = makes_file ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  if (const char* const log = std::getenv("GUMBELCUDA_OPEN_LOG")) append(log, path);
  return real(path, flags, mode);
}

ssize_t write(int descriptor, const void* bytes, std::size_t count) {
  static auto* const real = next<ssize_t(int, const void*, std::size_t)>("write");
  if (!is_file(descriptor)) return real(descriptor, bytes, count);
  return write_with_fault("write", count, [&](std::size_t some) { return real(descriptor, bytes, some); });
}

ssize_t pwrite(int descriptor, const void* bytes, std::size_t count, off_t place) {
  static auto* const real = next<ssize_t(int, const void*, std::size_t, off_t)>("pwrite");
  return write_with_fault("pwrite", count, [&](std::size_t some) { return real(descriptor, bytes, some, place); });
}
ssize_t pwrite64(int descriptor, const void* bytes, std::size_t count, off64_t place) {
  return pwrite(descriptor, bytes, count, place);
}

int fsync(int descriptor) {
  static auto* const real = next<int(int)>("fsync");
  return call_with_fault("fsync", [&] { return real(descriptor); });
}
int fdatasync(int descriptor) {
  static auto* const real = next<int(int)>("fdatasync");
  return call_with_fault("fdatasync", [&] { return real(descriptor); });
}
int linkat(int from_folder, const char* from, int to_folder, const char* to, int flags) {
  static auto* const real = next<int(int, const char*, int, const char*, int)>("linkat");
  return call_with_fault("linkat", [&] { return real(from_folder, from, to_folder, to, flags); });
}
int rename(const char* from, const char* to) {
  static auto* const real = next<int(const char*, const char*)>("rename");
  return call_with_fault("rename", [&] { return real(from, to); });
}

}  // extern "C"
