# Sourced. Runs named steps, says how long each took, and counts those that failed.

steps_passed=0
steps_failed=()

# say TEXT: a line of progress, set apart from the output of the tools.
say() { printf '\n\033[1m==> %s\033[0m\n' "$*"; }

# die TEXT: ends the run because it cannot go on.
die() {
  printf '\nerror: %s\n' "$*" >&2
  exit 1
}

# step NAME COMMAND…: runs the command. A failure is kept for the end, so that one run shows every problem.
step() {
  local name=$1 began=$SECONDS status
  shift
  say "$name"
  # Not in a condition: there `set -e` would be ignored inside the command.
  set +e
  (
    set -e
    "$@"
  )
  status=$?
  set -e
  if [ "$status" -eq 0 ]; then
    steps_passed=$((steps_passed + 1))
    printf '    %s: passed in %d s\n' "$name" "$((SECONDS - began))"
  else
    steps_failed+=("$name")
    printf '    %s: FAILED (status %d) after %d s\n' "$name" "$status" "$((SECONDS - began))"
  fi
}

# aside NAME COMMAND…: begins a step that runs beside those that follow, until `together`. What it says is kept in $work.
aside() {
  aside_name=$1
  aside_began=$SECONDS
  shift
  say "$aside_name: begun, and told below"
  (
    set -e
    "$@"
  ) >"$work/aside.log" 2>&1 &
  aside_process=$!
}

# together: waits for what was begun aside, and counts it as a step.
together() {
  local status=0
  # Here, for a step runs in a shell of its own, whose child it is not.
  wait "$aside_process" || status=$?
  step "$aside_name" told "$status"
  printf '    begun %d s ago\n' "$((SECONDS - aside_began))"
}

told() {
  cat "$work/aside.log"
  return "$1"
}

# finish: the summary; its status is that of the whole run.
finish() {
  say "Finished in $((SECONDS / 60)) min $((SECONDS % 60)) s"
  local name
  for name in "${steps_failed[@]}"; do
    printf '    failed: %s\n' "$name"
  done
  printf 'steps: %d passed, %d failed\n' "$steps_passed" "${#steps_failed[@]}"
  [ "${#steps_failed[@]}" -eq 0 ]
}
