# SPDX-License-Identifier: GPL-2.0-or-later
# integrations/metrics, node-exporter, alerts.yml, journal and node-problem, against the real Prometheus
# tools where they are installed.
#
# bats sets $stderr; a value may have what looks like a variable:
# shellcheck disable=SC2154,SC2016
bats_require_minimum_version 1.5.0
load helper

setup()
{
	tmp=$BATS_TEST_TMPDIR
	PATH=$top/integrations:$PATH
}

teardown()
{
	[ -z "${exporter:-}" ] || kill "$exporter"
}

# What a file says, but for help and types.
samples()
{
	grep -v '^#' "$tmp/$1.prom"
}

needs()
{
	command -v "$1" >/dev/null || skip "no $1 here (package $2)"
}

@test "records become samples, each family in one piece, in a file that is replaced" {
	echo old >"$tmp/pages.prom"
	run -0 metrics --at 1000 "$tmp/pages.prom" <<'END'
page addr=0x0000000007600000 size=2097152 state=poisoned node=0 kind=hugetlb src=poisonctl
page addr=0x0000000010ef8000 size=4096 state=poisoned node=1 kind=file src=poisonctl
page addr=0x0000000010efa000 size=4096 state=poisoned node=1 kind=file src=poisonctl
done src=poisonctl scope=all scanned=536870912 skipped=0
END
	[ -z "$output" ]
	diff - "$tmp/pages.prom" <<'END'
# HELP mempatrol_bad_ranges Ranges of memory that are bad, by who says so.
# TYPE mempatrol_bad_ranges gauge
mempatrol_bad_ranges{report="pages",src="poisonctl",state="poisoned",kind="hugetlb",node="0"} 1
mempatrol_bad_ranges{report="pages",src="poisonctl",state="poisoned",kind="file",node="1"} 2
# HELP mempatrol_bad_bytes Bytes of these ranges.
# TYPE mempatrol_bad_bytes gauge
mempatrol_bad_bytes{report="pages",src="poisonctl",state="poisoned",kind="hugetlb",node="0"} 2097152
mempatrol_bad_bytes{report="pages",src="poisonctl",state="poisoned",kind="file",node="1"} 8192
# HELP mempatrol_scanned_bytes Bytes that were covered.
# TYPE mempatrol_scanned_bytes gauge
mempatrol_scanned_bytes{report="pages",src="poisonctl",scope="all"} 536870912
# HELP mempatrol_report_complete 1 when nothing was left out of the report.
# TYPE mempatrol_report_complete gauge
mempatrol_report_complete{report="pages"} 1
# HELP mempatrol_report_timestamp_seconds When the report was made.
# TYPE mempatrol_report_timestamp_seconds gauge
mempatrol_report_timestamp_seconds{report="pages"} 1000
# HELP mempatrol_report_last_complete_timestamp_seconds When one was made that was complete.
# TYPE mempatrol_report_last_complete_timestamp_seconds gauge
mempatrol_report_last_complete_timestamp_seconds{report="pages"} 1000
END
	[ "$(stat -c %a "$tmp/pages.prom")" = 644 ]
	[ "$(echo "$tmp"/pages.prom*)" = "$tmp/pages.prom" ]
}

@test "errors by weight and module; one record may stand for several" {
	metrics --log --at 1000 "$tmp/errors.prom" <<'END'
err sev=corrected class=memory dimm=CPU0\x20DIMM\x20A1 count=41
err sev=corrected class=memory dimm=CPU0\x20DIMM\x20A1
err sev=srar class=memory
END
	run -0 samples errors
	[ "${lines[0]}" = 'mempatrol_errors_total{report="errors",sev="corrected",class="memory",dimm="CPU0\\x20DIMM\\x20A1"} 42' ]
	[ "${lines[1]}" = 'mempatrol_errors_total{report="errors",sev="srar",class="memory"} 1' ]
	[ "${lines[2]}" = 'mempatrol_report_complete{report="errors"} 1' ]
}

@test "a move that lasts and one that was refused" {
	metrics --at 1000 "$tmp/evac.prom" <<'END'
evac vm=a to=other result=done blackout_ns=250000000 total_ns=9000000000
evac vm=b to=other result=done blackout_ns=100000000 total_ns=9000000000
evac vm=c to=other result=refused reason=private
done src=vmevac scope=plan skipped=0
END
	run -0 samples evac
	[ "${lines[0]}" = 'mempatrol_evacuations{report="evac",result="done"} 2' ]
	[ "${lines[1]}" = 'mempatrol_evacuations{report="evac",result="refused",reason="private"} 1' ]
	[ "${lines[2]}" = 'mempatrol_evacuation_blackout_seconds{report="evac"} 0.25' ]
}

@test "the last complete report is remembered by those that are not" {
	echo 'done src=memscan scope=vm scanned=4096 skipped=0 complete=1' >"$tmp/whole"
	echo 'done src=memscan scope=vm scanned=4096 skipped=8192 complete=0' >"$tmp/part"
	metrics --at 1000 "$tmp/sweep.prom" <"$tmp/whole"
	run -1 metrics --at 2000 "$tmp/sweep.prom" <"$tmp/part"
	run -1 metrics --at 3000 "$tmp/sweep.prom" </dev/null
	run -0 samples sweep
	[ "$output" = 'mempatrol_report_complete{report="sweep"} 0
mempatrol_report_timestamp_seconds{report="sweep"} 3000
mempatrol_report_last_complete_timestamp_seconds{report="sweep"} 1000' ]
}

@test "what is malformed or cut short makes a report that is not complete" {
	run -1 --separate-stderr metrics "$tmp/a.prom" < <(printf 'ue addr=1  size=2\ndone src=x skipped=0\n')
	[[ $stderr == "recjson: "* ]]
	grep -q '^mempatrol_report_complete{report="a"} 0$' "$tmp/a.prom"
	run -1 metrics "$tmp/a.prom" < <(printf 'done src=x skipped=0\npage addr=0x00000000')
	grep -q '^mempatrol_report_complete{report="a"} 0$' "$tmp/a.prom"
	# Nor can a record say that all is well.
	run -1 metrics "$tmp/a.prom" < <(printf 'status 0\ndone src=x skipped=0\n')
	grep -q '^mempatrol_report_complete{report="a"} 0$' "$tmp/a.prom"
}

@test "any number of names: so many series, and no more" {
	run -1 metrics --log "$tmp/a.prom" < <(seq -f 'err sev=corrected class=memory dimm=%.0f' 5000)
	[ "$(grep -c ^mempatrol_errors_total "$tmp/a.prom")" = 1000 ]
	grep -q '^mempatrol_report_complete{report="a"} 0$' "$tmp/a.prom"
}

@test "wrong use, and a file that cannot be written" {
	run -2 metrics "$tmp/a.txt" </dev/null
	[ "$output" = "metrics: file $tmp/a.txt: its name is to be letters, digits, _ and -, and .prom" ]
	run -2 metrics </dev/null
	run -2 metrics --at now "$tmp/a.prom" </dev/null
	run -2 metrics --all "$tmp/a.prom" </dev/null
	run -3 metrics "$tmp/none/a.prom" </dev/null
	[ -z "$(ls "$tmp")" ]
}

# Names as firmware or a guest might choose them, as poisonctl and the others would escape them.
hostile()
{
	metrics --log --at 1000 "$tmp/hostile.prom" <<'END'
err sev=corrected class=memory dimm="}\x201\x0aevil{x="
err sev=corrected class=memory dimm=\x5c
err sev=corrected class=memory dimm=\xff\xfe{}
err sev=corrected class=memory dimm=\x5c"
err sev=corrected class=memory dimm=#,=
err sev=corrected class=memory dimm=
END
}

@test "promtool has nothing to say, whatever the names" {
	needs promtool prometheus
	hostile
	run -0 promtool check metrics <"$tmp/hostile.prom"
	[ -z "$output" ]
	metrics "$tmp/pages.prom" < <(poisonctl list --sysroot "$(unpack_root poison)")
	run -0 promtool check metrics <"$tmp/pages.prom"
	[ -z "$output" ]
}

@test "node exporter hands it all out, each name a label of its own" {
	needs prometheus-node-exporter prometheus-node-exporter
	needs curl curl
	hostile
	metrics --at 1000 "$tmp/pages.prom" < <(poisonctl list --sysroot "$(unpack_root poison)")
	poisonctl stat --prometheus --sysroot "$(unpack_root stat)" >"$tmp/kernel.prom"
	prometheus-node-exporter --web.listen-address=127.0.0.1:0 --collector.disable-defaults --collector.textfile \
		--collector.textfile.directory="$tmp" 2>"$tmp/err" 3>&- &
	exporter=$!
	wait_for "$tmp/err" 'address=127.0.0.1:'
	curl -sS "http://$(sed -n 's/.*address=\(127.0.0.1:[0-9]*\).*/\1/p' "$tmp/err" | head -n 1)/metrics" >"$tmp/metrics"
	grep -qx 'node_textfile_scrape_error 0' "$tmp/metrics"
	[ "$(grep -c '^mempatrol_errors_total{' "$tmp/metrics")" = 6 ]
	grep -qxF 'mempatrol_errors_total{class="memory",dimm="\"}\\x201\\x0aevil{x=\"",report="hostile",sev="corrected"} 1' "$tmp/metrics"
	grep -qxF 'mempatrol_errors_total{class="memory",dimm="\\xff\\xfe{}",report="hostile",sev="corrected"} 1' "$tmp/metrics"
	grep -qxF 'mempatrol_bad_ranges{kind="hugetlb",node="0",report="pages",src="poisonctl",state="poisoned"} 1' "$tmp/metrics"
	grep -qxF 'mempatrol_report_complete{report="pages"} 1' "$tmp/metrics"
	grep -qxF 'mempatrol_hardware_corrupted_bytes 12288' "$tmp/metrics"
}

@test "the rules for Prometheus are well-formed, and fire when they should" {
	needs promtool prometheus
	run -0 promtool check rules "$top/integrations/alerts.yml"
	cat >"$tmp/test.yml" <<END
rule_files: [$top/integrations/alerts.yml]
evaluation_interval: 1h
tests:
  - interval: 1h
    input_series:
      - series: mempatrol_errors_total{instance="sick",class="memory",sev="srar",dimm="A1"}
        values: _ _ 1x80
      - series: mempatrol_errors_total{instance="sick",class="memory",sev="corrected",dimm="A1"}
        values: _ 1001x80
      - series: mempatrol_errors_total{instance="well",class="memory",sev="corrected",dimm="A1"}
        values: 0+40x80
      - series: mempatrol_report_last_complete_timestamp_seconds{instance="sick",report="mempatrol-sweep"}
        values: 0x80
      - series: mempatrol_report_last_complete_timestamp_seconds{instance="well",report="mempatrol-sweep"}
        values: 0+3600x80
      - series: mempatrol_hardware_corrupted_bytes{instance="sick"}
        values: 0 4096x80
      - series: mempatrol_hardware_corrupted_bytes{instance="well"}
        values: 0x80
      - series: mempatrol_report_complete{instance="sick",report="mempatrol-pages"}
        values: 0x80
    alert_rule_test:
      - {eval_time: 1h, alertname: MemoryUncorrectedErrors}
      - eval_time: 2h
        alertname: MemoryUncorrectedErrors
        exp_alerts:
          - exp_labels: {instance: sick, dimm: A1}
            exp_annotations: {summary: "sick: uncorrected errors of memory in A1"}
      - eval_time: 2h
        alertname: MemoryCorrectedErrorsMany
        exp_alerts:
          - exp_labels: {instance: sick, dimm: A1}
            exp_annotations: {summary: "sick: 1001 corrected errors a day in A1"}
      - {eval_time: 30h, alertname: MemoryCorrectedErrorsMany}
      - eval_time: 2h
        alertname: MemoryPoisoned
        exp_alerts:
          - exp_labels: {instance: sick}
            exp_annotations: {summary: "sick: 4kiB of memory are bad"}
      - {eval_time: 48h, alertname: MemoryPatrolLate}
      - eval_time: 49h
        alertname: MemoryPatrolLate
        exp_alerts:
          - exp_labels: {instance: sick, report: mempatrol-sweep}
            exp_annotations: {summary: "sick: the last sweep that read everything was 2d 1h 0m 0s ago"}
      - eval_time: 2h
        alertname: MemoryReportIncomplete
        exp_alerts:
          - exp_labels: {instance: sick, report: mempatrol-pages}
            exp_annotations: {summary: "sick: mempatrol-pages left something out, see mempatrol_skips"}
END
	run -0 promtool test rules "$tmp/test.yml"
}

# Each program as if it were that of a host whose /proc is another.
instead()
{
	mkdir -p "$tmp/bin"
	printf '#!/bin/sh\n%s\n' "$2" >"$tmp/bin/$1"
	chmod +x "$tmp/bin/$1"
	PATH=$tmp/bin:$PATH
}

@test "node-exporter writes what there is, and leaves no figure that is not true any more" {
	mkdir "$tmp/prom"
	real=$(command -v poisonctl)
	instead poisonctl "case \$1 in
stat) exec $real \"\$@\" --sysroot '$(unpack_root stat)' ;;
list) echo >>$tmp/lists; exec $real \"\$@\" --sysroot '$(unpack_root poison)' ;;
*) exec $real \"\$@\" ;;
esac"
	instead journalctl 'case $* in
*" -o export "*) printf "__CURSOR=s=1\n__REALTIME_TIMESTAMP=1700000000123456\n_SYSTEMD_INVOCATION_ID=abc\n" ;;
*" _SYSTEMD_INVOCATION_ID=abc") echo "memscan: so far"; echo "done src=memscan scope=vm scanned=4096 skipped=0 complete=1" ;;
*) echo "Nov 21 23:06:56 host kernel: Linux version 6.1.0" ;;
esac'
	export MEMPATROL_STATE=$tmp/state
	run -0 node-exporter "$tmp/prom"
	[ "$(cd "$tmp/prom" && echo *)" = "mempatrol-errors.prom mempatrol-kernel.prom mempatrol-pages.prom mempatrol-sweep.prom" ]
	grep -qx 'mempatrol_report_last_complete_timestamp_seconds{report="mempatrol-sweep"} 1700000000' "$tmp/prom/mempatrol-sweep.prom"
	grep -q '^mempatrol_bad_ranges{report="mempatrol-pages",src="poisonctl",' "$tmp/prom/mempatrol-pages.prom"
	mkdir "$tmp/state"
	echo 'page addr=0x0000000000001000 size=4096 state=poisoned' | poisonctl save --ledger "$tmp/state/ledger.db"
	run -0 node-exporter "$tmp/prom"
	grep -q '^mempatrol_bad_ranges{report="mempatrol-ledger",src="ledger",state="poisoned"} 1$' "$tmp/prom/mempatrol-ledger.prom"
	# All flags of memory are read once a day, and when the kernel has counted something.
	[ "$(wc -l <"$tmp/lists")" = 1 ]
	touch -d '-25 hours' "$tmp/prom/mempatrol-pages.prom"
	run -0 node-exporter "$tmp/prom"
	[ "$(wc -l <"$tmp/lists")" = 2 ]
	echo '# another count' >>"$tmp/prom/mempatrol-kernel.prom"
	run -0 node-exporter "$tmp/prom"
	[ "$(wc -l <"$tmp/lists")" = 3 ]
	# From here on nobody answers.
	instead poisonctl 'exit 3'
	instead journalctl true
	run -3 node-exporter "$tmp/prom"
	[ ! -e "$tmp/prom/mempatrol-kernel.prom" ]
	[ ! -e "$tmp/prom/mempatrol-errors.prom" ]
	grep -q '^mempatrol_report_complete{report="mempatrol-pages"} 0$' "$tmp/prom/mempatrol-pages.prom"
	run -3 node-exporter "$tmp/none"
	[ "$output" = "node-exporter: directory $tmp/none: there is none" ]
}

@test "journal: what was corrected is of less weight, with an address and without one" {
	instead logger "cat >>$tmp/entries; echo \"\$*\" >>$tmp/calls"
	run -0 journal <<'END'
raw src=kmsg text=x
err addr=0x0000000012345000 size=64 t=2026-11-21T23:06:56.483912000Z src=mce sev=corrected class=memory
err sev=corrected class=memory
err sev=info class=unknown
err addr=0x0000000012345000 size=64 sev=info class=memory
err sev=srar class=memory dimm=sev=corrected
ue addr=0x0000000012345000 size=4096 file=*
page addr=0x0000000012345000 size=4096 state=poisoned
done src=mcedecode scope=log skipped=0
END
	[ "$(sort -u "$tmp/calls")" = --journald ]
	[ "$(sed -n 's/^PRIORITY=//p' "$tmp/entries" | paste -sd ' ')" = "5 5 5 5 3 3 4" ]
	sed -n '/^MESSAGE=err sev=srar /,/^MESSAGE=page/p' "$tmp/entries" | diff - <(cat <<'END'
MESSAGE=err sev=srar class=memory dimm=sev=corrected
PRIORITY=3
SYSLOG_IDENTIFIER=mempatrol
MEMPATROL_TYPE=err
MEMPATROL_SEV=srar
MEMPATROL_CLASS=memory
MEMPATROL_DIMM=sev=corrected
MESSAGE=ue addr=0x0000000012345000 size=4096 file=*
PRIORITY=3
SYSLOG_IDENTIFIER=mempatrol
MEMPATROL_TYPE=ue
MEMPATROL_ADDR=0x0000000012345000
MEMPATROL_SIZE=4096
MEMPATROL_FILE=*
MESSAGE=page addr=0x0000000012345000 size=4096 state=poisoned
END
	)
	instead logger false
	run -3 journal <<<"err sev=srar class=memory"
}

# --- Kubernetes' node-problem-detector: OK is 0, a problem 1, unknown 2; one line of at most 80 bytes ---

is_told()
{
	local status=$1 line=$2
	shift 2
	run "-$status" --separate-stderr node-problem "$@"
	[ "$output" = "$line" ]
	[ "${#output}" -le 80 ]
}

@test "node-problem: poison" {
	root=$(unpack_root stat)
	instead poisonctl "exec $(command -v poisonctl) \"\$@\" --sysroot '$root'"
	is_told 1 "12288 bytes of memory are bad; 1 pages could not be taken out of use" poison
	echo 0 >"$root/sys/devices/system/node/node1/memory_failure/ignored"
	is_told 1 "12288 bytes of memory are bad" poison
	sed -i 's/^HardwareCorrupted:.*/HardwareCorrupted:     0 kB/' "$root/proc/meminfo"
	is_told 0 "no memory is known to be bad" poison
	echo x >"$root/sys/devices/system/node/node1/memory_failure/ignored"
	is_told 2 "poisonctl stat failed with status 3" poison
	is_told 2 "node-problem : neither poison nor patrol"
}

# journal_has AGE-IN-HOURS RECORD, and so on, the last one last: what journalctl is asked for here.
journal_has()
{
	: >"$tmp/log"
	while [ $# -gt 0 ]; do
		printf '%s %s\n' $(($(date +%s) - $1 * 3600)) "$2" >>"$tmp/log"
		shift 2
	done
	instead journalctl "log=$tmp/log"' most=99999999999 pattern=
[[ " $* " == *" -q -u mempatrol-memscan.service -t memscan -n 1 -o export "* ]] || exit 2
while [ $# -gt 0 ]; do
	case $1 in
	-g) pattern=$2 ;;
	--until) most=${2#@} ;;
	esac
	shift
done
while read -r at message; do
	if [ "$at" -le "$most" ] && grep -Eq -e "$pattern" <<<"$message"; then last=$at; fi
done <"$log"
[ -z "$last" ] || printf "__CURSOR=s=1\n__REALTIME_TIMESTAMP=%s123456\nMESSAGE=x\n\n" "$last"'
	sed -i '1s/sh$/bash/' "$tmp/bin/journalctl"
}

@test "node-problem: patrol" {
	whole='done src=memscan scope=vm scanned=4096 skipped=0 complete=1'
	part='done src=memscan scope=vm scanned=4096 skipped=4096 complete=0'
	journal_has 1 "$whole"
	is_told 0 "all memory was read 1 hours ago" patrol
	journal_has 50 "$whole" 26 "$part" 2 "$part" 1 "memscan: sweep: stopped by a signal before its end"
	is_told 1 "all memory was last read 50 hours ago" patrol
	is_told 0 "all memory was read 50 hours ago" patrol 200000
	journal_has 50 "$part" 2 "$part"
	is_told 1 "the journal knows of no sweep that read all memory" patrol
	is_told 2 "the journal does not reach back to a sweep that read all memory" patrol 200000
	journal_has
	is_told 2 "the journal does not reach back to a sweep that read all memory" patrol
	# What was written last is no sign that memory was read.
	export MEMPATROL_STATE=$tmp
	touch "$tmp/memscan.rec"
	is_told 2 "the journal does not reach back to a sweep that read all memory" patrol
	instead journalctl 'exit 1'
	is_told 2 "the journal does not reach back to a sweep that read all memory" patrol
	instead journalctl 'case $* in *" -g "*) echo "Compiled without pattern matching support" >&2; exit 1 ;; esac
printf "__CURSOR=s=1\n__REALTIME_TIMESTAMP=1700000000123456\nMESSAGE=x\n\n"'
	is_told 2 "journalctl failed with status 1" patrol
	is_told 2 "patrol soon: not a number of seconds" patrol soon
}

@test "node-problem.json is what node-problem-detector would take" {
	needs jq jq
	make -s -C "$top" install PREFIX="$tmp/prefix" OCF_ROOT="$tmp/prefix/ocf"
	json=$tmp/prefix/share/mempatrol/integrations/node-problem.json
	# What Validate() of its custom plugin monitor asks for, and that nothing is cut.
	jq -e '.plugin == "custom" and (.source | length > 0) and .pluginConfig.max_output_length == 80' "$json"
	jq -e 'def s: rtrimstr("s") | tonumber; (.pluginConfig.timeout | s) as $most
		| all(.rules[]; (.timeout | s) <= $most and .type == "permanent")' "$json"
	jq -e '[.conditions[].type] as $types | all(.rules[]; .condition as $c | any($types[]; . == $c))' "$json"
	jq -e 'all(.conditions[], .rules[]; .reason | test("^[A-Z][A-Za-z]+$"))' "$json"
	while read -r path; do [ -x "$path" ]; done < <(jq -r '.rules[].path' "$json")
	jq -r '.rules[0].path' "$json" | grep -qx "$tmp/prefix/share/mempatrol/integrations/node-problem"
}
