# shellcheck shell=bash
# For the other scripts: how they report failures and progress.

# fail MESSAGE...: prints one clear line and exits.
fail() {
    echo "dCMMS: $*" >&2
    exit 1
}

# patiently LOG COMMAND...: runs a command with its output in LOG, and prints its progress every 20 s.
patiently() {
    local log=$1 job status=0 seconds=0
    shift
    # Do not pass on the caller's lock: Debian's packages start servers, which would hold it for ever.
    "$@" >"$log" 2>&1 </dev/null 9>&- &
    job=$!
    # shellcheck disable=SC2064 # of this job, now
    trap "kill $job 2>/dev/null; wait $job 2>/dev/null; trap - INT TERM; echo 'dCMMS: interrupted' >&2; exit 130" INT TERM
    while kill -0 "$job" 2>/dev/null; do
        sleep 1
        seconds=$((seconds + 1))
        if [ $((seconds % 20)) -eq 0 ]; then
            echo "  ${seconds} s: $(tail -n 1 "$log" | cut -c 1-100)"
        fi
    done
    wait "$job" || status=$?
    trap - INT TERM
    return "$status"
}

# by_line COMMAND...: flushes the output after each line. In a pipe, the tests' output would otherwise come in blocks, minutes late.
by_line() {
    stdbuf -oL "$@"
}

# with_verdict LOG COMMAND...: runs a command, and shows and keeps its whole output. Failures and tests that could not run are shown
# again at the end, where a reader looks first.
with_verdict() {
    local log=$1 status
    shift
    "$@" 2>&1 | tee "$log"
    status=${PIPESTATUS[0]}
    if grep -q '^SKIPPED' "$log"; then
        printf '\nNot tested in this run:\n'
        grep '^SKIPPED' "$log" | sort -u
    fi
    if [ "$status" -ne 0 ]; then
        {
            printf '\nFailed:\n'
            # An issue's text may have several lines.
            awk '/^[✘◇✔↳]|^SKIPPED/ { more = 0 }
                /✘|^dCMMS: |: error: |^(Swift|Fatal error)|^crash round with/ { more = 8 }
                more-- > 0' "$log" | head -80
        } >&2
    fi
    return "$status"
}
