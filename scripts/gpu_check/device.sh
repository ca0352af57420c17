# SPDX-License-Identifier: Apache-2.0
# Finds the GPU, nvcc and the dependencies: all that scripts/gpu-check must know about the machine first.
# shellcheck shell=bash disable=SC2154,SC2034

# The compiler's path, or nothing. CMake uses CUDACXX, too.
find_nvcc() {
  if [[ -n ${CUDACXX:-} ]]; then
    command -v "$CUDACXX" || true
  else
    command -v nvcc || command -v "${CUDA_HOME:-/usr/local/cuda}/bin/nvcc" || true
  fi
}

# Prints "NAME, X.Y" of the first device, or nothing.
ask_device() {
  local answer folder
  answer=$(nvidia-smi --id=0 --query-gpu=name,compute_cap --format=csv,noheader 2>/dev/null) || answer=
  if [[ $answer =~ ,\ [0-9]+\.[0-9]+$ ]]; then
    printf '%s\n' "$answer"
    return
  fi
  # nvidia-smi is too old or missing.
  folder=$(mktemp -d)
  cat >"$folder/ask.cu" <<'END'
#include <cstdio>
int main() {
  cudaDeviceProp p;
  if (cudaGetDeviceProperties(&p, 0) != cudaSuccess) return 1;
  std::printf("%s, %d.%d\n", p.name, p.major, p.minor);
}
END
  if "$nvcc" -o "$folder/ask" "$folder/ask.cu" >/dev/null 2>&1; then "$folder/ask" || true; fi
  rm -r "$folder"
}

# Sets device_name, architecture (90 for compute capability 9.0) and device_file (a name for its results), or fails.
detect_device() {
  local answer
  answer=$(ask_device)
  [[ -n $answer ]] || return 1
  device_name=${answer%, *}
  architecture=${answer##*, }
  architecture=${architecture/./}
  device_file=$(tr '[:upper:]' '[:lower:]' <<<"$device_name" | sed 's/[^a-z0-9]\{1,\}/-/g; s/^-//; s/-$//')
}

# Whether a compiler finds these headers, including the prepared ones.
have_headers() {
  printf '#include <%s>\n' "$@" |
    "${CXX:-c++}" -std=c++20 -x c++ -fsyntax-only -DFMT_HEADER_ONLY -Ithird_party/include - >/dev/null 2>&1
}
