// SPDX-License-Identifier: Apache-2.0
// Stands in for NVIDIA's driver, libcuda.so.1: only the functions that host/api/device_memory.cpp calls.
#include <stdint.h>

static uintptr_t begin, end;
static unsigned managed;
static int common_page_tables;

// Declares these bytes to be device memory.
void fake_memory_(const void* at, uintptr_t bytes, unsigned is_managed, int has_common_page_tables) {
  begin = (uintptr_t)at;
  end = begin + bytes;
  managed = is_managed;
  common_page_tables = has_common_page_tables;
}

int cuPointerGetAttribute(void* data, int attribute, unsigned long long pointer) {
  if (begin == end) return 3;                       // CUDA_ERROR_NOT_INITIALIZED
  if (pointer < begin || pointer >= end) return 1;  // CUDA_ERROR_INVALID_VALUE
  if (attribute == 2) *(unsigned*)data = 2;         // memory type: device
  if (attribute == 8) *(unsigned*)data = managed;
  if (attribute == 9) *(int*)data = 5;  // the device's number
  return 0;
}

int cuDeviceGetAttribute(int* value, int attribute, int device) {
  if (attribute != 100 || device != 5) return 1;
  *value = common_page_tables;
  return 0;
}
