// SPDX-License-Identifier: Apache-2.0
#include "host/results/hdf5_image.hpp"

#include <algorithm>
#include <cstring>
#include <new>

#if H5_VERSION_GE(1, 13, 0)
#include <H5FDdevelop.h>
#endif

namespace gumbelcuda::hdf5 {
namespace {

// HDF5 knows files of a driver by a pointer to the first member.
struct open_file {
  H5FD_t base{};
  image* bytes = nullptr;
};
struct access_properties {
  image* bytes = nullptr;
};

image& image_of(const H5FD_t* file) { return *reinterpret_cast<const open_file*>(file)->bytes; }

H5FD_t* open(const char*, unsigned, hid_t access, haddr_t) {
  const auto* properties = static_cast<const access_properties*>(H5Pget_driver_info(access));
  if (properties == nullptr) return nullptr;
  auto* file = new (std::nothrow) open_file;
  if (file == nullptr) return nullptr;
  file->bytes = properties->bytes;
  return &file->base;
}

herr_t close(H5FD_t* file) {
  delete reinterpret_cast<open_file*>(file);
  return 0;
}

// As the driver for files in memory: the places of things in a file depend on it.
herr_t query(const H5FD_t*, unsigned long* flags) {
  *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE |
           H5FD_FEAT_AGGREGATE_SMALLDATA;
  return 0;
}

haddr_t size(const H5FD_t* file, H5FD_mem_t) { return image_of(file).size(); }

herr_t resize(H5FD_t* file, H5FD_mem_t, haddr_t size) {
  image_of(file).resize(size);
  return 0;
}

herr_t read(H5FD_t* file, H5FD_mem_t, hid_t, haddr_t place, std::size_t count, void* to) {
  image_of(file).read(place, count, static_cast<char*>(to));
  return 0;
}

herr_t write(H5FD_t* file, H5FD_mem_t type, hid_t, haddr_t place, std::size_t count, const void* from) {
  image& bytes = image_of(file);
  if (type == H5FD_MEM_DRAW && !bytes.keeps_numbers()) return 0;
  try {
    bytes.write(place, count, static_cast<const char*>(from));
  } catch (const std::bad_alloc&) {
    return -1;
  }
  return 0;
}

hid_t driver() {
  static const hid_t id = [] {
    static H5FD_class_t driver{};
#if H5_VERSION_GE(1, 13, 0)
    driver.version = H5FD_CLASS_VERSION;
    driver.value = static_cast<H5FD_class_value_t>(H5_VFD_RESERVED + 1);
#endif
    driver.name = "gumbelcuda_image";
    driver.maxaddr = ~haddr_t{0} >> 1;
    driver.fc_degree = H5F_CLOSE_WEAK;
    driver.fapl_size = sizeof(access_properties);
    driver.open = open;
    driver.close = close;
    driver.query = query;
    driver.get_eoa = size;
    driver.set_eoa = resize;
    driver.get_eof = size;
    driver.read = read;
    driver.write = write;
    // Nothing to do, but HDF5 marks files as open for writing only where a driver can lock; its own for memory can.
    driver.lock = [](H5FD_t*, hbool_t) -> herr_t { return 0; };
    driver.unlock = [](H5FD_t*) -> herr_t { return 0; };
    constexpr H5FD_mem_t free_lists[] = H5FD_FLMAP_DICHOTOMY;
    std::copy(std::begin(free_lists), std::end(free_lists), driver.fl_map);
    return H5FDregister(&driver);
  }();
  return check(id, "register a driver");
}

}  // namespace

void image::read(std::uint64_t place, std::uint64_t count, char* to) const {
  while (count > 0) {
    const std::uint64_t at = place % page_bytes, here = std::min(count, page_bytes - at);
    const auto page = pages_.find(place / page_bytes);
    if (page == pages_.end())
      std::memset(to, 0, here);
    else
      std::memcpy(to, page->second.data() + at, here);
    place += here, to += here, count -= here;
  }
}

void image::write(std::uint64_t place, std::uint64_t count, const char* from) {
  while (count > 0) {
    const std::uint64_t at = place % page_bytes, here = std::min(count, page_bytes - at);
    std::memcpy(pages_[place / page_bytes].data() + at, from, here);
    place += here, from += here, count -= here;
  }
}

void keep_in(image& image, hid_t access) {
  const access_properties properties{&image};
  check(H5Pset_driver(access, driver(), &properties), "stay in memory");
}

}  // namespace gumbelcuda::hdf5
