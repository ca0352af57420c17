# SPDX-License-Identifier: Apache-2.0
# Parts of a run: each is a command with a time limit. If one fails or hangs, its name is reported, and the next one
# runs. $records receives a line of JSON for each part, and the records that the command printed; $logs receives all
# other output; after each part $out has everything up to it.
# shellcheck shell=bash disable=SC2154,SC2034

# Seconds for all parts together. A part that would begin later is not run.
total_limit=540
# The limits are a device's. An interpreter in its place may have to share its processor.
if [[ -n $runtime ]]; then total_limit=$((10 * total_limit)); fi
total_limit=${GUMBELCUDA_GPU_CHECK_SECONDS:-$total_limit}
# The exit status of a part that cannot run here and has printed why.
skipped_status=77
# Of a log, what is kept: its end.
most_log_bytes=1000000

# Sets device_name and device_file (a name for its results), or fails.
detect_device() {
  local answer
  answer=$(nvidia-smi --id=0 --query-gpu=name --format=csv,noheader 2>/dev/null) || answer=
  # nvidia-smi may be missing where the driver is there: "cuda  device 0: NAME, …"
  [[ -n $answer ]] || answer=$("$bin/gumbelcuda" info | sed -n 's/.*device 0: \([^,]*\),.*/\1/p' | head -n 1)
  [[ -n $answer ]] || return 1
  device_name=$answer
  device_file=$(tr '[:upper:]' '[:lower:]' <<<"$device_name" | sed 's/[^a-z0-9]\{1,\}/-/g; s/^-//; s/-$//')
}

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
  write_results || printf 'the results could not be written\n'
}

# part name limit command…: runs the command and writes its output to its log.
part() {
  local name=$1 limit=$2 log=$logs/${1//[^A-Za-z0-9]/-}.log
  shift 2
  if [[ -n $runtime ]]; then limit=$((10 * limit)); fi
  local begin=$SECONDS left=$((total_limit - SECONDS)) status=0 why
  if ((left < 5)); then
    note_part "$name" "not run" 0 "$limit" "the ${total_limit} s of the whole are spent"
    return
  fi
  ((limit <= left)) || limit=$left
  if ! command -v "$1" >/dev/null; then
    note_part "$name" "not run" 0 "$limit" "there is no ${1##*/}"
    return
  fi
  # `timeout` signals the whole process group, and kills processes that do not end. The shell's message about a killed
  # process is dropped, because note_part says more.
  { timeout --kill-after=3 "$limit" bash -c '"$@"' part "$@" >"$log" 2>&1 </dev/null; } 2>/dev/null || status=$?
  sed -n '/^{"record": /p' "$log" >>"$records"
  if (($(wc -c <"$log") > most_log_bytes)); then
    tail -c "$most_log_bytes" "$log" >"$log.end"
    mv "$log.end" "$log"
  fi
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
      # Without a device a dry run can see no more than that a program says so.
      if [[ -n $dry_run && -z $runtime ]] &&
        grep -qE 'no NVIDIA (driver|GPU)|driver version is insufficient|no CUDA-capable device' "$log"; then
        note_part "$name" "no device" "$seconds" "$limit" ""
        return
      fi
      note_part "$name" failed "$seconds" "$limit" "exit status $status, ${log##*/}"
      tail -n 15 "$log" | sed 's/^/    /'
      ;;
  esac
}

# Commands of parts.
with_python() {
  if ! command -v python3 >/dev/null; then
    echo "skipped: python3 is missing"
    exit 77
  fi
  exec python3 -B "$@"
}
# For what has no tiny size.
not_tiny() {
  if [[ -n ${GUMBELCUDA_BENCHMARK_TINY:-} ]]; then
    echo "skipped: left out where sizes are tiny"
    exit 77
  fi
  exec "$@"
}
# cuRAND and cuDNN may be there as Python packages only.
with_python_libraries() {
  local folders
  folders=$(python3 -c 'import glob, site, sys
print(":".join(f for s in [*site.getsitepackages(), *sys.path] for f in glob.glob(s + "/nvidia/*/lib")))' \
    2>/dev/null) || folders=
  if [[ -n $folders ]]; then export LD_LIBRARY_PATH=${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$folders; fi
  exec "$@"
}
export -f with_python with_python_libraries not_tiny

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

# Everything so far, in three files that are replaced whole. Without python3, the records are written as they are:
# report.py makes the table of them elsewhere.
write_results() {
  local new=$out/.new
  if ! command -v python3 >/dev/null ||
    ! python3 -B "$scripts/report.py" --records "$records" --device "$device_name" --manifest "$bundle/manifest" \
      --json "$new.json" --text "$new.txt"; then
    { printf '['; paste -sd, "$records"; printf ']\n'; } >"$new.json"
    { printf '%s: no table, for want of python3. What was printed:\n' "$device_name"; cat "$records"; } >"$new.txt"
  fi
  tar -czf "$new.tar.gz" -C "$work" logs
  mv "$new.json" "$out/$device_file.json"
  mv "$new.txt" "$out/$device_file.txt"
  mv "$new.tar.gz" "$out/logs.tar.gz"
}
