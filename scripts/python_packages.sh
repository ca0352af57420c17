# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# For scripts that make virtual environments and install Python packages. A machine without these, or without a package
# index, cannot do what they do, and that is no fault; all else that pip fails at is one.

# The exit status of a script that cannot have Python's packages here. Why, it has said.
readonly unavailable=75

# make_environment FOLDER
make_environment() {
  if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
    echo "python3 cannot make virtual environments (Debian: python3-venv)" >&2
    return "$unavailable"
  fi
  python3 -m venv "$1"
}

# install_packages SECONDS PIP ARGUMENT…: pip install.
install_packages() {
  local seconds=$1 pip=$2
  shift 2
  timeout "$seconds" "$pip" install --quiet "$@" && return
  if ! index_is_reached "$pip"; then
    echo "pip reaches no package index" >&2
    return "$unavailable"
  fi
  return 1
}

# Asks pip itself, which knows the user's index, mirror and proxy, for a package that every index has.
index_is_reached() {
  local folder status=0
  folder=$(mktemp -d)
  timeout 120 "$1" download --quiet --no-deps --no-cache-dir --retries 1 --dest "$folder" pip >/dev/null 2>&1 || status=1
  rm -r "$folder"
  return "$status"
}
