# SPDX-License-Identifier: Apache-2.0
# Parts of scripts/gpu-check: each is a command with a time limit. If one fails or hangs, its name is reported, and the
# next one runs. $records receives a line of JSON for each part, and the records that the command printed; $logs
# receives all other output.
# shellcheck shell=bash disable=SC2154,SC2034

# Seconds for all parts together. A part that would begin later is not run.
total_limit=590
# The exit status of a part that cannot run here and has printed why.
skipped_status=77

quote_json() {
  local text=${1//\\/\\\\}
  text=${text//\"/\\\"}
  printf '"%s"' "${text//[[:cntrl:]]/ }"
}

# note_part name status seconds limit why
note_part() {
  local line
  printf -v line '{"record": "part", "name": %s, "status": "%s", "seconds": %d, "limit": %d, "why": %s}' \
    "$(quote_json "$1")" "$2" "$3" "$4" "$(quote_json "$5")"
  printf '%s\n' "$line" >>"$records"
  printf '%-34s %-9s %4d s of %d%s\n' "$1" "$2" "$3" "$4" "${5:+: $5}"
}

# part name limit command…: runs the command and writes its output to its log.
part() {
  local name=$1 limit=$2 log=$logs/${1//[^A-Za-z0-9]/-}.log
  shift 2
  local begin=$SECONDS left=$((total_limit - SECONDS)) status=0 missing why=
  if ((left < 5)); then
    note_part "$name" "not run" 0 "$limit" "the ${total_limit} s of the whole are spent"
    return
  fi
  missing=$(missing_program "$1")
  if [[ -n $missing ]]; then
    note_part "$name" "not run" 0 "$limit" "there is no $missing"
    return
  fi
  ((limit <= left)) || limit=$left
  # `timeout` signals the whole process group, and kills processes that do not end. The shell's message about a killed
  # process is dropped, because note_part says more.
  { timeout --kill-after=3 "$limit" "$@" >"$log" 2>&1 </dev/null; } 2>/dev/null || status=$?
  sed -n '/^{"record": /p' "$log" >>"$records"
  local seconds=$((SECONDS - begin))
  case $status in
    0) note_part "$name" passed "$seconds" "$limit" "" ;;
    "$skipped_status")
      why=$(sed -n 's/^skipped: //p' "$log" | head -n 1)
      note_part "$name" skipped "$seconds" "$limit" "${why:-it did not say why}"
      ;;
    124 | 137)
      note_part "$name" "timed out" "$seconds" "$limit" "stopped"
      tail -n 5 "$log" | sed 's/^/    /'
      ;;
    *)
      note_part "$name" failed "$seconds" "$limit" "exit status $status, $log"
      tail -n 15 "$log" | sed 's/^/    /'
      ;;
  esac
}

# Prints the program's name if it does not exist: an earlier part should have built it.
missing_program() {
  if ! command -v "$1" >/dev/null; then printf '%s' "$1"; fi
}

# device_part: like `part`, for parts that need a GPU. A dry run only prints what it would run.
device_part() {
  if [[ $mode == dry-run ]]; then
    printf '%-34s would run, at most %d s: %s\n' "$1" "$2" "${*:3}"
    return
  fi
  part "$@"
}

# Names of the parts with this status, one on each line.
parts_with() {
  sed -n 's/^{"record": "part", "name": "\([^"]*\)", "status": "'"$1"'".*/\1/p' "$records"
}

# Parts that failed, hung or were left out. A skipped part lacks something on this machine, and is reported by name.
parts_not_passed() {
  parts_with failed
  parts_with "timed out"
  parts_with "not run"
}
all_passed() {
  [[ -z $(parts_not_passed) ]]
}

# write_report records file: writes file.json and file.txt. Without python3, it writes the records as they are.
write_report() {
  if command -v python3 >/dev/null; then
    python3 -B scripts/gpu_check/report.py --records "$1" --device "$device_name" --json "$2.json" --text "$2.txt"
    return
  fi
  { printf '['; paste -sd, "$1"; printf ']\n'; } >"$2.json"
  { printf '%s: no python3, so no table. What was printed:\n' "$device_name"; cat "$1"; } >"$2.txt"
  printf 'wrote %s.json and .txt, without a table of goals: python3 is missing\n' "$2"
}
