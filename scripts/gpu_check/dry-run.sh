# SPDX-License-Identifier: Apache-2.0
# What scripts/gpu-check --dry-run does instead of using a GPU: compiles the programs for the GPU, and tests the script
# itself with parts that fail, hang and skip, and with fake figures that are marked as such.
# shellcheck shell=bash disable=SC2154,SC2034

compile_without_device() {
  if [[ -z $nvcc ]]; then
    note_part "compile the benchmarks" skipped 0 0 "there is no nvcc here"
    return
  fi
  part configure 60 "${configure[@]}"
  local file
  for file in limits rows fleet same_bits; do
    part "compile $file.cu" 120 cmake --build "$build" --target "benchmarks/gpu/CMakeFiles/gpu_$file.dir/$file.cu.o"
  done
}

# Runs in a subshell: it has its own records and logs, and its parts are executed.
plant() {
  mode=check
  logs=$scratch
  records=$scratch/records.jsonl
  : >"$records"
  part "planted: passes" 20 true
  part "planted: fails" 20 bash -c 'echo "a planted failure"; exit 3'
  part "planted: hangs" 1 bash -c "echo \$\$ >'$scratch/hanging'; sleep 300"
  part "planted: hangs, will not end" 1 \
    bash -c "echo \$\$ >'$scratch/stubborn'; trap '' TERM; while :; do sleep 1; done"
  part "planted: skips" 20 bash -c 'echo "skipped: a planted reason"; exit 77'
  part "planted: absent" 20 "$scratch/no-such-program"
  part "planted: figures" 20 cat scripts/gpu_check/made-up-records.jsonl
  total_limit=0
  part "planted: too late" 20 true
  if all_passed; then return 1; fi
  write_report "$records" "$scratch/report"
}

# The expected outcome of each part.
planted_outcome='planted: passes passed
planted: fails failed
planted: hangs timed out
planted: hangs, will not end timed out
planted: skips skipped
planted: absent not run
planted: figures passed
planted: too late not run'

# A zombie, which no process has waited for, does not count as running.
still_running() {
  [[ -r /proc/$1/status ]] && ! grep -q '^State:.*Z' "/proc/$1/status"
}

# Prints the faults.
planted_faults() {
  local outcome file
  outcome=$(sed -n 's/^{"record": "part", "name": "\([^"]*\)", "status": "\([^"]*\)".*/\1 \2/p' \
    "$scratch/records.jsonl")
  [[ $outcome == "$planted_outcome" ]] || printf 'parts ended otherwise:\n%s\n' "$outcome"
  for file in hanging stubborn; do
    if still_running "$(cat "$scratch/$file")"; then printf 'a planted part that is %s still runs\n' "$file"; fi
  done
  grep -q '"why": "a planted reason"' "$scratch/records.jsonl" || printf 'the reason of a skipped part is lost\n'
  command -v python3 >/dev/null || return 0
  python3 -B scripts/gpu_check/report.py --check-dry-run "$scratch/report" || printf 'the report is wrong\n'
}

try_failures_and_report() {
  local scratch faults status=passed begin=$SECONDS
  scratch=$(mktemp -d)
  printf -- '-- parts that fail, hang and skip on purpose, and made-up figures --\n'
  faults=$( (plant) >&2 || printf 'planted parts passed for a success\n')
  faults+=$(planted_faults)
  rm -rf "$scratch"
  [[ -z $faults ]] || status=failed
  note_part "failures are named" "$status" $((SECONDS - begin)) 60 "$faults"
}
