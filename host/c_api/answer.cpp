// SPDX-License-Identifier: Apache-2.0
#include "host/c_api/answer.hpp"

#include <algorithm>
#include <new>
#include <stdexcept>

#include "gumbelcuda/config.hpp"

namespace gumbelcuda::c_api {
namespace {

// Of fixed size: there may be no memory left to allocate a message.
thread_local char last_message[1024] = "";

gumbelcuda_status failed(gumbelcuda_status status, const char* message) noexcept {
  const std::size_t length = std::min(std::strlen(message), sizeof last_message - 1);
  std::memcpy(last_message, message, length);
  last_message[length] = 0;
  return status;
}

}  // namespace

gumbelcuda_status status_of_exception() noexcept {
  try {
    try {
      throw;
    } catch (const invalid_argument& refused) {
      return failed(GUMBELCUDA_INVALID_ARGUMENT, refused.what());
    } catch (const no_device& refused) {
      return failed(GUMBELCUDA_NO_DEVICE, refused.what());
    } catch (const out_of_memory& refused) {
      return failed(GUMBELCUDA_OUT_OF_MEMORY, refused.what());
    } catch (const device_error& failure) {
      return failed(GUMBELCUDA_DEVICE_ERROR, failure.what());
    } catch (const interrupted& stopped) {
      return failed(GUMBELCUDA_INTERRUPTED, stopped.what());
    } catch (const file_error& failure) {
      return failed(GUMBELCUDA_FILE_ERROR, failure.what());
    } catch (const damaged_file& refused) {
      return failed(GUMBELCUDA_DAMAGED_FILE, refused.what());
    }
  } catch (const std::bad_alloc&) {
    return failed(GUMBELCUDA_OUT_OF_MEMORY, "out of memory");
  } catch (const std::length_error&) {
    return failed(GUMBELCUDA_OUT_OF_MEMORY, "out of memory: an array is too long");
  } catch (const std::exception& fault) {
    return failed(GUMBELCUDA_INTERNAL_ERROR, fault.what());
  } catch (...) {
    return failed(GUMBELCUDA_INTERNAL_ERROR, "an exception of an unknown kind");
  }
}

}  // namespace gumbelcuda::c_api

const char* gumbelcuda_status_string(int status) {
  switch (status) {
    case GUMBELCUDA_SUCCESS:
      return "success";
    case GUMBELCUDA_INVALID_ARGUMENT:
      return "invalid argument";
    case GUMBELCUDA_NO_DEVICE:
      return "no device";
    case GUMBELCUDA_OUT_OF_MEMORY:
      return "out of memory";
    case GUMBELCUDA_DEVICE_ERROR:
      return "device error";
    case GUMBELCUDA_INTERNAL_ERROR:
      return "internal error";
    case GUMBELCUDA_INTERRUPTED:
      return "interrupted";
    case GUMBELCUDA_FILE_ERROR:
      return "file error";
    case GUMBELCUDA_DAMAGED_FILE:
      return "damaged file";
  }
  return "unknown status";
}

const char* gumbelcuda_last_error_message(void) { return gumbelcuda::c_api::last_message; }

uint32_t gumbelcuda_version(void) {
  return 10000 * GUMBELCUDA_VERSION_MAJOR + 100 * GUMBELCUDA_VERSION_MINOR + GUMBELCUDA_VERSION_PATCH;
}
