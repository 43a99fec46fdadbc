# SPDX-License-Identifier: GPL-2.0-or-later
# vmevac, when a call fails that never does: any, at any point of its run (tests/tools/failing.c), with a
# real QEMU that emulates the processor.  FAULT_STEP=1 tries all of them, FAULT_RUNS=N some N of each test,
# and MOVE_FAULTS=N of those moves, which take long.
# shellcheck disable=SC2034,SC2154
bats_require_minimum_version 1.5.0
load helper
load faults_helper
load vmevac_helper
load vmevac_send_helper

setup()
{
	need_root
	tmp=$BATS_TEST_TMPDIR
	: >"$tmp/in"
	cd "$tmp" || return
	vms=()
	disks=()
	web=web.$$
	qemu_of installed
}

teardown()
{
	mapfile -t -O "${#vms[@]}" vms < <(targets)
	stop_vms
}

# What it really does: the last word of vmevac that has nothing of it fail.
state()
{
	vmevac state --qmp "$web=web.qmp" "$web" | sed -n 's/^state .* state=\([a-z]*\) .*/\1/p'
}

said()
{
	sed -n "s/.* $1=\([^ ]*\).*/\1/p" "$tmp/out"
}

# What is said of it is true: is_in STATE, if that was to come
is_in()
{
	local state
	state=$(state)
	case $(said result),$(said state) in
	done,"$1") [ "$state" = "$1" ] ;;
	done,*) false ;;
	*,unknown | ,) true ;;
	*,"$state") true ;;
	*) echo "it is $state"; false ;;
	esac
}

@test "quiesce" {
	make_disks
	start_vm web "${disk_options[@]}"
	command=(vmevac quiesce --qmp "$web=web.qmp" "$web")
	reset() { [ "$(state)" = running ] || vmevac resume --qmp "$web=web.qmp" "$web" >/dev/null; }
	# One that was not quiesced runs on, or is said not to.
	is_right()
	{
		is_in quiesced || return
		[ "$(said result)" = 'done' ] || was_mute || [ "$(state)" = running ] ||
			grep -q 'it may stand still$' "$tmp/err" || library_gave_up
	}
	each_fault "${FAULT_RUNS:-0}"
	reset
	wait_until counts
}

@test "resume" {
	make_disks
	start_vm web "${disk_options[@]}"
	command=(vmevac resume --qmp "$web=web.qmp" --state "$tmp/home" "$web")
	reset() { [ "$(state)" = quiesced ] || vmevac quiesce --qmp "$web=web.qmp" "$web" >/dev/null; }
	is_right() { is_in running; }
	each_fault "${FAULT_RUNS:-0}"
}

@test "dump" {
	start_vm web
	command=(vmevac dump --qmp "$web=web.qmp" "$web" core)
	reset()
	{
		rm -f core*
		! library_gave_up || return 0
		[ "$(state)" = running ] || say_to web.qmp cont
	}
	# There is a file, or there is none, and the guest runs on, or is said not to.
	is_right()
	{
		[ "$(state)" = running ] || grep -q 'it may stand still$' "$tmp/err" || return
		case $(said result),$(echo core*) in
		done,core | ,core | failed,core\* | ,core\*) ;;
		failed,core) grep -q ' reason=finish-file ' "$tmp/out" ;;
		*) ls; false ;;
		esac
		[ ! -e core ] || [[ $(readelf -lW core 2>&1) != *[Ww]arning* ]]
	}
	each_fault "${FAULT_RUNS:-0}"
}

# --- Moves: the machine runs at one place, and where it is said to ---

is_right_place()
{
	mapfile -t -O "${#vms[@]}" vms < <(targets)
	one_runs || return
	case $(said result),$place in
	done,target | failed,source | refused,source | ,source) ;;
	failed,target) [ "$(said reason)" = in-doubt ] ;;
	,target) was_mute ;;
	*) echo "it runs at the $place"; false ;;
	esac
}

# A machine at the source, that has not been sent.
reset_move()
{
	rm -f "$tmp/met"
	[ "${place:-target}" = target ] || { rm -rf home target; return; }
	end_all
	start_source
	place=source
}

move()
{
	command=(vmevac send --qmp "$web=source.qmp" --state "$tmp/home" --stall 2s --post-copy "${post_copy:-never}"
		--to "$1 vmevac recv --state $tmp/target --stall 2s --launch '$(waiting)'" "$web")
	reset() { reset_move; }
	is_right() { is_right_place; }
	# A warden notices only then that there is nobody to watch any more.
	is_alone() { ! pgrep -f "vmevac (send|recv) .*$tmp/" >/dev/null; }
	nobody_is_left() { wait_until is_alone; }
}

# MOVE_FAULTS calls, each with its faults; or only some ways of failing, whenever that is.
each_move_fault()
{
	if [ -n "${MOVE_FAULTS:-}" ]; then each_fault "$MOVE_FAULTS"; else each_fault 0 8; fi
}

@test "send" {
	move exec
	each_move_fault
}

# Who comes to ask what has become of it has nothing of it fail.
@test "recv" {
	failing()
	{
		POINT=$1 "${@:2}"
	}
	# shellcheck disable=SC2016
	move '[ -e met ] || with="FAILING=$POINT FAILING_LOG=log LD_PRELOAD='"$top/build/tools/failing.so"'"; touch met; exec env $with'
	each_move_fault
}
