// SPDX-License-Identifier: Apache-2.0
// What a result file may consist of before HDF5 reads it. HDF5's format can do far more than result files need, and its
// library trusts lengths, addresses and counts of a file more than it should: HDF5 1.10.8 crashes at every few of the
// files that a fuzzer makes of ours. A seal is no signature, so a file with a right one need not be ours either.
#pragma once

#include <cstdint>
#include <string>

namespace gumbelcuda::hdf5 {

// Throws failure unless the first `bytes` bytes of the file consist of structures that our writers make
// (hdf5_write.hpp), each at a place of its own:
//
//   a superblock of version 2, without an extension; a root group with its links and attributes in its header; datasets
//   of whole numbers, floating-point numbers or one text, contiguous or in chunks that are all there, in their order,
//   filtered by no more than Fletcher-32; attributes of the root that are one number or text
//
// So what HDF5 follows from there leads to bytes of the file that were meant for it. Attributes of datasets may be
// anything: nobody here reads them. The numbers themselves are not looked at.
void check_structure(const std::string& path, std::uint64_t bytes);

}  // namespace gumbelcuda::hdf5
