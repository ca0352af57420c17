// SPDX-License-Identifier: Apache-2.0
// golden_main golden.txt: trains on every instruction set of the processor and compares fingerprints.
// other_processor.py compiles it for processors that this machine only emulates.
#include <cstdio>

#include "tests/gan/golden.hpp"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  int compared = 0, different = 0;
  for (const std::string& target : gumbelcuda::cpu_targets())
    for (const golden::training& t : golden::read(argv[1])) {
      const std::string actual = golden::train(t, target);
      std::printf("%-8s %s: %s\n", target.c_str(), t.line.c_str(), actual == t.expected ? "same" : actual.c_str());
      ++compared;
      different += actual != t.expected;
    }
  std::printf("%d trainings, %d with other bits\n", compared, different);
  return compared == 0 || different != 0;
}
