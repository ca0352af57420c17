// SPDX-License-Identifier: Apache-2.0
// Integers in NumPy's file format, versions 1.0 and 2.0, as numpy.save() writes an array of one dimension. Nothing else
// is taken: no distribution packages a reader that refuses what it does not know.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace gumbelcuda {

class npy_integers {
 public:
  // `content` is the whole file and must outlive this object. Throws invalid_argument(path, …).
  npy_integers(const std::string& path, std::string_view content);

  std::uint64_t size() const noexcept { return size_; }
  // Numbers above 2^63 − 1 come out negative.
  std::int64_t at(std::uint64_t i) const noexcept;

 private:
  std::string_view values_{};
  std::uint64_t size_ = 0;
  unsigned width_ = 1;  // bytes
  bool is_signed_ = false;
};

}  // namespace gumbelcuda
