# SPDX-License-Identifier: GPL-2.0-or-later
# Inside the mce profile: errors that a real kernel took and wrote down, decoded
# from its trace and its log.
# shellcheck disable=SC2154
bats_require_minimum_version 1.5.0
load ../helper
load lab_helper

inject=/sys/kernel/debug/mce-inject

setup_file()
{
	[ -n "${LAB_PROFILE:-}" ] || skip "not inside a lab"
	modprobe mce-inject
	echo 1 >/sys/devices/system/machinecheck/machinecheck0/check_interval
}

teardown()
{
	[ -z "${tail:-}" ] || kill -KILL "$tail" 2>/dev/null || true
	[ -z "${holder:-}" ] || kill "$holder"
	[ ! -e "$tmp/err" ] || head -n 20 "$tmp/err" # shown when the test has failed
}

start()
{
	rastail "$@" >"$tmp/raw" 3>&- &
	tail=$!
	# With its instance it has enabled its events once it waits.
	until grep -qs epoll "/proc/$tail/wchan" "/proc/$tail/stack"; do sleep 0.1; done
}

stop()
{
	kill -TERM "$tail"
	wait "$tail"
	tail=
}

# What the machine-check code of the kernel is to believe that it has read from bank 9:
# log_error STATUS ADDRESS
log_error()
{
	echo sw >"$inject/flags"
	echo "$1" >"$inject/status"
	echo "$2" >"$inject/addr"
	echo 0x8c >"$inject/misc"
	echo 9 >"$inject/bank"
}

# The one record about ADDRESS.
about()
{
	[ "$(grep -c "^err addr=$1 " "$tmp/err")" = 1 ]
	grep "^err addr=$1 " "$tmp/err"
}

@test "trace and log together: one record for each error, and the right one" {
	hold memfd 64K
	address=$(held addr 5)
	frame=$(printf '0x%x' $((address / 4096)))
	start --source trace --source kmsg
	"$top/tests/lab/monitor" 'mce 0 9 0x8c00004000010090 0x0 0x12345000 0x8c'
	wait_for "$tmp/raw" 'mce_record:.*MC9:.x208c00004000010090'
	"$top/tests/lab/monitor" "mce -b 0 9 0xbd000000000000c0 0x5 $address 0x8c"
	wait_for "$tmp/raw" "src=trace .*memory_failure_event:.x20pfn.x20$frame:"
	wait_for "$tmp/raw" "src=kmsg .*Memory.x20failure:.x20$frame:.x20recovery"
	log_error 0xbc00000001010090 0x12347000
	wait_for "$tmp/raw" 'src=trace .*MC9:.x20bc00000001010090'
	wait_for "$tmp/raw" 'src=kmsg .*Bank.x209:.x20bc00000001010090'
	stop
	mcedecode --merge <"$tmp/raw" >"$tmp/err"

	[[ $(about 0x0000000012345000) == *" sev=corrected class=memory action=watch "*" bank=9 "*" mcacod=0x0090 mscod=0x0001 "*" count=1 "* ]]
	[[ $(about "$address") == *" sev=srao class=memory action=offline-page reason=memory-scrub "*" result=recovered "*" from=mce_record,memory-failure,memory_failure_event" ]]
	[[ $(about 0x0000000012347000) == *" sev=ucna class=memory action=offline-page "*" mscod=0x0101 "*" from=mce,mce_record" ]]
	# To send the second error to all processors, the emulator invents one for the other.
	[ "$(grep ^err "$tmp/err" | grep -vc ' status=0xa000000000000000 ')" = 3 ]
	[ "$(tail -n 1 "$tmp/err")" = "done src=rastail skipped=0" ]
}

# The kernel keeps some fifty that it has told nobody of yet, and drops what comes then
# without a count: so there are never more than that on the way.
# storm N - N corrected errors, each in a page of its own, from 0x10000000 on
storm()
{
	# shellcheck disable=SC2016
	perl -e '
		my ($dir, $out, $all) = @ARGV;
		sub put { open(my $f, ">", "$dir/$_[0]") or die "$_[0]: $!"; syswrite($f, "$_[1]\n") or die "$_[0]: $!" }
		put("flags", "sw");
		open(my $raw, "<", $out) or die;
		for (my ($n, $seen, $tries) = (1, 0, 0); $n <= $all; $n++) {
			put("status", "0x8c00004000010090");
			put("addr", sprintf("0x%x", 0x10000000 + ($n - 1) * 4096));
			put("misc", "0x8c");
			put("bank", "9");
			next if $n % 40;
			for ($tries = 0; $seen < $n; $tries++) {
				die "$seen of $n came" if $tries > 3000;
				select(undef, undef, undef, 0.01);
				seek($raw, 0, 1);
				$seen++ while <$raw>;
			}
		}' "$inject" "$tmp/raw" "$1"
}

@test "a storm of corrected errors: none is lost" {
	storm=${STORM:-500} # make soak: 10000
	start --source trace
	storm "$storm"
	stop
	mcedecode <"$tmp/raw" >"$tmp/err"
	sed -n 's/^err addr=\([^ ]*\) .*sev=corrected .*/\1/p' "$tmp/err" >"$tmp/addresses"
	seq -f %.0f $((0x10000000)) 4096 $((0x10000000 + (storm - 1) * 4096)) | xargs printf '0x%016x\n' |
		cmp - "$tmp/addresses"
	[ "$(tail -n 1 "$tmp/err")" = "done src=rastail skipped=0" ]
}
