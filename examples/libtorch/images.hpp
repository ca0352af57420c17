// SPDX-License-Identifier: Apache-2.0
// Binary images to train with: drawn from a law of known entropy, or read from the files of MNIST's format and
// binarized once, as examples/autoencoder/data.py does it. Without LibTorch.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace gumbelcuda::example {

struct image_set {
  int side = 0;
  std::vector<float> training, test;  // side² numbers an image, each 0 or 1
  double entropy = -1;                // of an image, in nats; below 0: not known

  int pixels() const { return side * side; }
};

// Each of `bands` bands of rows shows one of four patterns, all of them equally likely, whatever the others do.
image_set synthetic_images(int side, int bands, int training, int test);

// From train-images-idx3-ubyte and t10k-images-idx3-ubyte in `folder`, or the same with .gz where the program was built
// with zlib. A pixel of intensity p is 1 with probability p. Of the shuffled training images the first 500 are left
// out, which that program validates with; of the test images the first 500 are taken. Throws std::runtime_error.
image_set read_images(const std::string& folder);

}  // namespace gumbelcuda::example
